//! Notices: doubled, reordered, late, lost, foreign, forged.

use safelight_domain::{Actor, DeliveryState, EventId, Refusal, SignedDuration, Topic};
use safelight_ports::{NoticeRefused, PaymentMode, Reads, Store};
use safelight_testkit::{Strike, people::ada};
use safelight_tests::TestStudio;
use safelight_usecases::{CaughtUp, Error, ReceiveError};

use crate::shop::{ALL, Shop};

/// Scenario 1.
#[tokio::test]
async fn the_same_event_twice_at_once_is_one_line() {
    let shop = Shop::open().await;
    shop.paid().await;
    let notices = shop.setup.payments.notices();
    let (one, two) = (shop.deliver(&notices[1]), shop.deliver(&notices[1]));
    tokio::join!(one, two);
    let (one, two) = (shop.studio.inbox.run_due(), shop.studio.inbox.run_due());
    let (one, two) = tokio::join!(one, two);
    assert_eq!(one.unwrap() + two.unwrap(), 1, "kept once, taken in hand once");
    assert_eq!((shop.credits().await, shop.grants().await), ((110, 0), 1));
}

/// Scenario 2: whatever comes first.
#[tokio::test]
async fn events_of_a_purchase_in_any_order_end_the_same() {
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
        let shop = Shop::open().await;
        let (.., payment) = shop.paid().await;
        shop.setup.payments.send_back(&payment, 333);
        let notices = shop.setup.payments.notices();
        for n in order {
            shop.tell(&notices[n]).await;
        }
        assert_eq!((shop.credits().await, shop.grants().await), ((76, 0), 1), "{order:?}");
    }
}

/// Scenario 7: an invoice of the same money is nothing of its own.
#[tokio::test]
async fn an_invoice_for_a_pack_grants_nothing_more() {
    let shop = Shop::open().await;
    shop.bought().await;
    let customer = shop.store.customer(ada().account.id, PaymentMode::Test).await.unwrap();
    let invoice = shop.setup.payments.emit("invoice.paid", Topic::Other, customer);
    shop.tell(&invoice).await;
    assert_eq!(shop.state(&invoice.id).await, DeliveryState::Ignored);
    assert_eq!((shop.credits().await, shop.grants().await), ((110, 0), 1));
}

/// Scenario 19.
#[tokio::test]
async fn what_is_not_ours_is_kept_and_ignored() {
    let shop = Shop::open().await;
    let unknown = shop.setup.payments.emit("product.created", Topic::Other, None);
    shop.tell(&unknown).await;
    let gone = Topic::CustomerGone("cus_of_another_shop".to_owned());
    let foreign = shop.setup.payments.emit("customer.deleted", gone, None);
    shop.tell(&foreign).await;
    for event in [unknown.id, foreign.id] {
        let delivery = shop.delivery(&event).await;
        assert_eq!(delivery.state, DeliveryState::Ignored, "{delivery:?}");
        assert!(delivery.last_error.is_some(), "it says why");
    }
}

#[tokio::test]
async fn a_purchase_of_another_shop_at_the_same_provider_is_ignored() {
    let theirs = Shop::open().await;
    theirs.paid().await;
    let notices = theirs.setup.payments.notices();
    let ours = Shop(TestStudio::with(theirs.setup.elsewhere()).await);
    ours.tell(&notices[1]).await;
    assert_eq!(ours.state(&notices[1].id).await, DeliveryState::Ignored);
    assert_eq!(ours.credits().await, (10, 0));
}

#[tokio::test]
async fn a_customer_who_is_gone_is_forgotten_and_may_buy_again() {
    let shop = Shop::open().await;
    shop.bought().await;
    let account = ada().account.id;
    let customer = shop.store.customer(account, PaymentMode::Test).await.unwrap().unwrap();
    let gone = shop.setup.payments.emit("customer.deleted", Topic::CustomerGone(customer), None);
    shop.tell(&gone).await;
    assert_eq!(shop.state(&gone.id).await, DeliveryState::Applied);
    assert_eq!(shop.store.customer(account, PaymentMode::Test).await.unwrap(), None);
    shop.press(&ada(), "small").await;
}

/// Scenario 20.
#[tokio::test]
async fn while_the_provider_is_down_events_wait_and_are_not_lost() {
    let shop = Shop::open().await;
    shop.paid().await;
    let notices = shop.setup.payments.notices();
    shop.setup.payments.down(true);
    shop.tell(&notices[1]).await;
    let waits = shop.delivery(&notices[1].id).await;
    assert_eq!((waits.state, waits.attempts), (DeliveryState::Pending, 1));
    assert!(waits.last_error.is_some() && waits.next_at > Some(waits.received_at));
    for _ in 0..20 {
        shop.setup.clock.advance(SignedDuration::from_hours(1));
        shop.work().await;
    }
    assert_eq!(shop.state(&notices[1].id).await, DeliveryState::Pending, "a day is survived");
    assert_eq!(shop.studio.inbox.load().await.unwrap().retried, 1);
    shop.setup.payments.down(false);
    shop.setup.clock.advance(SignedDuration::from_hours(1));
    shop.work().await;
    assert_eq!(shop.credits().await, (110, 0));
}

#[tokio::test]
async fn what_never_works_is_left_for_a_person_and_can_be_replayed() {
    let shop = Shop::open().await;
    let (_, checkout, _) = shop.paid().await;
    let gone = Topic::Checkout("cs_nobody_knows".to_owned());
    let bad = shop.setup.payments.emit("checkout.session.completed", gone, None);
    shop.tell(&bad).await;
    let mut attempts = 1;
    while shop.state(&bad.id).await == DeliveryState::Pending {
        shop.setup.clock.advance(SignedDuration::from_hours(1));
        shop.work().await;
        attempts += 1;
    }
    let dead = shop.delivery(&bad.id).await;
    assert_eq!((dead.state, dead.attempts, attempts), (DeliveryState::Dead, 8, 8));
    assert!(dead.last_error.unwrap().contains("knows no purchase"));
    assert_eq!(shop.studio.inbox.load().await.unwrap().dead, 1);
    let again =
        shop.studio.inbox.replay(&EventId::parse(bad.id).unwrap(), Actor::cli()).await.unwrap();
    assert_eq!(again.state, DeliveryState::Pending, "it may wait again");
    drop(checkout);
}

/// Scenario 22: proof is asked for at receipt, once.
#[tokio::test]
async fn a_replay_works_at_any_age_and_moves_nothing_twice() {
    let shop = Shop::open().await;
    shop.paid().await;
    let notices = shop.setup.payments.notices();
    shop.tell(&notices[1]).await;
    let first = shop.delivery(&notices[1].id).await;
    shop.setup.clock.advance(SignedDuration::from_hours(48));
    let again = shop
        .studio
        .inbox
        .replay(&EventId::parse(notices[1].id.clone()).unwrap(), Actor::cli())
        .await
        .unwrap();
    assert_eq!(again.state, DeliveryState::Applied);
    assert_eq!(again.effect, first.effect, "what it moved stays told");
    assert_eq!((shop.credits().await, shop.grants().await), ((110, 0), 1));
    let unknown =
        shop.studio.inbox.replay(&EventId::parse("evt_none").unwrap(), Actor::cli()).await;
    assert!(matches!(unknown, Err(Error::Refused(Refusal::NotFound))));
}

/// Scenario 23.
#[tokio::test]
async fn catching_up_finds_what_was_never_delivered() {
    let shop = Shop::open().await;
    let (.., payment) = shop.paid().await;
    shop.setup.payments.send_back(&payment, 999);
    shop.setup.payments.notices();
    let caught = shop.studio.inbox.catch_up().await.unwrap();
    assert_eq!(caught, CaughtUp { events: 3, orders: 0, failed: 0 });
    shop.work().await;
    assert_eq!((shop.credits().await, shop.grants().await), ((10, 0), 1));
    assert_eq!(shop.studio.inbox.list(None, ALL).await.unwrap().items.len(), 3);
    shop.studio.inbox.catch_up().await.unwrap();
    assert_eq!(shop.studio.inbox.run_due().await.unwrap(), 0, "known ones are known");
}

#[tokio::test]
async fn an_order_nothing_was_heard_of_is_asked_about() {
    let shop = Shop::open().await;
    shop.paid().await;
    // Delivered to nobody, and the provider believes it was.
    for notice in shop.setup.payments.notices() {
        shop.setup.payments.delivered(&notice.id);
    }
    assert_eq!(shop.studio.inbox.catch_up().await.unwrap(), CaughtUp::default(), "too soon");
    shop.setup.clock.advance(SignedDuration::from_mins(16));
    assert_eq!(
        shop.studio.inbox.catch_up().await.unwrap(),
        CaughtUp { events: 0, orders: 1, failed: 0 }
    );
    assert_eq!(shop.credits().await, (110, 0));
}

/// Scenario 24.
#[tokio::test]
async fn an_event_of_another_mode_is_parked() {
    let shop = Shop::open().await;
    let (_, checkout, _) = shop.paid().await;
    shop.setup.payments.notices();
    let live =
        shop.setup.payments.emit_live("checkout.session.completed", Topic::Checkout(checkout));
    shop.tell(&live).await;
    let parked = shop.delivery(&live.id).await;
    assert_eq!(parked.state, DeliveryState::Parked);
    assert!(parked.last_error.unwrap().contains("live"));
    assert_eq!(shop.credits().await, (10, 0));
    assert_eq!(shop.studio.inbox.load().await.unwrap().parked, 1);
}

#[tokio::test]
async fn what_proves_nothing_is_not_kept() {
    let shop = Shop::open().await;
    shop.paid().await;
    let notice = shop.setup.payments.notices().remove(1);
    let (_, body) = shop.setup.payments.push(&notice);
    for signature in [None, Some("t=1,v1=00")] {
        let refused = shop.studio.inbox.receive(signature, String::new(), &body).await;
        assert!(matches!(
            refused,
            Err(ReceiveError::Refused(NoticeRefused::Unsigned | NoticeRefused::Forged))
        ));
    }
    assert!(shop.studio.inbox.list(None, ALL).await.unwrap().items.is_empty());
    assert_eq!(shop.credits().await, (10, 0));
}

#[tokio::test]
async fn what_could_not_be_kept_is_asked_for_again() {
    let shop = Shop::open().await;
    shop.paid().await;
    let notice = shop.setup.payments.notices().remove(1);
    let (signature, body) = shop.setup.payments.push(&notice);
    shop.setup.faults.plan(1, Strike::Before);
    let failed = shop.studio.inbox.receive(Some(signature), String::new(), &body).await;
    assert!(matches!(failed, Err(ReceiveError::Failed(Error::Fault(_)))));
    shop.tell(&notice).await;
    assert_eq!(shop.credits().await, (110, 0));
}

/// Events about one purchase go one after the other, in the order they happened; others do not wait,
/// of the same customer or another.
#[tokio::test]
async fn one_purchases_events_are_applied_in_order() {
    let shop = Shop::open().await;
    let (now, until) = (shop.studio.now(), shop.studio.now() + SignedDuration::from_mins(1));
    let told = |checkout: &str| {
        let topic = Topic::Checkout(checkout.to_owned());
        let customer = Some("cus_a".to_owned());
        shop.setup.payments.emit("checkout.session.completed", topic, customer)
    };
    let [first, second, other] = ["cs_1", "cs_1", "cs_2"].map(told);
    for notice in [&second, &first, &other] {
        shop.deliver(notice).await;
    }
    let claimed = shop.store.claim_deliveries(now, until, 10).await.unwrap().deliveries;
    let mut events: Vec<_> = claimed.iter().map(|one| one.event.as_str().to_owned()).collect();
    events.sort();
    // Both happened in the same instant, so the one that came in first goes first.
    assert_eq!(events, [second.id.clone(), other.id]);
    assert!(shop.store.claim_deliveries(now, until, 10).await.unwrap().deliveries.is_empty());
}

/// Marked too early, an event would be lost with the process. It is marked in the commit that holds
/// its effect: when that fails, both are missing.
#[tokio::test]
async fn mark_before_effect_crash() {
    for strike in Strike::ALL {
        let shop = Shop::open().await;
        shop.paid().await;
        let notices = shop.setup.payments.notices();
        shop.deliver(&notices[1]).await;
        // The claim, two questions, and then the commit.
        shop.setup.faults.plan(4, strike);
        shop.studio.inbox.run_due().await.unwrap();
        assert!(!shop.setup.faults.pending());
        let there = strike == Strike::After;
        let marked = shop.state(&notices[1].id).await == DeliveryState::Applied;
        assert_eq!((marked, shop.grants().await == 1), (there, there), "{strike:?}");
        let shop = shop.restarted();
        shop.setup.clock.advance(SignedDuration::from_mins(5));
        shop.work().await;
        assert_eq!((shop.credits().await, shop.grants().await), ((110, 0), 1));
        assert_eq!(shop.state(&notices[1].id).await, DeliveryState::Applied);
    }
}
