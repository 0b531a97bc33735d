//! `safelight webhooks`, as an operator runs it against a Stripe on loopback.

use std::sync::Arc;

use safelight_testkit::{ManualClock, stripe::StripeFake};
use safelight_tests::Place;
use serde_json::{Value, json};

const KEY: &str = "sk_test_51Fake0123456789";

fn document(text: &str) -> Value {
    serde_json::from_str(text).expect("one JSON document")
}

#[test]
fn what_was_missed_is_fetched_listed_and_replayed() {
    let fake = StripeFake::start(KEY, Arc::new(ManualClock::new())).expect("a free port");
    fake.listen("http://127.0.0.1:9/webhooks/stripe");
    fake.hold();
    let event = fake.emit("customer.deleted", &json!({ "id": "cus_1", "object": "customer" }));
    let url = fake.url();
    let place = Place::new("").with(&[("STRIPE_SECRET_KEY", KEY), ("STRIPE_API_URL", &url)]);
    let caught = document(&place.print(&["webhooks", "catch-up", "--json"]));
    assert_eq!(caught, json!({ "undelivered": 1, "orders": 0, "applied": 1 }));
    let listed = document(&place.print(&["webhooks", "list", "--json"]));
    let one = &listed["deliveries"][0];
    assert_eq!((&one["event"], &one["state"]), (&json!(event), &json!("ignored")), "{listed:#}");
    assert!(one.get("body").is_none(), "a body is nobody's to print");
    assert!(place.print(&["webhooks", "list"]).contains("no customer of ours"));
    let pending = place.print(&["webhooks", "list", "--state", "pending", "--json"]);
    assert_eq!(document(&pending)["deliveries"], json!([]));
    let replayed = document(&place.print(&["webhooks", "replay", &event, "--json"]));
    assert_eq!((&replayed["state"], &replayed["attempts"]), (&json!("ignored"), &json!(0)));
    assert_eq!(place.run(&["webhooks", "replay", "evt_none"]).status.code(), Some(4));
    assert_eq!(place.run(&["webhooks", "list", "--state", "odd"]).status.code(), Some(1));
}

#[test]
fn in_production_nobody_takes_payments_until_somebody_is_named() {
    let https = [("APP_URL", "https://studio.example.com")];
    let serves = "stand_ins = [\"painter\", \"disk\"]\n";
    let nobody = Place::new(serves).with(&https).run(&["webhooks", "catch-up"]);
    let told = String::from_utf8_lossy(&nobody.stderr).into_owned();
    assert_eq!(nobody.status.code(), Some(3), "{told}");
    assert!(told.contains("no payments are set up"), "{told}");
    // The play checkout's page is not mounted over https, so naming it puts nothing on sale.
    let asked = "stand_ins = [\"painter\", \"disk\", \"checkout\"]\n";
    let named = Place::new(asked).with(&https).run(&["webhooks", "catch-up"]);
    assert_eq!(named.status.code(), Some(3), "{}", String::from_utf8_lossy(&named.stderr));
    let played = Place::new("").print(&["webhooks", "catch-up"]);
    assert!(played.contains("0 undelivered events"), "{played}");
}
