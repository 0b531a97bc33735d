//! From the button to the credits.

use safelight_domain::{DeliveryState, Key, OrderState, Refusal, SignedDuration};
use safelight_testkit::{Strike, people::ada};
use safelight_usecases::Error;

use crate::shop::Shop;

#[tokio::test]
async fn a_pack_is_there_once_it_is_paid() {
    let shop = Shop::open().await;
    let (order, checkout) = shop.press(&ada(), "small").await;
    assert_eq!(shop.credits().await, (10, 0), "an order is no money");
    shop.setup.payments.pay(&checkout);
    shop.tell_all().await;
    assert_eq!(shop.credits().await, (110, 0));
    let status = shop.order(ada().account.id, order).await;
    assert_eq!(status.order.state, OrderState::Paid);
    assert_eq!((status.order.captured, status.order.refunded), (999, 0));
    assert!(status.order.receipt_url.is_some());
    let balance = shop.studio.ledger.balance(ada().account.id).await.unwrap();
    assert_eq!(balance.lots.last().unwrap().source.as_str(), format!("pack:{checkout}"));
}

#[tokio::test]
async fn a_pack_may_die() {
    let shop = Shop::open().await;
    let (_, checkout) = shop.press(&ada(), "large").await;
    shop.setup.payments.pay(&checkout);
    shop.tell_all().await;
    assert_eq!(shop.credits().await, (1_010, 0));
    shop.setup.clock.advance(SignedDuration::from_hours(24 * 365));
    assert_eq!(shop.credits().await, (10, 0));
}

#[tokio::test]
async fn a_button_pressed_twice_is_one_order() {
    let shop = Shop::open().await;
    let (account, email) = (ada().account.id, ada().user.email);
    let key = || Some(Key::parse("form-1").unwrap());
    let one = shop.studio.orders.buy(account, &email, "small", None, key()).await.unwrap();
    let two = shop.studio.orders.buy(account, &email, "small", None, key()).await.unwrap();
    assert_eq!(one, two);
    let other = shop.studio.orders.buy(account, &email, "large", None, key()).await;
    assert!(matches!(other, Err(Error::Refused(Refusal::KeyReused))));
    let unknown = shop.studio.orders.buy(account, &email, "huge", None, None).await;
    assert!(matches!(unknown, Err(Error::Refused(Refusal::Invalid(_)))));
}

/// Scenario 8.
#[tokio::test]
async fn money_that_is_on_its_way_gives_nothing_until_it_is_there() {
    for arrives in [true, false] {
        let shop = Shop::open().await;
        let (order, checkout) = shop.press(&ada(), "small").await;
        shop.setup.payments.pay_later(&checkout);
        shop.tell_all().await;
        assert_eq!(shop.credits().await, (10, 0));
        let state = shop.order(ada().account.id, order).await.order.state;
        assert_eq!(state, OrderState::Unpaid);
        if arrives {
            shop.setup.payments.settle(&checkout);
        } else {
            shop.setup.payments.bounce(&checkout);
        }
        shop.tell_all().await;
        let state = shop.order(ada().account.id, order).await.order.state;
        let then = if arrives { (110, OrderState::Paid) } else { (10, OrderState::Failed) };
        assert_eq!((shop.credits().await.0, state), then);
    }
}

/// Scenario 9.
#[tokio::test]
async fn a_pack_that_was_free_is_given() {
    let shop = Shop::open().await;
    let (order, checkout) = shop.press(&ada(), "small").await;
    shop.setup.payments.pay_nothing(&checkout);
    shop.tell_all().await;
    assert_eq!(shop.credits().await, (110, 0));
    let order = shop.order(ada().account.id, order).await.order;
    assert_eq!((order.captured, order.payment), (0, None));
}

#[tokio::test]
async fn a_purchase_that_lapsed_is_over() {
    let shop = Shop::open().await;
    let (order, checkout) = shop.press(&ada(), "small").await;
    shop.setup.payments.expire(&checkout);
    shop.tell_all().await;
    assert_eq!(shop.order(ada().account.id, order).await.order.state, OrderState::Expired);
    let again = shop.studio.orders.pay(ada().account.id, &ada().user.email, order).await;
    assert!(matches!(again, Err(Error::Refused(Refusal::Stale))));
}

/// Scenario 25.
#[tokio::test]
async fn the_success_page_and_the_notice_race_to_one_grant() {
    for notice_first in [true, false] {
        let shop = Shop::open().await;
        let (order, ..) = shop.paid().await;
        let notices = shop.setup.payments.notices();
        let account = ada().account.id;
        if notice_first {
            shop.tell(&notices[1]).await;
            shop.studio.orders.settle(account, order).await.unwrap();
        } else {
            shop.deliver(&notices[1]).await;
            let page = shop.studio.orders.settle(account, order);
            let (settled, worked) = tokio::join!(page, shop.studio.inbox.run_due());
            worked.unwrap();
            assert_eq!(settled.unwrap().order.state, OrderState::Paid);
        }
        assert_eq!(shop.credits().await, (110, 0));
        assert_eq!(shop.grants().await, 1);
        assert_eq!(shop.state(&notices[1].id).await, DeliveryState::Applied);
    }
}

/// Whatever call fails on either side: the buyer has the credits in the end, once, or was told no.
#[tokio::test]
async fn any_port_call_of_a_purchase_may_fail_and_the_books_end_right() {
    for strike in Strike::ALL {
        let mut last = None;
        for n in 1..100 {
            let mut shop = Shop::open().await;
            shop.setup.faults.plan(n, strike);
            buy_whatever_fails(&shop).await;
            shop = shop.restarted();
            // Time heals: leases run out, what failed is tried again, what was lost is fetched.
            for _ in 0..4 {
                shop.setup.clock.advance(SignedDuration::from_mins(20));
                let _ = shop.studio.inbox.catch_up().await;
                let _ = shop.studio.inbox.run_due().await;
            }
            let paid = shop.setup.payments.paid();
            let sum: u32 = paid
                .iter()
                .map(|(_, payment)| {
                    let back = payment.as_ref().map_or(0, |payment| payment.refunded_minor);
                    if back == 0 { 100 } else { 50 }
                })
                .sum();
            assert_eq!(shop.credits().await, (10 + sum, 0), "call {n}, {strike:?}");
            assert_eq!(shop.grants().await, paid.len(), "call {n}, {strike:?}");
            if shop.setup.faults.pending() {
                last = Some(n);
                break;
            }
        }
        let calls = last.expect("the loop ends when no call is left to fail");
        assert!(calls > 10, "only {calls} calls were tried: the injector does not see the ports");
    }
}

/// Presses the button until it works, pays, gets half of it back; notices may get lost.
async fn buy_whatever_fails(shop: &Shop) {
    let (account, email) = (ada().account.id, ada().user.email);
    let key = || Some(Key::parse("form-1").unwrap());
    let mut order = None;
    for _ in 0..2 {
        let pressed = shop.studio.orders.buy(account, &email, "small", None, key()).await;
        if let Ok(to_pay) = pressed {
            order = Some(to_pay.order);
            break;
        }
    }
    let order = order.expect("one call fails, and the second press works");
    let checkout = shop.order(account, order).await.order.checkout.expect("opened");
    shop.setup.payments.pay(&checkout);
    let _ = shop.studio.orders.settle(account, order).await;
    // Half of it, rounded up: 50 of 100 credits.
    shop.setup.payments.send_back(&format!("pi_{checkout}"), 499);
    for notice in shop.setup.payments.notices() {
        let (signature, body) = shop.setup.payments.push(&notice);
        if shop.studio.inbox.receive(Some(signature), String::new(), &body).await.is_ok() {
            shop.setup.payments.delivered(&notice.id);
        }
        let _ = shop.studio.inbox.run_due().await;
    }
}
