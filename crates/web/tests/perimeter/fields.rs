//! Nothing can be set that is not offered: what nobody asked for is refused, or changes nothing.
//!
//! Two sites are alike to the last id. One is asked plainly, the other with more in the body than
//! belongs there; afterwards both hold the same rows, or the second refused and holds what it held.

use poem::http::Method;
use serde_json::{Value, json};

use crate::{dump::dump, matrix::routes, sample::Sample, site::Site, things::Things, who::Who};

/// What an intruder would like to set.
const WISHES: [(&str, &str); 20] = [
    ("role", "admin"),
    ("is_admin", "true"),
    ("plan", "pro"),
    ("credits", "1000000"),
    ("balance", "1000000"),
    ("amount", "1000000"),
    ("debt", "0"),
    ("account_id", "018bcfe5-681e-7000-8000-000000000000"),
    ("user_id", "018bcfe5-681f-7000-8000-000000000000"),
    ("owner", "linus@example.com"),
    ("id", "018bcfe5-681e-7000-8000-000000000000"),
    ("price", "0"),
    ("total", "0"),
    ("charge", "kept"),
    ("state", "stored"),
    ("status", "open"),
    ("trashed_at", "2026-01-01T00:00:00Z"),
    ("created_at", "2026-01-01T00:00:00Z"),
    ("secret_hash", "00"),
    ("__proto__", "admin"),
];

fn who(route: &str) -> Who {
    if route.starts_with("/api/") { Who::Key } else { Who::Owner }
}

fn with(sample: Sample, wishes: &[(&'static str, &'static str)]) -> Sample {
    match sample {
        Sample::Nothing => Sample::Nothing,
        Sample::Form(mut fields) => {
            fields.extend(wishes.iter().map(|(name, value)| (*name, (*value).to_owned())));
            Sample::Form(fields)
        }
        Sample::Json(mut body) => {
            for (name, value) in wishes {
                body[*name] = Value::from(*value);
            }
            Sample::Json(body)
        }
    }
}

#[tokio::test]
async fn no_body_sets_what_is_not_offered() {
    // The studio's form says what it costs, and is refused when that is not so.
    let (price, rest): (Vec<_>, Vec<_>) = WISHES.iter().partition(|(name, _)| *name == "price");
    for (method, route) in routes().into_iter().filter(|(method, _)| method != "GET") {
        let plain = Site::open().await;
        let things = Things::of(&plain).await;
        crate::matrix::attempt(&plain, who(&route), &method, &route, &things).await;
        let plainly = dump(&plain);
        for wishes in [&price, &rest] {
            let site = Site::open().await;
            let things = Things::of(&site).await;
            let before = dump(&site);
            let path = things.path(&route);
            let request = site.request(who(&route), method.parse().unwrap(), &path);
            let body = with(Sample::of(&method, &route, &things), wishes);
            let reply = site.send(body.into(request)).await;
            let unchanged = if reply.status >= 400 { &before } else { &plainly };
            assert!(dump(&site) == *unchanged, "{method} {route}: {}", reply.status);
        }
    }
}

#[tokio::test]
async fn the_api_names_the_member_it_does_not_know() {
    let site = Site::open().await;
    let things = Things::of(&site).await;
    let before = dump(&site);
    for (method, route) in routes() {
        let plain = Sample::of(&method, &route, &things);
        // Calls that take no body do not read one.
        if !matches!(&plain, Sample::Json(body) if *body != json!({})) {
            continue;
        }
        for wish in WISHES {
            let request = site.request(Who::Key, method.parse().unwrap(), &things.path(&route));
            let reply = site.send(with(plain.clone(), &[wish]).into(request)).await;
            assert_eq!(reply.status, 422, "{method} {route} took {}: {}", wish.0, reply.text);
            assert!(reply.text.contains(wish.0), "{route}: {}", reply.text);
        }
    }
    assert!(dump(&site) == before);
}

#[tokio::test]
async fn no_query_sets_what_is_not_offered() {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let query = query.extend_pairs(WISHES).finish();
    for (method, route) in routes() {
        let (plain, asked) = (Site::open().await, Site::open().await);
        let things = Things::of(&plain).await;
        Things::of(&asked).await;
        crate::matrix::attempt(&plain, who(&route), &method, &route, &things).await;
        let place = things.path_with(&route, &query);
        let request = asked.request(who(&route), method.parse().unwrap(), &place);
        let body = Sample::of(&method, &route, &things);
        let before = dump(&asked);
        let reply = asked.send(body.into(request)).await;
        let unchanged = if reply.status >= 400 { before } else { dump(&plain) };
        assert!(dump(&asked) == unchanged, "{method} {route}: {}", reply.status);
    }
}

#[tokio::test]
async fn the_offered_members_take_no_other_shape() {
    let site = Site::open().await;
    let things = Things::of(&site).await;
    let before = dump(&site);
    for (route, member) in [
        ("/api/v1/generations", "prompt"),
        ("/api/v1/generations", "count"),
        ("/api/v1/generations", "folder_id"),
        ("/api/v1/credits/consume", "action"),
        ("/api/v1/folders", "name"),
    ] {
        for value in
            [json!([]), json!({}), json!([{ "$gt": "" }]), json!({ "toString": 1 }), json!(true)]
        {
            let Sample::Json(mut body) = Sample::of("POST", route, &things) else { panic!() };
            body[member] = value;
            let request = site.request(Who::Key, Method::POST, route);
            let reply = site.send(Sample::Json(body.clone()).into(request)).await;
            assert_eq!(reply.status, 422, "{route} {body}");
        }
    }
    assert_eq!(dump(&site), before);
}
