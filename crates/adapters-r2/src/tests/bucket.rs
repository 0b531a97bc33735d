//! Objects go in, are seen, listed and opened, under keys of all kinds.

use std::sync::Arc;

use safelight_ports::{Presign, Storage};

use super::{PNG, key, peer::Peer, told};
use crate::{Created, Head, bucket::CACHE_CONTROL};

/// Each with something that a signer may get wrong.
const ODD_KEYS: [&str; 12] = [
    "a b/c d.png",
    "plus+sign.png",
    "per%cent%20.png",
    "tilde~-_.png",
    "'single' \"double\".png",
    "é-ሴ-\u{1f98a}.png",
    "a&b=c?d#e.png",
    "(a)!*,;:@$.png",
    "[a]{b}|c^d`e.png",
    ".hidden/..twice/...thrice",
    "back\\slash.png",
    "line\nfeed.png",
];

#[tokio::test]
async fn odd_keys_are_stored_seen_opened_and_deleted() {
    let peer = Peer::start();
    let bucket = peer.bucket();
    for odd in ODD_KEYS {
        let key = key(odd);
        let bytes = odd.as_bytes().to_vec();
        bucket.put(&key, PNG, bytes.clone()).await.unwrap_or_else(|e| panic!("{}", told(&e)));
        let head = bucket.head(&key).await.unwrap().unwrap();
        let expected = Head { bytes: bytes.len() as u64, media_type: Some(PNG.to_owned()) };
        assert_eq!(head, expected, "{odd}");
        assert_eq!(bucket.get(&key, 100).await.unwrap().as_ref(), Some(&bytes), "{odd}");
        let now = bucket.client.wire.clock().now();
        for how in [Presign::Show, Presign::Save("a \"ü\" name.png".to_owned())] {
            let link = bucket.presign(&key, &how, now);
            let reply = bucket.client.wire.open(&link, 100).unwrap();
            assert_eq!((reply.status, &reply.body), (200, &bytes), "{odd}");
            assert_eq!(reply.header("content-type"), Some(PNG));
            assert_eq!(reply.header("cache-control"), Some(CACHE_CONTROL));
            let save = "attachment; filename=\"a ___ name.png\"; \
                        filename*=UTF-8''a%20%22%C3%BC%22%20name.png";
            let expected = (how != Presign::Show).then_some(save);
            assert_eq!(reply.header("content-disposition"), expected);
        }
        bucket.delete(&key).await.unwrap();
        assert_eq!(bucket.head(&key).await.unwrap(), None, "{odd}");
    }
}

#[tokio::test]
async fn what_is_large_arrives_whole() {
    let peer = Peer::start();
    let bucket = peer.bucket();
    let bytes: Vec<u8> = (0..6_000_000_u32).map(|n| n.to_le_bytes()[1]).collect();
    bucket.put(&key("large"), PNG, bytes.clone()).await.unwrap();
    assert!(bucket.get(&key("large"), 6_000_000).await.unwrap() == Some(bytes));
    let fault = bucket.get(&key("large"), 5_999_999).await.unwrap_err();
    assert!(told(&fault).contains("more than 5999999 bytes"), "{}", told(&fault));
}

#[tokio::test]
async fn creating_does_not_overwrite() {
    let peer = Peer::start();
    let bucket = peer.bucket();
    let a = key("a");
    let create = |bytes: &str| bucket.create(&a, PNG, bytes.into());
    assert_eq!(create("first").await.unwrap(), Created::Now);
    assert_eq!(create("second").await.unwrap(), Created::Before);
    assert_eq!(bucket.get(&key("a"), 10).await.unwrap(), Some(b"first".to_vec()));
}

#[tokio::test]
async fn the_bucket_is_listed() {
    let peer = Peer::start();
    let bucket = peer.bucket();
    let began = bucket.client.wire.clock().now().as_second() - 1;
    for n in 0..3 {
        bucket.put(&key(&format!("images/{n}.png")), PNG, vec![0; n]).await.unwrap();
    }
    bucket.put(&key("probe/0.png"), PNG, vec![]).await.unwrap();
    let listing = bucket.list("images/", None).await.unwrap();
    let listed: Vec<_> =
        listing.objects.iter().map(|object| (object.key.0.as_str(), object.bytes)).collect();
    assert_eq!(listed, [("images/0.png", 0), ("images/1.png", 1), ("images/2.png", 2)]);
    assert!(listing.objects.iter().all(|object| object.put_at.as_second() >= began));
    assert_eq!(listing.next, None);
    assert_eq!(bucket.list("", None).await.unwrap().objects.len(), 4);
    assert_eq!(bucket.list("none/", None).await.unwrap().objects, []);
}

#[tokio::test]
async fn a_long_listing_comes_in_pages() {
    let peer = Peer::start();
    peer.place("many", 2_001);
    let bucket = peer.bucket();
    let (mut keys, mut sizes, mut after) = (Vec::new(), Vec::new(), None);
    loop {
        let page = bucket.list("many/", after.as_deref()).await.unwrap();
        sizes.push(page.objects.len());
        keys.extend(page.objects.into_iter().map(|object| object.key.0));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(sizes, [1_000, 1_000, 1]);
    let expected: Vec<_> = (0..2_001).map(|n| format!("many/{n:04}.png")).collect();
    assert_eq!(keys, expected);
}

/// Far more at once than there are threads: all are served, each with its own.
#[tokio::test]
async fn many_at_once_are_served() {
    let peer = Peer::start();
    let bucket = Arc::new(peer.bucket());
    let mut all = tokio::task::JoinSet::new();
    for n in 0..60_u8 {
        let bucket = Arc::clone(&bucket);
        all.spawn(async move {
            let key = key(&format!("images/{n}.png"));
            bucket.put(&key, PNG, vec![n; 1_000]).await.unwrap();
            assert_eq!(bucket.get(&key, 1_000).await.unwrap(), Some(vec![n; 1_000]));
        });
    }
    while let Some(done) = all.join_next().await {
        done.unwrap();
    }
    assert_eq!(bucket.list("images/", None).await.unwrap().objects.len(), 60);
}

#[tokio::test]
async fn what_no_link_can_open_is_no_key() {
    let peer = Peer::start();
    let bucket = peer.bucket();
    let long = "a".repeat(1_025);
    for bad in ["", "/a", "a/", "a//b", "a/./b", "../a", "a/..", "a\0b", &long] {
        let fault = bucket.put(&key(bad), PNG, vec![]).await.unwrap_err();
        assert!(!fault.retryable && told(&fault).contains("is not a key"), "{}", told(&fault));
        assert!(bucket.get(&key(bad), 1).await.is_err(), "{bad}");
        assert!(bucket.delete(&key(bad)).await.is_err(), "{bad}");
    }
    for bad in ["", "image png", "image/png\r\nx-amz-acl: public-read"] {
        let fault = bucket.put(&key("a"), bad, vec![]).await.unwrap_err();
        assert!(told(&fault).contains("is not a media type"), "{}", told(&fault));
    }
}

#[test]
fn debug_shows_no_secret() {
    let bucket =
        super::open(&super::config("http://s3.example"), super::true_clock(), super::brisk());
    assert_eq!(format!("{bucket:?}"), "R2 { origin: \"http://s3.example\", .. }");
    assert_eq!(bucket.origin(), "http://s3.example");
}
