//! What is on the wire, where s3s-fs does not look: each gap of its checks is one here.

use std::collections::BTreeSet;

use safelight_ports::Storage;

use super::{
    PNG, brisk, config, key, open,
    script::{Act, Asked, Script, success},
};
use crate::bucket::CACHE_CONTROL;

/// The names a request's signature covers.
fn covered(asked: &Asked) -> BTreeSet<String> {
    let authorization = asked.header("authorization").expect("it is signed");
    let (_, names) = authorization.split_once("SignedHeaders=").expect("it names headers");
    names.split_once(',').expect("a signature").0.split(';').map(str::to_owned).collect()
}

/// All that AWS and Garage want signed: the host and every `x-amz-` header that is sent.
fn assert_all_is_covered(asked: &Asked) {
    let covered = covered(asked);
    for (name, _) in &asked.headers {
        if name == "host" || name.starts_with("x-amz-") {
            assert!(covered.contains(name), "{name} is not signed");
        }
    }
    for name in &covered {
        assert_eq!(
            asked.headers.iter().filter(|(other, _)| other == name).count(),
            1,
            "{name} is signed and must be sent once"
        );
    }
    assert!(!covered.contains("user-agent") && !covered.contains("accept-encoding"));
}

#[tokio::test]
async fn a_put_says_all_it_should() {
    let script = Script::start(vec![success(""), success("")]);
    let bucket = script.bucket();
    let host = script.host();
    bucket.put(&key("images/a b.png"), PNG, b"Welcome to Amazon S3.".to_vec()).await.unwrap();
    bucket.put(&key("empty"), PNG, vec![]).await.unwrap();
    let [put, empty] = &script.asked()[..] else { panic!("two requests") };
    assert_eq!((put.method.as_str(), put.target.as_str()), ("PUT", "/media/images/a%20b.png"));
    assert_eq!(put.body, b"Welcome to Amazon S3.");
    for (name, value) in [
        ("host", host.as_str()),
        ("content-type", PNG),
        ("cache-control", CACHE_CONTROL),
        ("content-length", "21"),
        // S3 API Reference: the hash of that very text.
        (
            "x-amz-content-sha256",
            "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
        ),
    ] {
        assert_eq!(put.header(name), Some(value), "{name}");
        assert!(name == "content-length" || covered(put).contains(name), "{name}");
    }
    // R2 takes no chunks, answers no expectations and refuses what it does not know.
    let unwanted = |name: &str| {
        matches!(name, "transfer-encoding" | "expect" | "if-none-match" | "x-amz-acl")
            || name.starts_with("x-amz-checksum")
            || name.starts_with("x-amz-meta")
    };
    for asked in [put, empty] {
        assert_all_is_covered(asked);
        assert!(asked.headers.iter().all(|(name, _)| !unwanted(name)), "{asked:?}");
    }
    assert_eq!(empty.header("content-length"), Some("0"));
}

#[tokio::test]
async fn other_calls_are_covered_too() {
    let listing = "<R><IsTruncated>false</IsTruncated></R>";
    let gone = Act::Answer(204, String::new(), String::new());
    let script =
        Script::start(vec![success("a"), success(""), gone, success(listing), success("")]);
    let bucket = script.bucket();
    assert_eq!(bucket.get(&key("a"), 1).await.unwrap(), Some(b"a".to_vec()));
    bucket.head(&key("a")).await.unwrap().unwrap();
    bucket.delete(&key("a")).await.unwrap();
    bucket.list("a&b/", Some("1/+=")).await.unwrap();
    bucket.create(&key("a"), PNG, vec![1]).await.unwrap();
    let asked = script.asked();
    let lines: Vec<_> =
        asked.iter().map(|asked| format!("{} {}", asked.method, asked.target)).collect();
    assert_eq!(
        lines,
        [
            "GET /media/a",
            "HEAD /media/a",
            "DELETE /media/a",
            "GET /media/?list-type=2&encoding-type=url&prefix=a%26b%2F\
             &continuation-token=1%2F%2B%3D",
            "PUT /media/a",
        ]
    );
    asked.iter().for_each(assert_all_is_covered);
    assert_eq!(asked[4].header("if-none-match"), Some("*"));
    assert!(covered(&asked[4]).contains("if-none-match"));
}

/// A server may leave reserved characters alone or not; the one text both agree on has none.
#[tokio::test]
async fn all_that_is_reserved_is_encoded() {
    let script = Script::start(vec![success("")]);
    script.bucket().get(&key("=&+%~'()*!@:,;$?#[]é"), 10).await.unwrap();
    assert_eq!(
        script.asked()[0].target,
        "/media/%3D%26%2B%25~%27%28%29%2A%21%40%3A%2C%3B%24%3F%23%5B%5D%C3%A9"
    );
}

#[tokio::test]
async fn the_region_of_the_configuration_is_signed_for() {
    let script = Script::start(vec![success("")]);
    let mut garage = config(&format!("http://{}", script.host()));
    garage.region = "garage".to_owned();
    open(&garage, super::true_clock(), brisk()).get(&key("a"), 10).await.unwrap();
    let asked = script.asked();
    let authorization = asked[0].header("authorization").unwrap();
    assert!(authorization.contains("/garage/s3/aws4_request,"), "{authorization}");
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let elsewhere = "location: http://127.0.0.1:9/\r\n".to_owned();
    let script = Script::start(vec![Act::Answer(307, elsewhere, String::new())]);
    let fault = script.bucket().get(&key("a"), 10).await.unwrap_err();
    let said = super::told(&fault);
    assert!(!fault.retryable && said.contains("at another endpoint"), "{said}");
    script.asked();
}
