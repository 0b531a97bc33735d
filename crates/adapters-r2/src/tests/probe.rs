//! The operator's tool finds what is wrong, and nothing where nothing is.

use safelight_domain::SignedDuration;
use safelight_outbound::{Outcome, Step};
use zeroize::Zeroizing;

use super::{OffClock, brisk, open, peer::Peer, true_clock};

#[tokio::test]
async fn a_good_bucket_passes_and_is_left_empty() {
    let peer = Peer::start();
    let bucket = peer.bucket();
    let steps = bucket.probe().await;
    assert_eq!(steps.len(), 9);
    for Step { name, outcome, .. } in &steps {
        assert_eq!(*outcome, Outcome::Passed(String::new()), "{name}");
    }
    assert_eq!(bucket.list("", None).await.unwrap().objects, []);
}

#[tokio::test]
async fn a_wrong_secret_is_named_and_the_rest_skipped() {
    let peer = Peer::start();
    let mut config = peer.config();
    config.secret_access_key = Zeroizing::new("another".to_owned());
    let steps = open(&config, true_clock(), brisk()).probe().await;
    let [first, rest @ .., last] = &steps[..] else { panic!("{steps:?}") };
    let Outcome::Failed(said) = &first.outcome else { panic!("{first:?}") };
    assert!(said.starts_with("PUT: 403 SignatureDoesNotMatch: the secret"), "{said}");
    assert_eq!(rest.len(), 7);
    assert!(rest.iter().all(|step| step.outcome == Outcome::Skipped), "{rest:?}");
    assert_eq!(last.outcome, Outcome::Passed(String::new()), "the clocks do agree");
}

/// Requests are corrected. Links are not: made by a clock that is hours behind, they are born
/// lapsed.
#[tokio::test]
async fn a_clock_that_is_off_is_noted() {
    let peer = Peer::start();
    let steps = peer.bucket_at(OffClock(SignedDuration::from_hours(-5))).probe().await;
    let outcome = |name| &steps.iter().find(|step| step.name == name).unwrap().outcome;
    assert_eq!(*outcome("read it back"), Outcome::Passed(String::new()));
    let opened = outcome("open a link to it without credentials");
    assert!(matches!(opened, Outcome::Failed(said) if said.contains("403")), "{opened:?}");
    let time = outcome("agree on the time");
    assert!(matches!(time, Outcome::Warning(said) if said.contains("s ahead of ours")), "{time:?}");
}
