//! The contract of [`Payments`]. The second argument of every guard is who buys: until they act,
//! nobody has paid.

use async_trait::async_trait;
use safelight_domain::{AccountId, OrderId};
use safelight_ports::{
    CheckoutItem, CheckoutState, Money, NewCheckout, PaymentError, PaymentMode, Payments,
};

use crate::{people::ada, world::seq_id};

/// Tests of the contract for `$make`, an expression giving payments that nobody has used yet, and
/// a [`Buyer`](crate::contract::payments::Buyer).
#[macro_export]
macro_rules! payments_contract {
    ($make:expr) => {
        $crate::contract_tests!(payments, $make,
            an_account_has_one_customer
            prices_are_found_by_key_and_by_id
            the_same_order_opens_the_same_purchase
            a_purchase_is_open_until_it_is_paid
            a_payment_leads_to_its_purchase
            a_purchase_that_lapsed_says_so
            what_nobody_knows_is_not_found
            money_goes_back_once_a_key
            no_more_goes_back_than_was_paid
            looking_changes_nothing
            nothing_is_undelivered_at_first
        );
    };
}

/// Whoever stands before the page to pay on.
#[async_trait]
pub trait Buyer: Send + Sync {
    /// The lookup key of something on sale, and what it costs once: at least 3 smallest units.
    async fn on_sale(&self) -> (String, Money);
    /// Pays a purchase; the money is there at once.
    async fn pay(&self, checkout: &str);
    /// Lets a purchase lapse.
    async fn let_lapse(&self, checkout: &str);
}

fn account() -> AccountId {
    ada().account.id
}

fn order(n: u64) -> OrderId {
    OrderId(seq_id(1_800_000_000_000 + n))
}

/// A purchase of what is on sale, by Ada.
async fn new(payments: &dyn Payments, buyer: &impl Buyer, n: u64) -> NewCheckout {
    let (key, _) = buyer.on_sale().await;
    let price = payments.prices(&[key]).await.unwrap().remove(0).id;
    NewCheckout {
        order: order(n),
        account: account(),
        customer: payments.customer(account(), &ada().user.email).await.unwrap(),
        price,
        success_url: "http://127.0.0.1:8080/billing?paid={CHECKOUT_SESSION_ID}".to_owned(),
        cancel_url: "http://127.0.0.1:8080/billing".to_owned(),
    }
}

/// A purchase that was paid, and its payment.
async fn paid(payments: &dyn Payments, buyer: &impl Buyer, n: u64) -> (String, String) {
    let new = new(payments, buyer, n).await;
    let id = payments.open(&new).await.unwrap().id;
    buyer.pay(&id).await;
    let payment = payments.checkout(&id).await.unwrap().payment;
    (id, payment.expect("what was paid has a payment"))
}

/// Asked again, it is the same one.
pub async fn an_account_has_one_customer(payments: &dyn Payments, _: &impl Buyer) {
    let email = ada().user.email;
    let one = payments.customer(account(), &email).await.unwrap();
    assert!(!one.is_empty());
    assert_eq!(payments.customer(account(), &email).await.unwrap(), one);
    let other = AccountId(seq_id(1_800_000_000_001));
    assert_ne!(payments.customer(other, &email).await.unwrap(), one);
}

/// The key an operator wrote and the id it stands for lead to one price; others are left out.
pub async fn prices_are_found_by_key_and_by_id(payments: &dyn Payments, buyer: &impl Buyer) {
    let (key, amount) = buyer.on_sale().await;
    let found = payments.prices(&["nobody_sells_this".to_owned(), key.clone()]).await.unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((&found[0].amount, found[0].active), (&amount, true));
    assert_eq!((found[0].lookup_key.as_deref(), &found[0].interval), (Some(key.as_str()), &None));
    assert_eq!(payments.prices(&[found[0].id.clone()]).await.unwrap(), found);
    assert_eq!(payments.prices(&[]).await.unwrap(), []);
}

/// A press of the button that is repeated opens nothing new.
pub async fn the_same_order_opens_the_same_purchase(payments: &dyn Payments, buyer: &impl Buyer) {
    let new = new(payments, buyer, 1).await;
    let one = payments.open(&new).await.unwrap();
    assert_eq!(payments.open(&new).await.unwrap(), one);
    let other = NewCheckout { order: order(2), ..new };
    assert_ne!(payments.open(&other).await.unwrap().id, one.id);
}

/// What is told of a purchase before and after.
pub async fn a_purchase_is_open_until_it_is_paid(payments: &dyn Payments, buyer: &impl Buyer) {
    let new = new(payments, buyer, 1).await;
    let opened = payments.open(&new).await.unwrap();
    assert!(opened.url.starts_with("http"), "{}", opened.url);
    let before = payments.checkout(&opened.id).await.unwrap();
    assert_eq!((&before.id, before.state), (&opened.id, CheckoutState::Open));
    assert_eq!(before.order, Some(new.order));
    buyer.pay(&opened.id).await;
    let after = payments.checkout(&opened.id).await.unwrap();
    assert_eq!((after.state, after.order), (CheckoutState::Paid, Some(new.order)));
    assert_eq!(after.customer.as_deref(), Some(new.customer.as_str()));
    let (_, amount) = buyer.on_sale().await;
    assert_eq!(after.total.as_ref(), Some(&amount));
    assert_eq!(after.live, Some(payments.mode() == PaymentMode::Live));
    assert_eq!((after.account, after.once), (Some(new.account), true));
    let item = CheckoutItem { price: new.price.clone(), quantity: 1 };
    assert_eq!(after.items, Some(vec![item]), "what was bought is told");
    assert_eq!((after.subtotal, after.discount, after.extra), (Some(amount.minor), 0, 0));
    let payment = payments.payment(&after.payment.clone().unwrap()).await.unwrap();
    assert_eq!(payment.order, Some(new.order));
    assert_eq!(Some(&payment.id), after.payment.as_ref());
    assert_eq!((payment.captured, payment.refunded_minor), (amount, 0));
    assert_eq!((payment.customer, payment.live), (after.customer, after.live));
}

/// From the money to what was bought.
pub async fn a_payment_leads_to_its_purchase(payments: &dyn Payments, buyer: &impl Buyer) {
    let (one, payment) = paid(payments, buyer, 1).await;
    let (_, other) = paid(payments, buyer, 2).await;
    assert_ne!(payment, other);
    let found = payments.checkout_of(&payment).await.unwrap();
    assert_eq!(found, Some(payments.checkout(&one).await.unwrap()));
}

/// It is not open and not paid.
pub async fn a_purchase_that_lapsed_says_so(payments: &dyn Payments, buyer: &impl Buyer) {
    let id = payments.open(&new(payments, buyer, 1).await).await.unwrap().id;
    buyer.let_lapse(&id).await;
    let lapsed = payments.checkout(&id).await.unwrap();
    assert_eq!((lapsed.state, lapsed.payment), (CheckoutState::Expired, None));
}

/// Neither ids that were never given nor texts that cannot be ids.
pub async fn what_nobody_knows_is_not_found(payments: &dyn Payments, _: &impl Buyer) {
    for id in ["cs_test_nobody", "", "../customers", "cs_1?expand[]=x", "ö"] {
        let found = payments.checkout(id).await;
        assert!(matches!(found, Err(PaymentError::NotFound(_))), "{id}: {found:?}");
    }
    for id in ["pi_nobody", "ch_nobody", "re_nobody", "nobody", "", "a/b"] {
        let found = payments.payment(id).await;
        assert!(matches!(found, Err(PaymentError::NotFound(_))), "{id}: {found:?}");
    }
}

/// The same reason sends the same money back once; another one sends more.
pub async fn money_goes_back_once_a_key(payments: &dyn Payments, buyer: &impl Buyer) {
    let (_, payment) = paid(payments, buyer, 1).await;
    for (key, refunded) in [("mail of Monday", 1), ("mail of Monday", 1), ("mail of Friday", 2)] {
        payments.refund(&payment, Some(1), key).await.unwrap();
        let now = payments.payment(&payment).await.unwrap();
        assert_eq!(now.refunded_minor, refunded, "{key}");
    }
    payments.refund(&payment, None, &"the rest, for good. ".repeat(40)).await.unwrap();
    let now = payments.payment(&payment).await.unwrap();
    assert_eq!(now.refunded_minor, now.captured.minor);
}

/// A refund that is too large, or of nothing, is refused and changes nothing.
pub async fn no_more_goes_back_than_was_paid(payments: &dyn Payments, buyer: &impl Buyer) {
    let (_, payment) = paid(payments, buyer, 1).await;
    let all = payments.payment(&payment).await.unwrap().captured.minor;
    let refused = payments.refund(&payment, Some(all + 1), "too much").await;
    assert!(matches!(refused, Err(PaymentError::Refused { .. })), "{refused:?}");
    assert_eq!(payments.payment(&payment).await.unwrap().refunded_minor, 0);
    payments.refund(&payment, None, "all").await.unwrap();
    let again = payments.refund(&payment, None, "all again").await;
    assert!(matches!(again, Err(PaymentError::Refused { .. })), "{again:?}");
    assert_eq!(payments.payment(&payment).await.unwrap().refunded_minor, all);
}

/// Two looks see the same.
pub async fn looking_changes_nothing(payments: &dyn Payments, buyer: &impl Buyer) {
    let (id, payment) = paid(payments, buyer, 1).await;
    let look =
        async || (payments.checkout(&id).await.unwrap(), payments.payment(&payment).await.unwrap());
    assert_eq!(look().await, look().await);
}

/// Nothing happened, so nothing was missed.
pub async fn nothing_is_undelivered_at_first(payments: &dyn Payments, _: &impl Buyer) {
    let page = payments.undelivered(None).await.unwrap();
    assert_eq!((page.notices, page.next), (vec![], None));
}
