//! Signed pushes arrive, are proven, and say only what to ask for.

use std::sync::Arc;

use safelight_domain::SignedDuration;
use safelight_ports::{Clock, Notice, NoticeRefused, PaymentPush, Payments, Topic};
use safelight_testkit::stripe::{Push, sign};
use serde_json::json;

use super::{Bench, KEY, config, stripe};

const URL: &str = "http://127.0.0.1:9/webhooks/stripe";

/// A bench whose pushes are held, and an adapter with its secret.
fn listening() -> (Bench, safelight_adapters_stripe::Stripe) {
    let bench = Bench::new();
    let secret = bench.fake.listen(URL);
    bench.fake.hold();
    let stripe = stripe(&config(KEY, &bench.fake.url(), Some(&format!("whsec_old,{secret}"))));
    (bench, stripe)
}

fn verified(bench: &Bench, push: &dyn PaymentPush, sent: &Push) -> Result<Notice, NoticeRefused> {
    let header = bench.fake.signature(sent);
    push.verify(Some(&header), &sent.body, bench.clock.now())
}

#[tokio::test]
async fn a_purchase_tells_of_itself() {
    let (bench, stripe) = listening();
    let new = bench.new_checkout().await;
    let id = bench.stripe.open(&new).await.unwrap().id;
    bench.fake.pay(&id);
    let payment = bench.stripe.checkout(&id).await.unwrap().payment.unwrap();
    let refund = bench.fake.refund(&payment, None);
    bench.fake.fail_refund(&refund);
    bench.stripe.delete_customer(&new.customer).await.unwrap();
    let held = bench.fake.take_held();
    let mut seen = Vec::new();
    for push in &held {
        let notice = verified(&bench, &stripe, push).unwrap();
        assert_eq!((notice.id.as_str(), notice.kind.as_str()), (&*push.event, &*push.kind));
        assert_eq!((notice.live, notice.body == push.body), (false, true));
        assert_eq!(notice.created_at, bench.clock.now());
        assert_eq!(notice.api_version.as_deref(), Some(safelight_adapters_stripe::VERSION));
        if notice.topic != Topic::Other {
            assert_eq!(
                notice.customer.as_deref(),
                Some(new.customer.as_str()).filter(|_| {
                    // Stripe's refunds do not name the customer.
                    !notice.kind.starts_with("refund.")
                })
            );
            seen.push((notice.kind, notice.topic));
        }
    }
    let payment = || Topic::Payment(payment.clone());
    assert_eq!(
        seen,
        [
            ("checkout.session.completed".to_owned(), Topic::Checkout(id)),
            ("refund.created".to_owned(), payment()),
            ("charge.refunded".to_owned(), payment()),
            ("refund.updated".to_owned(), payment()),
            ("refund.failed".to_owned(), payment()),
            ("customer.deleted".to_owned(), Topic::CustomerGone(new.customer.clone())),
        ]
    );
}

#[tokio::test]
async fn what_is_not_signed_now_by_stripe_is_refused() {
    let (bench, stripe) = listening();
    bench.fake.emit("customer.deleted", &json!({"id": "cus_1", "object": "customer"}));
    let push = bench.fake.take_held().remove(0);
    let now = bench.clock.now();
    let header = bench.fake.signature(&push);
    let old = StripePushOf("whsec_old");
    assert!(stripe.verify(Some(&old.signed(&push.body, now)), &push.body, now).is_ok());
    let verdict = |header: Option<&str>, body: &[u8]| stripe.verify(header, body, now);
    assert!(verdict(Some(&header), &push.body).is_ok());
    assert!(matches!(verdict(None, &push.body), Err(NoticeRefused::Unsigned)));
    assert!(matches!(verdict(Some(""), &push.body), Err(NoticeRefused::Unsigned)));
    let compact = serde_json::from_slice::<serde_json::Value>(&push.body).unwrap().to_string();
    assert!(matches!(verdict(Some(&header), compact.as_bytes()), Err(NoticeRefused::Forged)));
    let forged = StripePushOf("whsec_other").signed(&push.body, now);
    assert!(matches!(verdict(Some(&forged), &push.body), Err(NoticeRefused::Forged)));
    bench.clock.advance(SignedDuration::from_secs(301));
    let late = stripe.verify(Some(&header), &push.body, bench.clock.now());
    assert!(matches!(late, Err(NoticeRefused::Stale)));
    // Without a secret set, nothing is believed.
    let bare = super::stripe(&config(KEY, &bench.fake.url(), None));
    assert!(matches!(bare.verify(Some(&header), &push.body, now), Err(NoticeRefused::Forged)));
}

/// Signs as an endpoint with that secret.
struct StripePushOf(&'static str);

impl StripePushOf {
    fn signed(&self, body: &[u8], now: safelight_domain::Timestamp) -> String {
        sign(self.0, now.as_second(), body)
    }
}

#[tokio::test]
async fn what_is_signed_and_no_event_is_unreadable() {
    let (bench, stripe) = listening();
    let now = bench.clock.now();
    for body in [
        "",
        "no JSON",
        "[]",
        "1",
        "{}",
        r#"{"id": "evt_1"}"#,
        r#"{"id": "evt_1", "type": ""}"#,
        r#"{"id": "", "type": "x", "created": 1}"#,
        r#"{"id": "evt_1", "type": "x"}"#,
        r#"{"id": "evt 1", "type": "x", "created": 1}"#,
        r#"{"id": 1, "type": "x", "created": 1}"#,
    ] {
        let header = StripePushOf("whsec_old").signed(body.as_bytes(), now);
        let verdict = stripe.verify(Some(&header), body.as_bytes(), now);
        assert!(matches!(verdict, Err(NoticeRefused::Unreadable)), "{body}: {verdict:?}");
    }
    let bare = r#"{"id": "evt_1", "type": "x", "created": 1}"#;
    let header = StripePushOf("whsec_old").signed(bare.as_bytes(), now);
    let notice = stripe.verify(Some(&header), bare.as_bytes(), now).unwrap();
    assert_eq!((notice.topic, notice.customer, notice.api_version), (Topic::Other, None, None));
}

/// The postman by himself: twice, lost, and overtaken.
#[tokio::test]
async fn the_postman_delivers_as_he_is_told() {
    use safelight_testkit::{Reply, Server, stripe::Treatment};
    use std::{sync::Mutex, time::Duration};
    let bench = Bench::new();
    let taken = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&taken);
    let receiver = Server::start(0, move |request| {
        let event: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        log.lock().unwrap().push(event["type"].as_str().unwrap().to_owned());
        Reply::new(200, "text/plain", "")
    })
    .unwrap();
    bench.fake.listen(&format!("{}/webhooks/stripe", receiver.url()));
    bench.fake.treat(|push| match push.kind.as_str() {
        "a" => Treatment { copies: 1, delay: Duration::from_millis(400) },
        "b" => Treatment { copies: 2, ..Treatment::USUAL },
        "c" => Treatment::LOST,
        _ => Treatment::USUAL,
    });
    for kind in ["a", "b", "c", "d"] {
        bench.fake.emit(kind, &json!({"id": "x"}));
    }
    while !bench.fake.is_idle() || bench.fake.deliveries().len() < 4 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(*taken.lock().unwrap(), ["b", "b", "d", "a"]);
    let events = receiver.received();
    let push = super::stripe(&config(KEY, &bench.fake.url(), Some("whsec_we_Fake000000000001")));
    for sent in &events {
        let header = sent.header("stripe-signature");
        push.verify(header, &sent.body, bench.clock.now()).unwrap();
    }
}
