//! Links open what they say, as long as they say, and nothing else.

use safelight_domain::{SignedDuration, Timestamp};
use safelight_ports::{Presign, Storage};

use super::{ACCESS_KEY_ID, PNG, brisk, config, key, open, peer::Peer, true_clock};
use crate::R2;

const KEY: &str = "images/ada/first/original.png";

/// The status with which `link` is answered.
fn status(bucket: &R2, link: &str) -> u16 {
    bucket.client.wire.open(link, 1_000).unwrap().status
}

#[tokio::test]
async fn an_altered_link_opens_nothing() {
    let peer = Peer::start();
    let bucket = peer.bucket();
    bucket.put(&key(KEY), PNG, b"picture".to_vec()).await.unwrap();
    bucket.put(&key("images/ada/second.png"), PNG, b"other".to_vec()).await.unwrap();
    let now = bucket.client.wire.clock().now();
    let link = bucket.presign(&key(KEY), &Presign::Show, now);
    assert_eq!(status(&bucket, &link), 200);

    let (start, signature) = link.rsplit_once('=').unwrap();
    let flipped = if signature.starts_with('0') { "1" } else { "0" };
    for altered in [
        format!("{start}={flipped}{}", &signature[1..]),
        link.replace("first/original", "second"),
        link.replace("Expires=7200", "Expires=7201"),
        link.replace("X-Amz-Date=20", "X-Amz-Date=21"),
        link.replace("SignedHeaders=host", "SignedHeaders=host%3Brange"),
        link.replace(ACCESS_KEY_ID, "AKIDEXAMPLF"),
        link.replace("%2Fauto%2F", "%2Feuro%2F"),
        format!("{link}&response-content-type=text%2Fhtml"),
        link.split_once('?').unwrap().0.to_owned(),
    ] {
        assert_ne!(altered, link);
        let status = status(&bucket, &altered);
        assert!((400..=403).contains(&status), "{status}");
    }
    // A link to read does not write.
    let written = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    assert_eq!(written.put(&link).send("x").unwrap().status(), 403);
    assert_eq!(written.delete(&link).call().unwrap().status(), 403);
    assert_eq!(status(&bucket, &link), 200);

    let save = bucket.presign(&key(KEY), &Presign::Save("fox.png".to_owned()), now);
    assert_eq!(status(&bucket, &save), 200);
    assert_eq!(status(&bucket, &save.replace("fox.png", "fox.exe")), 403);
}

#[tokio::test]
async fn a_link_lapses() {
    let peer = Peer::start();
    let bucket = peer.bucket();
    bucket.put(&key(KEY), PNG, b"picture".to_vec()).await.unwrap();
    let now = bucket.client.wire.clock().now();
    let made = |ago| {
        let then = now - SignedDuration::from_mins(ago);
        status(&bucket, &bucket.presign(&key(KEY), &Presign::Show, then))
    };
    // Made 57 minutes ago it still opens, 122 minutes ago it cannot.
    assert_eq!([made(0), made(57)], [200, 200]);
    assert_eq!([made(122), made(600)], [403, 403]);
}

#[tokio::test]
async fn a_link_by_another_secret_opens_nothing() {
    let peer = Peer::start();
    peer.bucket().put(&key(KEY), PNG, b"picture".to_vec()).await.unwrap();
    let mut wrong = peer.config();
    wrong.secret_access_key.make_ascii_lowercase();
    let bucket = open(&wrong, true_clock(), brisk());
    let link = bucket.presign(&key(KEY), &Presign::Show, bucket.client.wire.clock().now());
    assert_eq!(status(&bucket, &link), 403);
}

/// The date, the day in the scope and the day of the signing key are all those of the floored
/// hour, also when that is yesterday.
#[test]
fn a_link_is_of_its_hour_not_of_now() {
    let bucket = open(&config("https://s3.example"), true_clock(), brisk());
    let link = |now: &str| {
        let now: Timestamp = now.parse().unwrap();
        bucket.presign(&key(KEY), &Presign::Show, now)
    };
    let last_of_the_year = link("2026-01-01T00:01:59Z");
    assert!(last_of_the_year.contains("%2F20251231%2Fauto%2Fs3%2F"), "{last_of_the_year}");
    assert!(last_of_the_year.contains("X-Amz-Date=20251231T230000Z"), "{last_of_the_year}");
    assert_eq!(link("2025-12-31T23:02:00Z"), last_of_the_year);
    let first = link("2026-01-01T00:02:00Z");
    assert!(first.contains("X-Amz-Date=20260101T000000Z&X-Amz-Expires=7200&"), "{first}");
    assert_eq!(link("2026-01-01T01:01:59Z"), first);
    assert_ne!(link("2026-01-01T01:02:00Z"), first);
}

#[test]
fn a_bucket_may_stand_in_the_host() {
    let mut config = config("https://S3.example:8443");
    config.path_style = false;
    let bucket = open(&config, true_clock(), brisk());
    for how in [Presign::Show, Presign::Save("a.png".to_owned())] {
        let link = bucket.presign(&key("a b"), &how, Timestamp::UNIX_EPOCH);
        assert!(link.starts_with("https://media.s3.example:8443/a%20b?"), "{link}");
    }
}
