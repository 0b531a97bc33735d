//! A clock that is off is noticed and corrected for.

use safelight_domain::SignedDuration;
use safelight_ports::{Clock, Storage};

use super::{
    OffClock, PNG, key,
    peer::Peer,
    script::{Act, Script, refusal_with},
    told, true_clock,
};

/// A header line.
fn in_an_hour() -> String {
    let then = true_clock().now() + SignedDuration::from_hours(1);
    then.strftime("date: %a, %d %b %Y %H:%M:%S GMT\r\n").to_string()
}

#[tokio::test]
async fn a_clock_that_is_off_is_corrected() {
    for minutes in [20, -20, 23 * 60] {
        let peer = Peer::start();
        let bucket = peer.bucket_at(OffClock(SignedDuration::from_mins(minutes)));
        assert_eq!(bucket.clock_skew(), 0);
        let put = bucket.put(&key("a"), PNG, b"a".to_vec()).await;
        put.unwrap_or_else(|fault| panic!("{}", told(&fault)));
        let off = bucket.clock_skew() + minutes * 60;
        assert!(off.abs() <= 2, "{off} s from what was learned");
        assert_eq!(bucket.get(&key("a"), 1).await.unwrap(), Some(b"a".to_vec()));
    }
}

/// An answer to HEAD has no body, so its refusal names no cause; the date tells it.
#[tokio::test]
async fn a_clock_that_is_off_is_corrected_for_head_too() {
    let peer = Peer::start();
    let bucket = peer.bucket_at(OffClock(SignedDuration::from_mins(20)));
    assert_eq!(bucket.head(&key("a")).await.unwrap(), None);
    assert!(bucket.clock_skew() < -1_190);
}

/// With its time learned and still refused, it is not the time.
#[tokio::test]
async fn a_server_that_is_never_content_is_tried_once_more() {
    let script = Script::start(vec![refusal_with(403, "RequestTimeTooSkewed", &in_an_hour()); 2]);
    let bucket = script.bucket();
    let fault = bucket.delete(&key("a")).await.unwrap_err();
    assert!(!fault.retryable && told(&fault).contains("clock is wrong"), "{}", told(&fault));
    let skew = bucket.clock_skew();
    assert!((3_595..=3_600).contains(&skew), "{skew}");
    script.asked();
}

#[tokio::test]
async fn what_a_cache_kept_teaches_nothing() {
    let kept = in_an_hour() + "age: 10\r\n";
    let script = Script::start(vec![Act::Answer(204, kept, String::new())]);
    let bucket = script.bucket();
    bucket.delete(&key("a")).await.unwrap();
    assert_eq!(bucket.clock_skew(), 0);
    script.asked();
}
