//! How far a purchase is, whatever the buyer and the banks do.

use safelight_domain::SignedDuration;
use safelight_ports::{CheckoutState, PaymentError, Payments};

use super::Bench;

async fn state(bench: &Bench, id: &str) -> CheckoutState {
    bench.stripe.checkout(id).await.unwrap().state
}

#[tokio::test]
async fn money_on_its_way_arrives_or_not() {
    let bench = Bench::new();
    let (one, other) = (bench.opened().await, bench.opened().await);
    for id in [&one, &other] {
        bench.fake.pay_later(id);
        assert_eq!(state(&bench, id).await, CheckoutState::Unpaid);
    }
    bench.fake.settle(&one);
    bench.fake.bounce(&other);
    assert_eq!(state(&bench, &one).await, CheckoutState::Paid);
    assert_eq!(state(&bench, &other).await, CheckoutState::Failed);
}

#[tokio::test]
async fn a_free_one_is_paid_without_a_payment() {
    let bench = Bench::new();
    let id = bench.opened().await;
    bench.fake.pay_nothing(&id);
    let free = bench.stripe.checkout(&id).await.unwrap();
    assert_eq!((free.state, free.payment), (CheckoutState::Paid, None));
    assert_eq!(free.total.unwrap().minor, 0);
}

#[tokio::test]
async fn a_declined_card_leaves_it_open() {
    let bench = Bench::new();
    let id = bench.opened().await;
    bench.fake.decline(&id);
    let declined = bench.stripe.checkout(&id).await.unwrap();
    assert_eq!(declined.state, CheckoutState::Open);
    let payment = bench.stripe.payment(&declined.payment.unwrap()).await.unwrap();
    assert_eq!(payment.captured.minor, 0, "nothing was captured");
    bench.fake.pay(&id);
    let paid = bench.stripe.checkout(&id).await.unwrap();
    assert_eq!(paid.state, CheckoutState::Paid);
    let payment = bench.stripe.payment(&paid.payment.unwrap()).await.unwrap();
    assert_eq!(payment.captured.minor, 1_999, "the charge that counts is the last one");
}

#[tokio::test]
async fn it_lapses_after_a_day_or_at_once() {
    let bench = Bench::new();
    let new = bench.new_checkout().await;
    let opened = bench.stripe.open(&new).await.unwrap();
    let now = safelight_ports::Clock::now(&*bench.clock);
    assert_eq!(opened.expires_at, now + SignedDuration::from_hours(24));
    let other = bench.opened().await;
    let lapsed = bench.stripe.expire(&other).await.unwrap();
    assert_eq!(lapsed.state, CheckoutState::Expired);
    bench.fake.pay(&opened.id);
    let refused = bench.stripe.expire(&opened.id).await;
    assert!(matches!(refused, Err(PaymentError::Refused { .. })), "{refused:?}");
    let third = bench.opened().await;
    bench.clock.advance(SignedDuration::from_hours(25));
    assert_eq!(state(&bench, &third).await, CheckoutState::Expired);
}

#[tokio::test]
async fn a_purchase_of_another_account_is_no_order_of_ours() {
    let bench = Bench::new();
    assert_eq!(bench.stripe.checkout_of("pi_Fake000000000099").await.unwrap(), None);
    let (_, payment) = bench.paid().await;
    let found = bench.stripe.checkout_of(&payment).await.unwrap().unwrap();
    assert!(found.order.is_some());
}
