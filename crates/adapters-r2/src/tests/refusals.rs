//! What the server refuses for good, with the mend in the fault.

use safelight_domain::SignedDuration;
use safelight_ports::Storage;
use zeroize::Zeroizing;

use super::{OffClock, PNG, brisk, key, open, peer::Peer, told, true_clock};
use crate::R2Config;

/// What putting says under a configuration with `change` made to it.
async fn refused(peer: &Peer, change: impl FnOnce(&mut R2Config)) -> String {
    let mut config = peer.config();
    change(&mut config);
    let bucket = open(&config, true_clock(), brisk());
    let fault = bucket.put(&key("a"), PNG, b"a".to_vec()).await.unwrap_err();
    assert!(!fault.retryable, "{}", told(&fault));
    let heard = bucket.head(&key("a")).await.unwrap_err();
    assert!(!heard.retryable, "{}", told(&heard));
    told(&fault)
}

#[tokio::test]
async fn a_wrong_secret() {
    let peer = Peer::start();
    let said = refused(&peer, |config| {
        config.secret_access_key = Zeroizing::new("another".to_owned());
    });
    let said = said.await;
    assert!(said.contains("403 SignatureDoesNotMatch: the secret access key does not"), "{said}");
}

#[tokio::test]
async fn an_unknown_key() {
    let peer = Peer::start();
    let said = refused(&peer, |config| config.access_key_id.push('X')).await;
    assert!(said.contains("does not know the access key id"), "{said}");
}

#[tokio::test]
async fn a_bucket_that_is_not_there() {
    let peer = Peer::start();
    peer.lose_bucket();
    let bucket = peer.bucket();
    // The peer makes a bucket for who puts something in it; the script's refusals cover that.
    let fault = bucket.list("", None).await.unwrap_err();
    assert!(!fault.retryable && told(&fault).contains("no such bucket"), "{}", told(&fault));
}

#[tokio::test]
async fn a_clock_beyond_belief() {
    let peer = Peer::start();
    let bucket = peer.bucket_at(OffClock(SignedDuration::from_hours(30)));
    let fault = bucket.put(&key("a"), PNG, b"a".to_vec()).await.unwrap_err();
    assert!(!fault.retryable && told(&fault).contains("clock is wrong"), "{}", told(&fault));
    assert_eq!(bucket.clock_skew(), 0);
}
