//! Bodies that cannot be used: what is at fault is named, and nothing is charged.

use poem::{Body, http::Method};
use serde_json::{Value, json};

use crate::{
    document::{document, operations},
    site::{Site, request},
};

const GENERATIONS: &str = "/api/v1/generations";

/// One bad member a row: what is sent beside a good prompt, the field named, words of the mend.
#[tokio::test]
async fn what_is_wrong_with_a_generation_is_told_by_field() {
    let site = Site::open().await;
    let long = "x".repeat(4_001);
    let table = [
        (json!({ "count": "two" }), "count", "ask for 1 to 4"),
        (json!({ "count": 0 }), "count", "ask for 1 to 4"),
        (json!({ "count": 5 }), "count", "ask for 1 to 4"),
        (json!({ "count": -1 }), "count", "ask for 1 to 4"),
        (json!({ "count": 1.5 }), "count", "ask for 1 to 4"),
        (json!({ "count": u64::MAX }), "count", "ask for 1 to 4"),
        (json!({ "count": [1] }), "count", "ask for 1 to 4"),
        (json!({ "seed": "18446744073709551616" }), "seed", "0 to 18446744073709551615"),
        (json!({ "seed": -1 }), "seed", "0 to 18446744073709551615"),
        (json!({ "seed": 1.5 }), "seed", "0 to 18446744073709551615"),
        (json!({ "seed": "abc" }), "seed", "0 to 18446744073709551615"),
        (json!({ "model": "dall-e" }), "model", "flux-schnell"),
        (json!({ "model": 7 }), "model", "string"),
        (json!({ "size": "huge" }), "size", "square_hd"),
        (json!({ "folder_id": "inbox" }), "folder_id", "UUID"),
        (json!({ "negative_prompt": "text" }), "negative_prompt", "flux-2-klein"),
        (json!({ "negative_prompt": ["text"] }), "negative_prompt", "string"),
        (json!({ "prompt": "" }), "prompt", "empty"),
        (json!({ "prompt": "   " }), "prompt", "empty"),
        (json!({ "prompt": null }), "prompt", "string"),
        (json!({ "prompt": 3 }), "prompt", "string"),
        (json!({ "prompt": long }), "prompt", "4000"),
        (json!({ "prompt": "nul\u{0}" }), "prompt", "U+0000"),
        (json!({ "price": 0 }), "price", "unknown"),
        (json!({ "account_id": "x" }), "account_id", "unknown"),
    ];
    for (member, field, mend) in table {
        let mut body = json!({ "prompt": "a fox" });
        body.as_object_mut().unwrap().extend(member.as_object().unwrap().clone());
        for path in [GENERATIONS, "/api/v1/quote"] {
            let reply = site.post(path, body.clone()).await;
            assert_eq!(
                reply.problem(),
                (422, "invalid-input", Some(field)),
                "{member}: {}",
                reply.text
            );
            assert!(
                reply.json["detail"].as_str().unwrap().contains(mend),
                "{member}: {}",
                reply.text
            );
        }
    }
    let absent = site.post(GENERATIONS, json!({})).await;
    assert_eq!(absent.problem(), (422, "invalid-input", Some("prompt")));
    assert_eq!(site.get("/api/v1/credits").await.json["credits_left"], 10);
}

#[tokio::test]
async fn what_is_no_json_object_is_refused() {
    let site = Site::open().await;
    for malformed in ["", "{", "{\"prompt\": \"a\"} x", "nonsense", "\u{feff}{}", "{'prompt': 1}"] {
        let reply = site.post_raw(GENERATIONS, malformed).await;
        assert_eq!(reply.problem(), (400, "malformed-request", None), "{malformed:?}");
    }
    let reply = site.post_raw(GENERATIONS, b"{\"prompt\": \"\xff\"}".to_vec()).await;
    assert_eq!(reply.problem(), (400, "malformed-request", None));
    for other in ["[]", "[\"a fox\"]", "\"a fox\"", "7", "null", "true"] {
        let reply = site.post_raw(GENERATIONS, other).await;
        assert_eq!(reply.problem(), (422, "invalid-input", None), "{other}: {}", reply.text);
    }
    let twice = site.post_raw(GENERATIONS, "{\"prompt\":\"a\",\"prompt\":\"b\"}").await;
    assert_eq!(twice.problem(), (422, "invalid-input", None));
    assert_eq!(twice.json["detail"], "duplicate field `prompt`");
}

#[tokio::test]
async fn a_body_is_capped_as_it_arrives_and_must_be_declared_json() {
    let site = Site::open().await;
    let large = format!("{{\"prompt\": \"{}\"}}", "x".repeat(100_000));
    let reply = site.post_raw(GENERATIONS, large.clone()).await;
    assert_eq!(reply.problem(), (413, "body-too-large", None));
    // In pieces and without a length, as a chunked request arrives.
    let pieces: Vec<_> =
        large.as_bytes().chunks(1_000).map(|c| Ok::<_, std::io::Error>(c.to_vec())).collect();
    let stream = Body::from_bytes_stream(futures_util::stream::iter(pieces));
    assert_eq!(site.post_raw(GENERATIONS, stream).await.problem(), (413, "body-too-large", None));
    let small =
        vec![Ok::<_, std::io::Error>(b"{\"prompt\":".to_vec()), Ok(b" \"a fox\"}".to_vec())];
    let stream = Body::from_bytes_stream(futures_util::stream::iter(small));
    assert_eq!(site.post_raw(GENERATIONS, stream).await.status, 202);

    for content_type in ["text/plain", "application/x-www-form-urlencoded", "json"] {
        let mut request = request(&site.key, Method::POST, GENERATIONS).body("{}");
        request.headers_mut().insert("content-type", content_type.parse().unwrap());
        let reply = site.send(request).await;
        assert_eq!(reply.problem(), (415, "unsupported-media-type", None), "{content_type}");
    }
    let mut request = request(&site.key, Method::POST, GENERATIONS).body("{}");
    request.headers_mut().remove("content-type");
    assert_eq!(site.send(request).await.status, 415);
    site.studio.settle().await;
}

/// The document and the reader name the same members: each one, sent as nonsense, is told by name.
#[tokio::test]
async fn every_documented_member_is_read() {
    let site = Site::open().await;
    let document = document();
    let folder = site.post("/api/v1/folders", json!({ "name": "a" })).await;
    let folder = folder.data()["id"].as_str().unwrap().to_owned();
    let mut members = 0;
    for (method, path, told) in operations(&document) {
        let schema = &told["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        let Some(name) = schema.as_str().and_then(|name| name.rsplit('/').next()) else { continue };
        let path = path.replace("{id}", &folder).replace("{param0}", &folder);
        let properties = document["components"]["schemas"][name]["properties"].as_object().unwrap();
        for member in properties.keys() {
            let method = method.to_uppercase().parse().unwrap();
            let reply = site.call(method, &path, json!({ member: [[]] })).await;
            assert_eq!(reply.problem(), (422, "invalid-input", Some(&**member)), "{path} {member}");
            members += 1;
        }
    }
    assert_eq!(members, 23);
}

#[tokio::test]
async fn parameters_are_told_by_name_too() {
    let site = Site::open().await;
    for (path, field) in [
        ("/api/v1/images?limit=0", "limit"),
        ("/api/v1/images?limit=101", "limit"),
        ("/api/v1/generations?limit=x", "limit"),
        ("/api/v1/credits/entries?cursor=x", "cursor"),
        ("/api/v1/images?liked=maybe", "liked"),
        ("/api/v1/images?trashed=2", "trashed"),
        ("/api/v1/images?folder_id=x", "folder_id"),
    ] {
        assert_eq!(site.get(path).await.problem(), (422, "invalid-input", Some(field)), "{path}");
    }
    let long = format!("/api/v1/images?q={}", "x".repeat(201));
    assert_eq!(site.get(&long).await.problem(), (422, "invalid-input", Some("q")));
    assert_eq!(site.get("/api/v1/images?q=!").await.json["data"]["items"], Value::Array(vec![]));
}
