//! What a caller may do in a minute, by key, account and address.

use poem::http::Method;
use safelight_domain::KeyScope;
use safelight_testkit::people::ada;
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
        let asked = request(&site.key, Method::GET, "/healthz");
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
