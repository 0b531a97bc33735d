//! What a caller may do in a minute, by key, account and address.

use poem::{
    Request,
    http::{HeaderValue, Method},
};
use safelight_domain::{Actor, KeyScope, SignedDuration};
use safelight_testkit::people::ada;
use safelight_usecases::KeyTerms;
use safelight_web::Limits;
use serde_json::{Value, json};

use crate::site::{Site, request};

#[tokio::test]
async fn all_keys_of_an_account_share_its_minute() {
    let limits = Limits { account_requests_per_minute: 3, ..Limits::default() };
    let site = Site::with_limits(limits).await;
    let second = site.new_key(&ada(), &KeyScope::ALL).await;
    let get = |key| site.call_as(key, Method::GET, "/api/v1/credits", Value::Null);
    for key in [&site.key, &second, &site.key] {
        assert_eq!(get(key).await.status, 200);
    }
    let over = get(&second).await;
    assert_eq!(over.problem(), (429, "too-many-requests", None));
    assert_eq!(over.header("retry-after"), "60");
    assert!(over.json["detail"].as_str().unwrap().contains("requests of this account"));
}

/// The statuses of four requests, each said to be forwarded as `hops` tells.
async fn four(site: &Site, hops: impl Fn(u8) -> String) -> Vec<u16> {
    let mut statuses = Vec::new();
    for n in 1..=4 {
        let asked = request(&site.key, Method::GET, "/terms");
        let asked = asked.header("x-forwarded-for", hops(n)).header("x-real-ip", hops(n));
        statuses.push(site.send(asked.finish()).await.status);
    }
    statuses
}

#[tokio::test]
async fn what_a_stranger_says_of_their_address_decides_nothing() {
    let limits = Limits { address_requests_per_minute: 3, ..Limits::default() };
    let site = Site::with_limits(limits.clone()).await;
    let spoofed = four(&site, |n| format!("198.51.100.{n}")).await;
    assert_eq!(spoofed, [200, 200, 200, 429], "nobody is trusted, so the connection counts");

    // Requests of these tests connect from nowhere, which is the proxy here.
    let trusted_proxies = vec!["0.0.0.0/32".parse().unwrap()];
    let site = Site::with_limits(Limits { trusted_proxies, ..limits }).await;
    let spoofed = four(&site, |n| format!("203.0.113.{n}, 198.51.100.1")).await;
    assert_eq!(spoofed, [200, 200, 200, 429], "only what the proxy wrote at the end counts");
    let others = four(&site, |n| format!("198.51.100.{}", n + 1)).await;
    assert_eq!(others, [200; 4], "behind the proxy each client has its own minute");
}

#[tokio::test]
async fn the_button_has_a_minute_of_its_own_and_a_refused_press_costs_nothing() {
    let limits = Limits { generations_per_minute: 2, ..Limits::default() };
    let site = Site::with_limits(limits).await;
    let press = || site.post("/api/v1/generations", json!({ "prompt": "a fox", "count": 1 }));
    assert_eq!((press().await.status, press().await.status), (202, 202));
    assert_eq!(press().await.problem(), (429, "too-many-requests", None));
    let left = site.get("/api/v1/credits").await;
    assert_eq!(left.json["credits_left"], 8);
}

/// Every way not to be let in, until the address has to wait.
#[tokio::test]
async fn a_key_that_lets_nobody_in_is_counted_whatever_is_wrong_with_it() {
    let limits = Limits { failures_per_minute: 3, ..Limits::default() };
    for wrong in ["blocked", "revoked", "expired", "unknown", "unreadable", "twice", "none"] {
        let site = Site::with_limits(limits.clone()).await;
        let keys = &site.studio.studio.keys;
        let mut request = request(&site.key, Method::GET, "/api/v1/credits").finish();
        let sent = request.headers_mut();
        let first = match wrong {
            "blocked" => {
                let accounts = &site.studio.studio.accounts;
                accounts.set_blocked(ada().account.id, true, Actor::cli()).await.unwrap();
                403
            }
            "revoked" => {
                let id = keys.authenticate(&site.key).await.unwrap().unwrap().key_id;
                keys.revoke(ada().account.id, id, Actor::cli()).await.unwrap();
                401
            }
            "expired" => {
                let ends = site.studio.studio.now() + SignedDuration::from_hours(1);
                let terms =
                    KeyTerms { expires_at: Some(ends), ..KeyTerms::new("short", &KeyScope::ALL) };
                let key = keys.create(ada().account.id, terms, Actor::cli()).await.unwrap().text;
                sent.insert("authorization", format!("Bearer {key}").parse().unwrap());
                site.studio.setup.clock.advance(SignedDuration::from_hours(2));
                401
            }
            "unknown" => {
                sent.insert("authorization", "Bearer sl_live_x".parse().unwrap());
                401
            }
            "unreadable" => {
                let value = [b"Bearer ", site.key.as_bytes(), b"\xff"].concat();
                sent.insert("authorization", HeaderValue::from_bytes(&value).unwrap());
                401
            }
            "twice" => {
                let value = sent["authorization"].clone();
                sent.append("authorization", value);
                401
            }
            _ => {
                sent.remove("authorization");
                401
            }
        };
        let headers = request.headers().clone();
        let mut statuses = Vec::new();
        for _ in 0..4 {
            let mut again = Request::builder().uri_str("/api/v1/credits").finish();
            *again.headers_mut() = headers.clone();
            statuses.push(site.send(again).await.status);
        }
        assert_eq!(statuses, [first, first, first, 429], "{wrong}");
    }
}

/// What a key may not do counts against the key, as what it may.
#[tokio::test]
async fn a_key_without_the_scope_is_counted() {
    let site = Site::with_limit(3).await;
    let key = site.new_key(&ada(), &[KeyScope::Library]).await;
    let press = || {
        site.call_as(
            &key,
            Method::POST,
            "/api/v1/generations",
            json!({ "prompt": "x", "count": 1 }),
        )
    };
    for status in [403, 403, 403, 429] {
        assert_eq!(press().await.status, status);
    }
}

/// Pushes that prove nothing, and links that were altered.
#[tokio::test]
async fn what_proves_nothing_is_counted_too() {
    let limits = Limits { failures_per_minute: 3, ..Limits::default() };
    for (method, path, first) in [
        (Method::POST, "/webhooks/stripe", 400),
        (Method::GET, "/files/x.png?expires=1&signature=x", 403),
    ] {
        let site = Site::with_limits(limits.clone()).await;
        for status in [first, first, first, 429] {
            let request = Request::builder().method(method.clone()).uri_str(path);
            let request = request.header("stripe-signature", "t=1,v1=00").finish();
            assert_eq!(site.send(request).await.status, status, "{path}");
        }
    }
}

/// What cannot be read is neither free of limits nor shared with those who can be told apart.
#[tokio::test]
async fn an_unreadable_address_is_counted_and_troubles_nobody_else() {
    let limits = Limits { address_requests_per_minute: 3, ..Limits::default() };
    // Requests of these tests connect from nowhere, which is the proxy here.
    let trusted_proxies = vec!["0.0.0.0/32".parse().unwrap()];
    let site = Site::with_limits(Limits { trusted_proxies, ..limits }).await;
    let ask = async |hops: &[u8]| {
        let asked = request(&site.key, Method::GET, "/terms");
        let asked = asked.header("x-forwarded-for", HeaderValue::from_bytes(hops).unwrap());
        site.send(asked.finish()).await.status
    };
    for (hops, status) in [
        (&b"\xff"[..], 200),
        (b"unknown", 200),
        (b"198.51.100.1, ", 200),
        (b"_hidden", 429),
        // A byte before the proxy's own entry moves nobody elsewhere.
        (b"\xff, 198.51.100.2", 200),
        (b"Z\xfcrich, 198.51.100.2", 200),
        (b"127.0.0.1, 198.51.100.2", 200),
        (b"\xff\xff, 198.51.100.2", 429),
        (b"198.51.100.3", 200),
    ] {
        assert_eq!(ask(hops).await, status, "{}", hops.escape_ascii());
    }
}

#[tokio::test]
async fn health_is_told_however_much_comes_from_an_address() {
    let limits = Limits { address_requests_per_minute: 3, ..Limits::default() };
    let site = Site::with_limits(limits).await;
    let ask = async |path: &str| {
        let asked = request(&site.key, Method::GET, path).header("x-forwarded-for", "198.51.100.1");
        site.send(asked.finish()).await.status
    };
    for _ in 0..9 {
        assert_eq!((ask("/healthz").await, ask("/readyz").await), (200, 200));
    }
    let pages =
        [ask("/terms").await, ask("/terms").await, ask("/terms").await, ask("/terms").await];
    assert_eq!(pages, [200, 200, 200, 429]);
    assert_eq!(ask("/readyz").await, 200);
}
