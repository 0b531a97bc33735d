//! What passes is tried again, signed anew; what does not is not.

use std::time::{Duration, Instant};

use safelight_ports::Storage;

use super::{
    PNG, brisk, config, key, open,
    script::{Act, Script, refusal, refusal_with, success},
    told, true_clock,
};
use crate::{Created, limits::Limits};

#[tokio::test]
async fn what_passes_is_tried_again() {
    let stall = Act::Stall(Duration::from_millis(600));
    for passing in [
        refusal(503, "SlowDown"),
        refusal(500, "InternalError"),
        refusal(429, "TooManyRequests"),
        Act::Answer(502, String::new(), "<html>".to_owned()),
        Act::HangUp,
        Act::Break,
        stall,
    ] {
        let script = Script::start(vec![passing.clone(), passing, success("abc")]);
        let limits = Limits { attempt: Duration::from_millis(400), ..brisk() };
        let got = script.bucket_within(limits).get(&key("a"), 10).await;
        assert_eq!(got.unwrap_or_else(|fault| panic!("{}", told(&fault))), Some(b"abc".to_vec()));
        script.asked();
    }
}

#[tokio::test]
async fn a_put_is_sent_whole_each_time_and_signed_anew() {
    let wait = "retry-after: 1\r\n";
    let script = Script::start(vec![refusal_with(503, "SlowDown", wait), success("")]);
    let patient = Limits { longest_pause: Duration::from_secs(2), ..brisk() };
    let began = Instant::now();
    script.bucket_within(patient).put(&key("a"), PNG, b"picture".to_vec()).await.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1), "the server asked for a second");
    let asked = script.asked();
    assert!(asked.iter().all(|asked| asked.body == b"picture"));
    let dates: Vec<_> = asked.iter().map(|asked| asked.header("x-amz-date")).collect();
    assert_ne!(dates[0], dates[1], "a second later it is signed for a second later");
    let signatures = asked.iter().map(|asked| asked.header("authorization"));
    assert_eq!(signatures.collect::<std::collections::HashSet<_>>().len(), 2);
}

/// With one thread, a call that waits for its next try is overtaken by another.
#[tokio::test]
async fn a_pause_holds_no_thread() {
    let wait = "retry-after: 1\r\n";
    let first = refusal_with(503, "SlowDown", wait);
    let script = Script::start(vec![first, success("b"), success("a")]);
    let limits = Limits { longest_pause: Duration::from_millis(300), threads: 1, ..brisk() };
    let bucket = script.bucket_within(limits);
    let (a, b) = (key("a"), key("b"));
    let (paused, overtaking) = tokio::join!(bucket.get(&a, 1), bucket.get(&b, 1));
    assert_eq!(paused.unwrap(), Some(b"a".to_vec()));
    assert_eq!(overtaking.unwrap(), Some(b"b".to_vec()));
    let targets: Vec<_> = script.asked().into_iter().map(|asked| asked.target).collect();
    assert_eq!(targets, ["/media/a", "/media/b", "/media/a"]);
}

#[tokio::test]
async fn tries_are_bounded_and_the_fault_may_pass() {
    let script = Script::start(vec![refusal(503, "SlowDown"); 4]);
    let fault = script.bucket().delete(&key("a")).await.unwrap_err();
    assert!(fault.retryable && told(&fault).contains("503 SlowDown"), "{}", told(&fault));
    script.asked();
}

#[tokio::test]
async fn no_try_begins_after_the_deadline() {
    let script = Script::start(vec![refusal(503, "SlowDown")]);
    let limits = Limits { deadline: Duration::ZERO, ..brisk() };
    let fault = script.bucket_within(limits).delete(&key("a")).await.unwrap_err();
    // A second try would find nobody there.
    assert!(fault.retryable && told(&fault).contains("503 SlowDown"), "{}", told(&fault));
    script.asked();
}

#[tokio::test]
async fn what_lasts_is_asked_once() {
    for (status, code) in [(403, "AccessDenied"), (400, "EntityTooLarge"), (501, "NotImplemented")]
    {
        let script = Script::start(vec![refusal(status, code)]);
        let fault = script.bucket().put(&key("a"), PNG, vec![]).await.unwrap_err();
        assert!(!fault.retryable && told(&fault).contains(code), "{}", told(&fault));
        script.asked();
    }
}

#[tokio::test]
async fn silence_may_pass() {
    let script = Script::start(vec![Act::Stall(Duration::from_millis(300))]);
    let limits = Limits { attempt: Duration::from_millis(100), tries: 1, ..brisk() };
    let fault = script.bucket_within(limits).get(&key("a"), 10).await.unwrap_err();
    assert!(fault.retryable && told(&fault).contains("no whole answer"), "{}", told(&fault));
    script.asked();
    // A port that nobody listens on.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let bucket = open(&config(&format!("http://{nobody}")), true_clock(), brisk());
    let fault = bucket.get(&key("a"), 10).await.unwrap_err();
    assert!(fault.retryable, "{}", told(&fault));
}

#[tokio::test]
async fn deleting_what_is_not_there_is_fine_but_not_without_a_bucket() {
    let script = Script::start(vec![refusal(404, "NoSuchKey"), refusal(404, "NoSuchBucket")]);
    let bucket = script.bucket();
    bucket.delete(&key("a")).await.unwrap();
    let fault = bucket.delete(&key("a")).await.unwrap_err();
    assert!(!fault.retryable && told(&fault).contains("no such bucket"), "{}", told(&fault));
    script.asked();
}

/// The first try was stored, its answer lost: the second finds the key taken.
#[tokio::test]
async fn creating_twice_unheard_finds_it_created() {
    let script = Script::start(vec![Act::HangUp, refusal(412, "PreconditionFailed")]);
    let created = script.bucket().create(&key("a"), PNG, vec![1]).await.unwrap();
    assert_eq!(created, Created::Before);
    script.asked();
}

#[tokio::test]
async fn an_object_without_a_length_is_capped_as_it_is_read() {
    let script = Script::start(vec![Act::Endless]);
    let fault = script.bucket().get(&key("a"), 100_000).await.unwrap_err();
    assert!(!fault.retryable && told(&fault).contains("more than 100000"), "{}", told(&fault));
    script.asked();
}

#[tokio::test]
async fn what_is_announced_as_too_large_is_not_waited_for() {
    let script = Script::start(vec![Act::Break]);
    let fault = script.bucket().get(&key("a"), 5).await.unwrap_err();
    assert!(!fault.retryable && told(&fault).contains("more than 5 bytes"), "{}", told(&fault));
    script.asked();
}

#[tokio::test]
async fn a_listing_that_is_none_is_a_fault() {
    let script = Script::start(vec![success("<html>hello</html>")]);
    let fault = script.bucket().list("", None).await.unwrap_err();
    assert!(!fault.retryable && told(&fault).contains("not a listing"), "{}", told(&fault));
    script.asked();
}
