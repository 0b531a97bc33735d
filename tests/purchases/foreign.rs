//! A hostile neighbour: another product of the same provider account, whose purchases carry what
//! ours carry, as far as anybody with a key can write it.

use safelight_domain::{
    AccountId, Delivery, DeliveryState, Money, OrderId, OrderState, SignedDuration, Topic,
};
use safelight_ports::{Checkout, CheckoutItem, CheckoutState, Notice, Payment, Payments};
use safelight_testkit::people::{ada, grace};
use safelight_usecases::{Error, Tasks};

use crate::shop::{ALL, Shop};

/// An order that was opened at the provider, whose answer never came: we know no purchase of it.
async fn unrecorded(shop: &Shop) -> OrderId {
    shop.setup.payments.lose_answers(true);
    let (account, email) = (ada().account.id, ada().user.email);
    let lost = shop.studio.orders.buy(account, &email, "small", None, None).await;
    assert!(matches!(lost, Err(Error::Fault(_))), "{lost:?}");
    shop.setup.payments.lose_answers(false);
    let order = shop.studio.orders.list(account, ALL).await.unwrap().items.remove(0).order;
    assert_eq!((order.state, order.checkout), (OrderState::Open, None));
    order.id
}

fn usd(minor: u64) -> Money {
    Money { minor, currency: "usd".to_owned() }
}

/// A purchase that claims to be of `order`, right in everything, and its payment.
fn copied(shop: &Shop, order: OrderId) -> (Checkout, Payment) {
    let real = shop.setup.payments.opened(order).expect("it was opened");
    let told = Checkout {
        id: "cs_copied".to_owned(),
        state: CheckoutState::Paid,
        payment: Some("pi_copied".to_owned()),
        ..shop.setup.payments.told(&real)
    };
    let payment = Payment {
        id: "pi_copied".to_owned(),
        captured: usd(999),
        refunded_minor: 0,
        order: Some(order),
        customer: told.customer.clone(),
        receipt_url: None,
        live: Some(false),
    };
    (told, payment)
}

async fn told(shop: &Shop, id: &str, told: Checkout, payment: Option<Payment>) -> Delivery {
    let notice: Notice = shop.setup.payments.neighbour(id, told, payment);
    shop.tell(&notice).await;
    shop.delivery(&notice.id).await
}

type Spoil = fn(&mut Checkout, &mut Payment);

/// All that may be wrong with it, one thing at a time, and what the operator reads.
const WRONG: [(&str, Spoil, &str); 23] = [
    (
        "another amount",
        |c, p| (c.subtotal, c.total, p.captured) = (Some(100), Some(usd(100)), usd(100)),
        "come to 1.00 USD",
    ),
    (
        "more than it costs",
        |c, p| (c.total, p.captured) = (Some(usd(1_000)), usd(1_000)),
        "does not explain",
    ),
    (
        "less than it costs",
        |c, p| (c.total, p.captured) = (Some(usd(998)), usd(998)),
        "does not explain",
    ),
    (
        "another currency",
        |c, p| {
            let cheap = Money { minor: 999, currency: "jpy".to_owned() };
            (c.total, p.captured) = (Some(cheap.clone()), cheap);
        },
        "in jpy",
    ),
    ("no amount", |c, _| c.total = None, "amount"),
    ("no subtotal", |c, _| c.subtotal = None, "what its items come to"),
    (
        "another price",
        |c, _| {
            let price = "price_theirs".to_owned();
            c.items = Some(vec![CheckoutItem { price, quantity: 1 }]);
        },
        "price_theirs",
    ),
    ("two of it", |c, _| c.items.as_mut().unwrap()[0].quantity = 2, "2 of price"),
    (
        "something more",
        |c, _| {
            c.items
                .as_mut()
                .unwrap()
                .push(CheckoutItem { price: "price_x".to_owned(), quantity: 1 });
        },
        "price_x",
    ),
    ("nothing", |c, _| c.items = Some(Vec::new()), "not one of the order's price"),
    ("untold items", |c, _| c.items = None, "what was bought"),
    (
        "a discount",
        |c, p| (c.discount, c.total, p.captured) = (900, Some(usd(99)), usd(99)),
        "taken off",
    ),
    ("another customer", |c, _| c.customer = Some("cus_theirs".to_owned()), "cus_theirs"),
    ("no customer", |c, _| c.customer = None, "nobody"),
    ("no metadata", |c, _| c.order = None, "no order of ours"),
    ("another account", |c, _| c.account = Some(grace().account.id), "metadata"),
    ("no account", |c, _| c.account = None, "metadata"),
    ("a subscription", |c, _| c.once = false, "not paid once"),
    ("live mode", |c, _| c.live = Some(true), "live mode"),
    ("no mode", |c, _| c.live = None, "mode"),
    ("another's payment", |_, p| p.customer = Some("cus_theirs".to_owned()), "cus_theirs"),
    ("a payment without metadata", |_, p| p.order = None, "metadata"),
    ("a smaller payment", |_, p| p.captured = usd(1), "0.01 USD"),
];

#[tokio::test]
async fn a_foreign_purchase_that_carries_our_order_moves_no_credit() {
    for (what, spoil, says) in WRONG {
        let shop = Shop::open().await;
        let order = unrecorded(&shop).await;
        let (mut checkout, mut payment) = copied(&shop, order);
        spoil(&mut checkout, &mut payment);
        let delivery = told(&shop, "cs_copied", checkout, Some(payment)).await;
        assert_eq!(delivery.state, DeliveryState::Ignored, "{what}: {delivery:?}");
        let why = delivery.last_error.unwrap();
        assert!(why.contains(says), "{what}: {why}");
        assert_eq!(shop.credits().await, (10, 0), "{what}");
        let still = shop.order(ada().account.id, order).await.order;
        assert_eq!((still.state, still.checkout), (OrderState::Open, None), "{what}");
        // The honest purchase is still there, and found by everything it carries.
        let real = shop.setup.payments.opened(order).unwrap();
        shop.setup.payments.pay(&real);
        shop.tell_all().await;
        assert_eq!((shop.credits().await, shop.grants().await), ((110, 0), 1), "{what}");
    }
}

/// The row the report began with: nothing but the order's id, and 100 cents.
#[tokio::test]
async fn a_reference_alone_proves_nothing() {
    let shop = Shop::open().await;
    let order = unrecorded(&shop).await;
    let (right, payment) = copied(&shop, order);
    let checkout = Checkout {
        account: None,
        customer: None,
        items: None,
        subtotal: Some(100),
        total: Some(usd(100)),
        ..right
    };
    let payment = Payment { captured: usd(100), customer: None, order: None, ..payment };
    let delivery = told(&shop, "cs_copied", checkout, Some(payment)).await;
    assert_eq!((delivery.state, shop.credits().await), (DeliveryState::Ignored, (10, 0)));
}

#[tokio::test]
async fn a_purchase_whose_recording_was_lost_is_proven_by_what_it_carries() {
    let shop = Shop::open().await;
    let order = unrecorded(&shop).await;
    let real = shop.setup.payments.opened(order).unwrap();
    shop.setup.payments.pay(&real);
    let shop = shop.restarted();
    shop.tell_all().await;
    assert_eq!((shop.credits().await, shop.grants().await), ((110, 0), 1));
    let paid = shop.order(ada().account.id, order).await.order;
    assert_eq!((paid.state, paid.checkout), (OrderState::Paid, Some(real)));
}

/// Foreign purchases of every state leave an open order alone.
#[tokio::test]
async fn a_foreign_purchase_neither_ends_nor_names_an_order() {
    for state in [CheckoutState::Unpaid, CheckoutState::Failed, CheckoutState::Expired] {
        for opened in [true, false] {
            let shop = Shop::open().await;
            let order =
                if opened { shop.press(&ada(), "small").await.0 } else { unrecorded(&shop).await };
            let (right, _) = copied(&shop, order);
            let customer = Some("cus_theirs".to_owned());
            let checkout = Checkout { state, customer, payment: None, ..right };
            let delivery = told(&shop, "cs_copied", checkout, None).await;
            assert_eq!(delivery.state, DeliveryState::Ignored, "{state:?}");
            let still = shop.order(ada().account.id, order).await.order;
            assert_eq!(still.state, OrderState::Open, "{state:?}");
            assert_ne!(still.checkout.as_deref(), Some("cs_copied"));
        }
    }
}

#[tokio::test]
async fn a_purchase_that_answers_with_another_id_is_ignored() {
    let shop = Shop::open().await;
    let (_, checkout, _) = shop.paid().await;
    shop.setup.payments.notices();
    let other = shop.setup.payments.told(&checkout);
    let delivery = told(&shop, "cs_asked", other, None).await;
    assert_eq!((delivery.state, shop.credits().await), (DeliveryState::Ignored, (10, 0)));
    assert!(delivery.last_error.unwrap().contains("cs_asked"));
}

#[tokio::test]
async fn a_payment_that_two_orders_claim_pays_one() {
    let shop = Shop::open().await;
    let (_, first) = shop.bought().await;
    let second = unrecorded_of(&shop, ada().account.id).await;
    let (checkout, payment) = copied(&shop, second);
    let checkout = Checkout { payment: Some(first.clone()), ..checkout };
    let payment = Payment { id: first, ..payment };
    // The payment says which order it is of; and were it silent, it has paid another already.
    let delivery = told(&shop, "cs_copied", checkout, Some(payment)).await;
    assert_eq!((delivery.state, shop.credits().await), (DeliveryState::Ignored, (110, 0)));
    assert_eq!(shop.grants().await, 1);
}

/// The same for whoever has orders already.
async fn unrecorded_of(shop: &Shop, account: AccountId) -> OrderId {
    shop.setup.payments.lose_answers(true);
    let bought = shop.studio.orders.buy(account, &ada().user.email, "small", None, None).await;
    assert!(bought.is_err());
    shop.setup.payments.lose_answers(false);
    shop.studio.orders.list(account, ALL).await.unwrap().items.remove(0).order.id
}

#[tokio::test]
async fn a_refund_of_a_foreign_charge_takes_nothing() {
    let shop = Shop::open().await;
    shop.bought().await;
    let customer = shop.setup.payments.customer(ada().account.id, &ada().user.email).await.unwrap();
    let theirs = Payment {
        id: "pi_theirs".to_owned(),
        captured: usd(999),
        refunded_minor: 999,
        order: None,
        customer: Some(customer),
        receipt_url: None,
        live: Some(false),
    };
    let orders = shop.studio.orders.list(ada().account.id, ALL).await.unwrap().items;
    let order = orders[0].order.id;
    let (right, _) = copied(&shop, order);
    let checkout =
        Checkout { order: None, account: None, payment: Some(theirs.id.clone()), ..right };
    told(&shop, "cs_copied", checkout, Some(theirs)).await;
    let topic = Topic::Payment("pi_theirs".to_owned());
    let refund = shop.setup.payments.emit("charge.refunded", topic, None);
    shop.tell(&refund).await;
    assert_eq!(shop.state(&refund.id).await, DeliveryState::Ignored);
    assert_eq!(shop.credits().await, (110, 0));
}

/// Everything fits, and the order was opened as another purchase: money that a person sends back.
#[tokio::test]
async fn a_second_purchase_of_a_paid_order_is_a_task_and_no_credit() {
    let shop = Shop::open().await;
    let (order, _) = shop.bought().await;
    let (checkout, payment) = copied(&shop, order);
    let delivery = told(&shop, "cs_copied", checkout, Some(payment)).await;
    assert_eq!((delivery.state, shop.credits().await), (DeliveryState::Ignored, (110, 0)));
    let tasks = shop.studio.tasks.list(Tasks::ToDo, ALL).await.unwrap().items;
    assert_eq!(tasks.len(), 1);
    assert_eq!((tasks[0].kind.as_str(), tasks[0].subject.as_str()), ("paid_twice", "pi_copied"));
}

/// An answer about our own purchase that lacks its amount is not believed to be of zero.
#[tokio::test]
async fn an_answer_without_an_amount_is_asked_for_again() {
    let shop = Shop::open().await;
    let (_, checkout, _) = shop.paid().await;
    shop.setup.payments.notices();
    let whole = shop.setup.payments.told(&checkout);
    let less = Checkout { total: None, ..whole.clone() };
    let notice = shop.setup.payments.neighbour(&checkout, less, None);
    shop.tell(&notice).await;
    assert_eq!(
        (shop.state(&notice.id).await, shop.credits().await),
        (DeliveryState::Pending, (10, 0))
    );
    shop.setup.payments.neighbour(&checkout, whole, None);
    shop.setup.clock.advance(SignedDuration::from_mins(1));
    shop.work().await;
    assert_eq!(
        (shop.state(&notice.id).await, shop.credits().await),
        (DeliveryState::Applied, (110, 0))
    );
}
