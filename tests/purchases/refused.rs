//! What the payment provider refuses leaves no order behind that looks as if it could be paid.

use safelight_domain::{Key, Money, OrderState, PaymentRefused, Refusal};
use safelight_testkit::people::ada;
use safelight_usecases::Error;

use crate::shop::{ALL, Shop};

async fn buy(shop: &Shop) -> PaymentRefused {
    let key = Some(Key::parse("form-1").unwrap());
    let (account, email) = (ada().account.id, ada().user.email);
    match shop.studio.orders.buy(account, &email, "small", None, key).await {
        Err(Error::Refused(Refusal::PaymentRefused(why))) => why,
        other => panic!("{other:?}"),
    }
}

async fn open_orders(shop: &Shop) -> usize {
    let orders = shop.studio.orders.list(ada().account.id, ALL).await.unwrap().items;
    orders.iter().filter(|status| status.order.state.is_waiting()).count()
}

#[tokio::test]
async fn an_address_the_provider_refuses_is_named_and_leaves_no_order() {
    let shop = Shop::open().await;
    shop.setup.payments.refuse(Some("email_invalid"), None);
    assert_eq!(buy(&shop).await, PaymentRefused::Address);
    assert!(shop.studio.orders.list(ada().account.id, ALL).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn a_pack_below_the_providers_minimum_is_named_and_its_order_fails() {
    let shop = Shop::open().await;
    shop.setup.payments.refuse(None, Some("amount_too_small"));
    assert_eq!(buy(&shop).await, PaymentRefused::TooSmall);
    let order = shop.studio.orders.list(ada().account.id, ALL).await.unwrap().items.remove(0).order;
    assert_eq!(order.state, OrderState::Failed);
    assert!(order.reason.unwrap().contains("least"));
    shop.setup.payments.refuse(None, Some("a_new_code"));
    let (account, email) = (ada().account.id, ada().user.email);
    let other = shop.studio.orders.buy(account, &email, "small", None, None).await;
    let Err(Error::Refused(refusal)) = other else { panic!("it was refused") };
    assert!(refusal.to_string().contains("a_new_code"), "{refusal}");
    assert_eq!(open_orders(&shop).await, 0);
}

#[tokio::test]
async fn a_price_that_differs_at_the_provider_is_named_and_leaves_no_order() {
    let shop = Shop::open().await;
    let pack = shop.studio.terms.packs.pack("small").unwrap().price.clone();
    shop.setup.payments.reprice(&pack, Money::price(1_099, "usd").unwrap());
    assert_eq!(buy(&shop).await, PaymentRefused::PriceDiffers);
    assert!(shop.studio.orders.list(ada().account.id, ALL).await.unwrap().items.is_empty());
    // What was mended sells at once.
    shop.setup.payments.reprice(&pack, Money::price(999, "usd").unwrap());
    shop.press(&ada(), "small").await;
}
