//! What is sent, and what nobody but the adapter is asked for.

use safelight_adapters_stripe::{EVENTS, VERSION};
use safelight_domain::Email;
use safelight_ports::{PaymentError, PaymentMode, Payments};
use safelight_testkit::people::ada;

use super::{Bench, KEY};

#[tokio::test]
async fn every_call_is_signed_versioned_and_every_act_has_a_key() {
    let bench = Bench::new();
    let (_, payment) = bench.paid().await;
    bench.stripe.refund(&payment, Some(5), "they asked").await.unwrap();
    bench.stripe.make_endpoint("http://127.0.0.1:9/webhooks/stripe").await.unwrap();
    let all = bench.fake.received();
    assert!(all.len() >= 8, "{}", all.len());
    for call in &all {
        let bearer = format!("Bearer {KEY}");
        assert_eq!(call.header("authorization"), Some(bearer.as_str()), "{}", call.path);
        assert_eq!(call.header("stripe-version"), Some(VERSION), "{}", call.path);
        let has_key = call.header("idempotency-key").is_some();
        assert_eq!(has_key, call.method == "POST", "{} {}", call.method, call.path);
    }
    let keys = |path: &str| -> Vec<_> {
        let own = all.iter().filter(|call| call.method == "POST" && call.path == path);
        own.map(|call| call.header("idempotency-key").unwrap().to_owned()).collect()
    };
    let account = ada().account.id;
    assert!(keys("/v1/customers")[0].starts_with(&format!("customer:{account}:")));
    assert!(keys("/v1/checkout/sessions")[0].starts_with("checkout:"));
    // An operator's words have blanks, so the key is their digest.
    assert_eq!(keys("/v1/refunds")[0].len(), 64);
}

#[tokio::test]
async fn metadata_lies_wherever_someone_will_look() {
    let bench = Bench::new();
    let new = bench.new_checkout().await;
    let id = bench.stripe.open(&new).await.unwrap().id;
    bench.fake.pay(&id);
    let session = bench.fake.object(&id).unwrap();
    let intent = bench.fake.object(session["payment_intent"].as_str().unwrap()).unwrap();
    let customer = bench.fake.object(&new.customer).unwrap();
    let (order, account) = (new.order.to_string(), new.account.to_string());
    for (object, member, value) in [
        (&session, "order", &order),
        (&session, "account", &account),
        (&intent, "order", &order),
        (&intent, "account", &account),
        (&customer, "account", &account),
    ] {
        assert_eq!(object["metadata"][member], **value, "{member}");
    }
    assert_eq!(session["client_reference_id"], order);
    assert_eq!(session["success_url"], new.success_url, "the braces arrive as they are");
}

#[tokio::test]
async fn a_customer_who_is_gone_is_made_anew() {
    let bench = Bench::new();
    let (account, email) = (ada().account.id, ada().user.email);
    let one = bench.stripe.customer(account, &email).await.unwrap();
    bench.stripe.delete_customer(&one).await.unwrap();
    bench.stripe.delete_customer(&one).await.unwrap();
    let two = bench.stripe.customer(account, &email).await.unwrap();
    assert_ne!(two, one, "a replayed answer names the one who is gone");
    assert_eq!(bench.stripe.customer(account, &email).await.unwrap(), two);
    let moved = Email::parse("ada@elsewhere.example").unwrap();
    bench.stripe.customer(account, &moved).await.unwrap();
}

#[tokio::test]
async fn a_payment_is_found_by_all_its_names() {
    let bench = Bench::new();
    let (_, id) = bench.paid().await;
    let refund = bench.fake.refund(&id, Some(300));
    let dispute = bench.fake.dispute(&id);
    let charge = bench.fake.objects("charge")[0]["id"].as_str().unwrap().to_owned();
    let expected = bench.stripe.payment(&id).await.unwrap();
    assert_eq!((expected.refunded_minor, expected.id.as_str()), (300, id.as_str()));
    assert!(expected.receipt_url.as_ref().is_some_and(|url| url.contains(&charge)));
    for name in [&charge, &refund, &dispute] {
        assert_eq!(bench.stripe.payment(name).await.unwrap(), expected, "{name}");
    }
    bench.fake.fail_refund(&refund);
    assert_eq!(bench.stripe.payment(&refund).await.unwrap().refunded_minor, 0);
}

#[tokio::test]
async fn prices_move_with_their_lookup_key() {
    let bench = Bench::new();
    let old = bench.on_sale().await;
    let amount = safelight_ports::Money { minor: 2_499, currency: "eur".to_owned() };
    let new = safelight_adapters_stripe::NewPrice {
        product: "safelight_pack_500".to_owned(),
        lookup_key: "pack_500".to_owned(),
        amount: amount.clone(),
    };
    let made = bench.stripe.make_price(&new).await.unwrap();
    assert_eq!((made.amount.clone(), made.lookup_key.as_deref()), (amount, Some("pack_500")));
    let both = [old.clone(), "pack_500".to_owned()];
    let found = bench.stripe.prices(&both).await.unwrap();
    assert_eq!((&found[0].id, found[0].lookup_key.as_deref()), (&old, None), "old ids resolve");
    assert_eq!(found[1], made);
    // Back to the first amount, which is another act than the first one.
    let back = safelight_ports::Money { minor: 1_999, currency: "usd".to_owned() };
    let new = safelight_adapters_stripe::NewPrice { amount: back, ..new };
    let back = bench.stripe.make_price(&new).await.unwrap();
    assert_ne!(back.id, old);
    let many: Vec<_> = (0..25).map(|n| format!("pack_{n}")).chain(["pack_500".into()]).collect();
    assert_eq!(bench.stripe.prices(&many).await.unwrap(), [back]);
}

#[tokio::test]
async fn endpoints_are_made_listed_and_mended() {
    let bench = Bench::new();
    let made = bench.stripe.make_endpoint("http://127.0.0.1:9/webhooks/stripe").await.unwrap();
    assert!(made.secret.starts_with("whsec_"));
    assert!(!format!("{made:?}").contains("whsec_"));
    assert_eq!(made.endpoint.api_version.as_deref(), Some(VERSION));
    assert!(made.endpoint.lacks().is_empty() && made.endpoint.enabled);
    assert_eq!(bench.stripe.endpoints().await.unwrap(), std::slice::from_ref(&made.endpoint));
    let mended = bench.stripe.mend_endpoint(&made.endpoint.id, &["refund.failed".into()]).await;
    assert_eq!(mended.unwrap().lacks().len(), EVENTS.len() - 1);
}

#[tokio::test]
async fn the_portal_opens_once_it_is_set_up() {
    let bench = Bench::new();
    let customer = bench.stripe.customer(ada().account.id, &ada().user.email).await.unwrap();
    let url = bench.stripe.portal(&customer, "http://127.0.0.1:8080/billing").await.unwrap();
    assert_ne!(url, bench.stripe.portal(&customer, "http://127.0.0.1:8080/").await.unwrap());
    bench.fake.portal(false);
    let refused = bench.stripe.portal(&customer, "http://127.0.0.1:8080/billing").await;
    let Err(PaymentError::Refused { says, .. }) = refused else { panic!("{refused:?}") };
    assert!(says.contains("portal settings"), "{says}");
}

#[tokio::test]
async fn the_key_says_whose_money_moves() {
    for (key, mode, live) in [
        (KEY, PaymentMode::Test, false),
        ("sk_live_51Fake0123456789", PaymentMode::Live, true),
        ("rk_test_51Fake0123456789", PaymentMode::Test, false),
    ] {
        let bench = Bench::with_key(key);
        assert_eq!(bench.stripe.mode(), mode);
        let (id, payment) = bench.paid().await;
        assert_eq!(bench.stripe.checkout(&id).await.unwrap().live, Some(live));
        assert_eq!(bench.stripe.payment(&payment).await.unwrap().live, Some(live));
    }
}
