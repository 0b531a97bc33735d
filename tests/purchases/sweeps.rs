//! One bad row never stops a sweep, and what was paid and cannot be delivered is a person's task.

use safelight_domain::{
    Actor, By, Change, Changes, DeletionChange, DeliveryState, OrderState, SignedDuration, Topic,
};
use safelight_ports::Store;
use safelight_testkit::people::{Person, ada, grace, linus};
use safelight_usecases::{Error, Tasks};

use crate::shop::{ALL, Shop};

async fn close(shop: &Shop, person: &Person) {
    let list = vec![
        Change::Deletion(DeletionChange::Request { grace: SignedDuration::ZERO }),
        Change::Deletion(DeletionChange::Begin),
        Change::Deletion(DeletionChange::Finish),
    ];
    for change in list {
        shop.store.commit(Changes::of(person.account.id, vec![change])).await.unwrap();
    }
}

#[tokio::test]
async fn a_paid_order_of_a_closed_account_holds_up_no_other_and_becomes_a_task() {
    let shop = Shop::open().await;
    let (closed, one) = shop.press(&grace(), "small").await;
    let (_, two) = shop.press(&ada(), "small").await;
    close(&shop, &grace()).await;
    shop.setup.payments.pay(&one);
    shop.setup.payments.pay(&two);
    // Delivered to nobody, and the provider believes it was.
    for notice in shop.setup.payments.notices() {
        shop.setup.payments.delivered(&notice.id);
    }
    shop.setup.clock.advance(SignedDuration::from_mins(16));
    let caught = shop.studio.inbox.catch_up().await.unwrap();
    assert_eq!((caught.orders, caught.failed), (2, 0));
    assert_eq!(shop.credits().await, (110, 0), "the honest one is delivered");
    let tasks = shop.studio.tasks.list(Tasks::ToDo, ALL).await.unwrap().items;
    assert_eq!(tasks.len(), 1);
    let task = &tasks[0];
    assert_eq!((task.kind.as_str(), &task.subject), ("paid_not_delivered", &format!("pi_{one}")));
    assert_eq!(task.account_id, Some(grace().account.id));
    let order = shop.order(grace().account.id, closed).await.order;
    assert_eq!(order.state, OrderState::Failed);
    assert!(order.reason.unwrap().contains("not delivered"));

    // However it is heard of again, it is one task; and its notice waits for nobody.
    let topic = || Topic::Checkout(one.clone());
    for _ in 0..2 {
        let again = shop.setup.payments.emit("checkout.session.completed", topic(), None);
        shop.tell(&again).await;
        assert_eq!(shop.state(&again.id).await, DeliveryState::Ignored);
    }
    assert_eq!(shop.studio.tasks.list(Tasks::All, ALL).await.unwrap().items.len(), 1);

    // The operator sends it back, once.
    let by = || By::from(Actor::cli()).reason("the account is closed");
    let silent = shop.studio.tasks.refund(task.id, Actor::cli().into()).await;
    assert!(matches!(silent, Err(Error::Refused(_))), "a reason is asked for");
    shop.studio.tasks.refund(task.id, by()).await.unwrap();
    assert!(shop.studio.tasks.refund(task.id, by()).await.is_err(), "it is done");
    let paid = shop.setup.payments.paid();
    let back: u64 = paid.iter().flat_map(|(_, paid)| paid).map(|paid| paid.refunded_minor).sum();
    assert_eq!(back, 999);
    assert!(shop.studio.tasks.list(Tasks::ToDo, ALL).await.unwrap().items.is_empty());
    shop.tell_all().await;
    assert_eq!(shop.credits().await, (110, 0));
    let load = shop.studio.inbox.load().await.unwrap();
    assert_eq!((load.pending, load.dead), (0, 0), "the refund's notices lead nowhere and end");
}

/// The purchase the provider cannot tell about stands first; those behind it are asked about.
#[tokio::test]
async fn an_order_that_cannot_be_asked_about_starves_nobody() {
    let shop = Shop::open().await;
    let (_, bad) = shop.press(&linus(), "small").await;
    let (_, good) = shop.press(&ada(), "small").await;
    shop.setup.payments.pay(&bad);
    shop.setup.payments.pay(&good);
    let broken = safelight_ports::Checkout { total: None, ..shop.setup.payments.told(&bad) };
    shop.setup.payments.neighbour(&bad, broken, None);
    for notice in shop.setup.payments.notices() {
        shop.setup.payments.delivered(&notice.id);
    }
    shop.setup.clock.advance(SignedDuration::from_mins(16));
    let caught = shop.studio.inbox.catch_up().await.unwrap();
    assert_eq!((caught.orders, caught.failed), (1, 1));
    assert_eq!(shop.credits().await, (110, 0));
    let again = shop.studio.inbox.catch_up().await.unwrap();
    assert_eq!((again.orders, again.failed), (0, 1), "once more at once");
    let again = shop.studio.inbox.catch_up().await.unwrap();
    assert_eq!((again.orders, again.failed), (0, 0), "then it waits before it is tried again");
    shop.setup.clock.advance(SignedDuration::from_mins(2));
    assert_eq!(shop.studio.inbox.catch_up().await.unwrap().failed, 1);
}

/// By the clock: within a moment, not after the day that a hopeless notice is tried for.
#[tokio::test]
async fn a_notice_that_can_never_be_applied_holds_up_no_purchase_of_its_customer() {
    let shop = Shop::open().await;
    let (_, checkout) = shop.press(&ada(), "small").await;
    let customer = shop.setup.payments.told(&checkout).customer;
    let gone = Topic::Checkout("cs_nobody_knows".to_owned());
    let bad = shop.setup.payments.emit("checkout.session.completed", gone, customer);
    shop.tell(&bad).await;
    assert_eq!(shop.state(&bad.id).await, DeliveryState::Pending);
    shop.setup.clock.advance(SignedDuration::from_secs(1));
    shop.setup.payments.pay(&checkout);
    shop.tell_all().await;
    assert_eq!(shop.credits().await, (110, 0), "at once");
    for _ in 0..30 {
        shop.setup.clock.advance(SignedDuration::from_hours(1));
        shop.work().await;
    }
    assert_eq!(shop.state(&bad.id).await, DeliveryState::Dead);
    let (_, next) = shop.press(&ada(), "small").await;
    shop.setup.payments.pay(&next);
    shop.tell_all().await;
    assert_eq!(shop.credits().await, (210, 0), "a dead letter blocks nobody");
}
