//! Generations, their price, and the books.

use poem::http::Method;
use safelight_domain::KeyScope;
use safelight_testkit::people::{ada, linus};
use serde_json::{Value, json};

use crate::site::{Reply, Site, request};

const GENERATIONS: &str = "/api/v1/generations";

async fn keyed(site: &Site, path: &str, once: &str, body: &Value) -> Reply {
    let request = request(&site.key, Method::POST, path).header("idempotency-key", once);
    site.send(request.body(body.to_string())).await
}

#[tokio::test]
async fn a_request_is_charged_image_by_image_and_ends_stored() {
    let site = Site::open().await;
    let body = json!({ "prompt": " a fox ", "count": 3, "seed": u64::MAX.to_string() });
    let quote = site.post("/api/v1/quote", body.clone()).await;
    let told =
        json!({ "each": 1, "total": 3, "balance": 10, "balance_after": 7, "affordable": true });
    assert_eq!(*quote.data(), told);

    let made = site.post(GENERATIONS, body).await;
    assert_eq!((made.status, made.json["ok"].clone()), (202, json!(true)));
    assert_eq!(
        (made.json["credits_left"].clone(), made.json["rate_limit"].clone()),
        (json!(7), json!("598/600"))
    );
    let view = made.data();
    assert_eq!((view["state"].as_str(), view["prompt"].as_str()), (Some("running"), Some("a fox")));
    assert_eq!(
        (view["model"].as_str(), view["size"].as_str()),
        (Some("flux-schnell"), Some("square_hd"))
    );
    assert_eq!((view["charged"].clone(), view["refunded"].clone()), (json!(3), json!(0)));
    assert_eq!(view["created_at"], "2026-01-01T00:00:00Z");
    let seeds: Vec<_> =
        view["renders"].as_array().unwrap().iter().map(|r| r["seed"].clone()).collect();
    assert_eq!(seeds, ["18446744073709551615", "0", "1"]);
    assert_eq!(view["renders"][2]["position"], 2);
    let place = made.header("location").to_owned();
    assert_eq!(place, format!("{GENERATIONS}/{}", view["id"].as_str().unwrap()));

    site.studio.settle().await;
    let ended = site.get(&place).await;
    assert_eq!(ended.data()["state"], "stored");
    assert!(ended.data()["renders"].as_array().unwrap().iter().all(|r| r["image_id"].is_string()));
    let render = ended.data()["renders"][0]["id"].as_str().unwrap();
    let render = site.get(&format!("/api/v1/renders/{render}")).await;
    assert_eq!(
        (render.data()["state"].as_str(), render.data()["refunded"].clone()),
        (Some("stored"), json!(0))
    );
}

#[tokio::test]
async fn the_same_key_and_body_charge_once_and_another_body_is_refused() {
    let site = Site::open().await;
    let body = json!({ "prompt": "a fox", "count": 2 });
    let first = keyed(&site, GENERATIONS, "once", &body).await;
    let again = keyed(&site, GENERATIONS, "once", &body).await;
    assert_eq!((first.status, again.status), (202, 202));
    assert_eq!(first.data()["id"], again.data()["id"]);
    assert_eq!(again.json["credits_left"], 8);
    let other = keyed(&site, GENERATIONS, "once", &json!({ "prompt": "a hare", "count": 2 })).await;
    assert_eq!(other.problem(), (409, "idempotency-key-reused", None));
    let bad = keyed(&site, GENERATIONS, "two words", &body).await;
    assert_eq!(bad.problem(), (422, "invalid-input", Some("Idempotency-Key")));
    assert_eq!(site.studio.balance(ada().account.id).await, 8);
    site.studio.settle().await;
}

#[tokio::test]
async fn too_few_credits_tell_price_and_balance() {
    let site = Site::open().await;
    let key = site.new_key(&linus(), &KeyScope::ALL).await;
    let body = json!({ "prompt": "a fox", "count": 4 });
    let refused = site.call_as(&key, Method::POST, GENERATIONS, body.clone()).await;
    assert_eq!(refused.problem(), (402, "insufficient-credits", None));
    assert_eq!(
        (refused.json["price"].clone(), refused.json["balance"].clone()),
        (json!(4), json!(0))
    );
    let quote = site.call_as(&key, Method::POST, "/api/v1/quote", body).await;
    assert_eq!((quote.status, quote.data()["affordable"].clone()), (200, json!(false)));
    let none = site.call_as(&key, Method::GET, GENERATIONS, Value::Null).await;
    assert_eq!(*none.data(), json!({ "items": [], "next": null }));
}

#[tokio::test]
async fn a_cancelled_render_is_refunded_once() {
    let site = Site::open().await;
    let made = site.post(GENERATIONS, json!({ "prompt": "a fox" })).await;
    let render = made.data()["renders"][0]["id"].as_str().unwrap();
    let path = format!("/api/v1/renders/{render}/cancel");
    let cancelled = site.post(&path, Value::Null).await;
    assert_eq!(cancelled.data()["state"], "cancelled");
    assert_eq!(
        (cancelled.data()["refunded"].clone(), cancelled.json["credits_left"].clone()),
        (json!(1), json!(10))
    );
    let again = site.post(&path, Value::Null).await;
    assert_eq!((again.data(), again.json["credits_left"].clone()), (cancelled.data(), json!(10)));
    let ended = site.get(made.header("location")).await;
    assert_eq!(
        (ended.data()["state"].as_str(), ended.data()["refunded"].clone()),
        (Some("cancelled"), json!(1))
    );

    let stored = site.stored("a hare", 1).await;
    let path = format!("/api/v1/renders/{}/cancel", stored["renders"][0]["id"].as_str().unwrap());
    assert_eq!(site.post(&path, Value::Null).await.problem(), (409, "too-late", None));
}

#[tokio::test]
async fn the_books_are_told_line_by_line() {
    let site = Site::open().await;
    let credits = site.get("/api/v1/credits").await;
    assert_eq!(
        (credits.data()["balance"].clone(), credits.data()["debt"].clone()),
        (json!(10), json!(0))
    );
    let lot = &credits.data()["lots"][0];
    assert_eq!(
        (lot["kind"].as_str(), lot["remaining"].clone(), lot["expires_at"].clone()),
        (Some("promo"), json!(10), Value::Null)
    );
    site.stored("a fox", 2).await;

    let page = site.get("/api/v1/credits/entries?limit=2").await;
    let next = page.data()["next"].as_str().unwrap();
    let rest = site.get(&format!("/api/v1/credits/entries?limit=2&cursor={next}")).await;
    assert_eq!(rest.data()["next"], Value::Null);
    let lines: Vec<_> = [page.data(), rest.data()]
        .iter()
        .flat_map(|data| data["items"].as_array().unwrap().clone())
        .map(|l| {
            (l["seq"].clone(), l["kind"].clone(), l["amount"].clone(), l["balance_after"].clone())
        })
        .collect();
    let line = |seq: u32, kind: &str, amount: i64, after: u32| {
        (json!(seq), json!(kind), json!(amount), json!(after))
    };
    assert_eq!(lines, [line(3, "spend", -1, 8), line(2, "spend", -1, 9), line(1, "grant", 10, 10)]);
    assert_eq!(page.data()["items"][0]["action"], "image");
    assert!(page.data()["items"][0]["render_id"].is_string());
}

#[tokio::test]
async fn an_action_is_charged_at_its_price_once_a_key() {
    let site = Site::open().await;
    let path = "/api/v1/credits/consume";
    let first = keyed(&site, path, "act-1", &json!({ "action": "export" })).await;
    let again = keyed(&site, path, "act-1", &json!({ "action": "export" })).await;
    assert_eq!(
        (first.data()["price"].clone(), first.json["credits_left"].clone()),
        (json!(2), json!(8))
    );
    assert_eq!(
        (first.data()["replayed"].clone(), again.data()["replayed"].clone()),
        (json!(false), json!(true))
    );
    assert_eq!(first.data()["charge_id"], again.data()["charge_id"]);
    let unknown = site.post(path, json!({ "action": "sing" })).await;
    assert_eq!(unknown.problem(), (422, "invalid-input", Some("action")));
    assert!(unknown.json["detail"].as_str().unwrap().contains("export"));
    let taken = keyed(&site, "/api/v1/generations", "act-1", &json!({ "prompt": "a fox" })).await;
    assert_eq!(taken.problem(), (409, "idempotency-key-reused", None));
}
