//! Who may call, what for, and how often.

use poem::{Request, http::Method};
use safelight_domain::{Actor, Credits, KeyScope, SignedDuration};
use safelight_testkit::people::{ada, grace};
use safelight_usecases::KeyTerms;
use serde_json::{Value, json};

use crate::{
    document::{document, operations},
    site::{Site, request},
};

#[tokio::test]
async fn without_a_working_key_nothing_is_done() {
    let site = Site::open().await;
    let mut typo = site.key.clone();
    typo.pop();
    let gone = site
        .studio
        .studio
        .keys
        .create(ada().account.id, KeyTerms::new("old", &[KeyScope::Library]), Actor::cli())
        .await
        .unwrap();
    site.studio.studio.keys.revoke(ada().account.id, gone.key.id, Actor::cli()).await.unwrap();
    let wrong = |key: &str| format!("Bearer {key}");
    for sent in [
        "",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        &wrong("sl_live_x"),
        &wrong(&typo),
        &wrong(&gone.text),
        &site.key,
    ] {
        let request =
            Request::builder().uri_str("/api/v1/images").header("authorization", sent).finish();
        let reply = site.send(request).await;
        assert_eq!(reply.problem(), (401, "unauthenticated", None), "{sent}");
        assert!(reply.header("www-authenticate").starts_with("Bearer realm=\"api\""), "{sent}");
    }
    let none = site.send(Request::builder().uri_str("/api/v1/images").finish()).await;
    assert_eq!((none.status, none.header("www-authenticate")), (401, "Bearer realm=\"api\""));
    let lower = Request::builder()
        .uri_str("/api/v1/images")
        .header("authorization", format!("bearer {}", site.key));
    assert_eq!(site.send(lower.finish()).await.status, 200);
}

/// Which scopes let a call in, for every operation of the document.
#[tokio::test]
async fn each_operation_asks_for_its_scope() {
    let site = Site::open().await;
    for scope in KeyScope::ALL {
        let key = site.new_key(&ada(), &[scope]).await;
        for (method, path, told) in operations(&document()) {
            let name = told["operationId"].as_str().unwrap();
            let allowed: &[KeyScope] = match name {
                "create_generation" | "cancel_render" | "quote" => &[KeyScope::Generate],
                "consume_credits" => &[KeyScope::Consume],
                "get_key" => &KeyScope::ALL,
                _ if method == "get" => &[KeyScope::Generate, KeyScope::Library],
                _ => &[KeyScope::Library],
            };
            let method: Method = method.to_uppercase().parse().unwrap();
            let path = path.replace("{id}", "x").replace("{param0}", "x");
            let reply = site.call_as(&key, method, &path, Value::Null).await;
            assert_eq!(reply.status != 403, allowed.contains(&scope), "{name} with {scope:?}");
            if reply.status == 403 {
                assert_eq!(reply.problem(), (403, "insufficient-scope", None));
                let named = reply.json["scope"].as_str().unwrap();
                assert!(allowed.iter().any(|scope| scope.as_str() == named), "{name}: {named}");
                assert!(reply.header("www-authenticate").contains("insufficient_scope"));
            }
        }
    }
}

#[tokio::test]
async fn a_blocked_account_may_do_nothing() {
    let site = Site::open().await;
    site.studio.studio.accounts.set_blocked(ada().account.id, true, Actor::cli()).await.unwrap();
    assert_eq!(site.get("/api/v1/credits").await.problem(), (403, "account-blocked", None));
}

#[tokio::test]
async fn a_key_has_its_requests_a_minute_and_is_told() {
    let site = Site::with_limit(3).await;
    let get = || site.get("/api/v1/credits");
    let first = get().await;
    assert_eq!(first.json["rate_limit"], "2/3");
    assert_eq!(first.header("ratelimit"), "\"default\";r=2;t=60");
    assert_eq!(first.header("ratelimit-policy"), "\"default\";q=3;w=60");
    let missing = site.get("/api/v1/images/x").await;
    assert_eq!((missing.status, missing.header("ratelimit")), (404, "\"default\";r=1;t=60"));
    site.studio.setup.clock.advance(SignedDuration::from_secs(20));
    get().await;
    let over = get().await;
    assert_eq!(over.problem(), (429, "too-many-requests", None));
    assert_eq!(
        (over.header("retry-after"), over.header("ratelimit")),
        ("40", "\"default\";r=0;t=40")
    );
    let other = site.new_key(&grace(), &[KeyScope::Library]).await;
    assert_eq!(site.call_as(&other, Method::GET, "/api/v1/credits", json!(null)).await.status, 200);
    site.studio.setup.clock.advance(SignedDuration::from_secs(40));
    assert_eq!(get().await.json["rate_limit"], "2/3");
}

#[tokio::test]
async fn an_address_that_keeps_failing_waits_and_its_neighbours_do_not() {
    let site = Site::open().await;
    let fail = || site.send(request("sl_live_nonsense", Method::GET, "/api/v1/credits").finish());
    let mut statuses = Vec::new();
    for _ in 0..61 {
        statuses.push(fail().await.status);
    }
    assert_eq!((statuses[59], statuses[60]), (401, 429));
    assert_eq!(fail().await.header("retry-after"), "60");
    assert_eq!(site.get("/api/v1/credits").await.status, 200, "a working key still works");
    site.studio.setup.clock.advance(SignedDuration::from_secs(60));
    assert_eq!(fail().await.status, 401);
}

#[tokio::test]
async fn a_key_with_a_cap_is_told_where_it_stands_and_refused_by_name() {
    let site = Site::open().await;
    let terms = KeyTerms {
        cap: Some(Credits::new(3).unwrap()),
        ..KeyTerms::new("capped", &[KeyScope::Consume])
    };
    let made = site.studio.studio.keys.create(ada().account.id, terms, Actor::cli()).await.unwrap();
    let call = async |method, path: &str, body| site.call_as(&made.text, method, path, body).await;
    let consume = || call(Method::POST, "/api/v1/credits/consume", json!({ "action": "export" }));
    assert_eq!(consume().await.status, 200);
    let refused = consume().await;
    assert_eq!(refused.problem(), (402, "key-cap-reached", None));
    assert_eq!(refused.json["cap"], 3);
    assert_eq!(refused.json["resets_at"], "2026-02-01T00:00:00Z");
    let key = call(Method::GET, "/api/v1/key", Value::Null).await.json["data"].clone();
    assert_eq!(
        (&key["name"], &key["cap"], &key["spent"]),
        (&json!("capped"), &json!(3), &json!(2))
    );
    assert_eq!((&key["expires_at"], &key["scopes"]), (&Value::Null, &json!(["consume"])));
    assert!(!key.to_string().contains(&made.text[32..]), "never the secret");
}
