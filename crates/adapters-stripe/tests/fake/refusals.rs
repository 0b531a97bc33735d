//! Every failure in its class, told without secrets.

use safelight_adapters_stripe::Stripe;
use safelight_ports::{NewCheckout, PaymentError, Payments, chain};
use safelight_testkit::{Reply, Server, people::ada, stripe::Trouble};

use super::{Bench, KEY, config, stripe};

/// The class in one word, with the code of a refusal.
fn word<T>(answer: Result<T, PaymentError>) -> String {
    let Err(error) = answer else { return "done".to_owned() };
    let told = chain(&error);
    assert!(!told.contains(KEY) && !told.contains("127.0.0.1"), "{told}");
    match error {
        PaymentError::NotFound(what) => format!("no {what}"),
        PaymentError::Refused { code, .. } => code,
        PaymentError::Fault(fault) if fault.retryable => "passing".to_owned(),
        PaymentError::Fault(_) => "lasting".to_owned(),
    }
}

async fn look(stripe: &Stripe) -> String {
    word(stripe.checkout("cs_test_1").await)
}

#[tokio::test]
async fn what_an_answer_means() {
    use Trouble::{Broken, Busy, Conflict, Garbled, HangUp, Locked, Moved, Unavailable};
    for (troubles, expected) in [
        (vec![], "no purchase"),
        (vec![Busy], "passing"),
        (vec![Broken], "passing"),
        (vec![Garbled], "passing"),
        (vec![Moved], "lasting"),
        (vec![Locked; 3], "passing"),
        (vec![Conflict; 3], "passing"),
        (vec![Unavailable; 3], "passing"),
        (vec![HangUp; 3], "passing"),
    ] {
        let bench = Bench::new();
        bench.fake.trouble(troubles.clone());
        assert_eq!(look(&bench.stripe).await, expected, "{troubles:?}");
    }
    let bench = Bench::new();
    bench.fake.down(true);
    assert_eq!(look(&bench.stripe).await, "passing");
    bench.fake.down(false);
    assert_eq!(look(&bench.stripe).await, "no purchase");
    bench.fake.forbid("/v1/checkout");
    assert_eq!(look(&bench.stripe).await, "lasting");
}

#[tokio::test]
async fn a_key_that_is_not_the_one_is_a_lasting_fault() {
    let bench = Bench::new();
    let other = stripe(&config("sk_test_another", &bench.fake.url(), None));
    assert_eq!(look(&other).await, "lasting");
    let told = chain(&other.checkout("cs_test_1").await.unwrap_err());
    assert!(told.contains("STRIPE_SECRET_KEY"), "{told}");
    assert_eq!(bench.fake.received().len(), 2, "it is not tried again");
}

#[tokio::test]
async fn nobody_there_passes() {
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    assert_eq!(look(&stripe(&config(KEY, &closed, None))).await, "passing");
}

#[tokio::test]
async fn what_cannot_be_bought_is_refused_with_stripes_code() {
    let bench = Bench::new();
    let new = bench.new_checkout().await;
    let open = async |new: NewCheckout| word(bench.stripe.open(&new).await);
    let other = |n: u128| safelight_domain::OrderId(safelight_domain::Uuid::from_u128(n));
    let price = NewCheckout { price: "price_none".to_owned(), order: other(1), ..new.clone() };
    assert_eq!(open(price).await, "no price");
    let customer = NewCheckout { customer: "cus_none".to_owned(), order: other(2), ..new.clone() };
    assert_eq!(open(customer).await, "no customer");
    assert_eq!(open(new.clone()).await, "done");
    let changed = NewCheckout { cancel_url: "http://127.0.0.1/other".to_owned(), ..new };
    assert_eq!(open(changed).await, "idempotency_error");
    let opened = bench.opened().await;
    bench.fake.decline(&opened);
    let payment = bench.stripe.checkout(&opened).await.unwrap().payment.unwrap();
    let refund = bench.stripe.refund(&payment, None, "a").await;
    assert_eq!(word(refund), "payment_intent_unexpected_state");
    assert_eq!(word(bench.stripe.refund("pi_none", None, "a").await), "resource_missing");
    assert_eq!(word(bench.stripe.refund("pi/none", None, "a").await), "no payment");
}

/// An answer that lacks what it must have, or repeats the key.
#[tokio::test]
async fn strange_answers_do_no_harm() {
    for (status, body, expected) in [
        (200, r#"{"id": "cs_1"}"#, "done"),
        (200, "[]", "lasting"),
        (200, "{}", "lasting"),
        (200, "", "passing"),
        (400, "", "unknown"),
        (400, r#"{"error": "odd"}"#, "odd"),
        (400, r#"{"error": {"type": "card_error"}}"#, "card_error"),
        (400, r#"{"error": {"code": "rate_limit"}}"#, "passing"),
        (402, r#"{"error": {"type": "card_error", "code": "card_declined"}}"#, "card_declined"),
        (400, r#"{"error": {"code": "x", "message": "no sk_test_51Fake0123456789\u0007"}}"#, "x"),
        (403, r#"{"error": {"message": "not with sk_test_51Fake0123456789"}}"#, "lasting"),
        (307, "", "lasting"),
    ] {
        let server = Server::start(0, move |_| Reply::new(status, "text/plain", body)).unwrap();
        assert_eq!(look(&stripe(&config(KEY, &server.url(), None))).await, expected, "{body}");
    }
    let server = Server::start(0, |_| Reply::new(200, "text/plain", r#"{"id": "cus_1"}"#)).unwrap();
    let stripe = stripe(&config(KEY, &server.url(), None));
    let made = stripe.customer(ada().account.id, &ada().user.email).await.unwrap();
    assert_eq!(made, "cus_1");
    let new = Bench::new().new_checkout().await;
    assert_eq!(word(stripe.open(&new).await), "lasting", "there is no page to pay on");
}
