//! Money that goes back, and comes again.

use safelight_domain::{Actor, Refusal};
use safelight_testkit::people::ada;
use safelight_tests::ask;
use safelight_usecases::Error;

use crate::shop::Shop;

/// Scenario 11: the same for every order of the two.
#[tokio::test]
async fn two_partial_refunds_in_either_order_take_the_same() {
    for swapped in [false, true] {
        let shop = Shop::open().await;
        let (_, payment) = shop.bought().await;
        shop.setup.payments.send_back(&payment, 300);
        shop.setup.payments.send_back(&payment, 200);
        let mut notices = shop.setup.payments.notices();
        if swapped {
            notices.reverse();
        }
        for notice in &notices {
            shop.tell(notice).await;
            // 500 of 999: 50.05 credits, so 51.
            assert_eq!(shop.credits().await, (59, 0), "the truth, whichever notice led to it");
        }
    }
}

#[tokio::test]
async fn partial_refund_prorata() {
    let shop = Shop::open().await;
    let (order, payment) = shop.bought().await;
    for (minor, left) in [(1, 109), (99, 99), (899, 10)] {
        shop.setup.payments.send_back(&payment, minor);
        shop.tell_all().await;
        assert_eq!(shop.credits().await, (left, 0));
    }
    let status = shop.order(ada().account.id, order).await;
    assert_eq!((status.taken.get(), status.owed.get(), status.order.refunded), (100, 0, 999));
}

/// Scenario 12.
#[tokio::test]
async fn a_refund_that_failed_gives_everything_again() {
    let shop = Shop::open().await;
    let (order, payment) = shop.bought().await;
    let refund = shop.setup.payments.send_back(&payment, 999);
    shop.tell_all().await;
    assert_eq!(shop.credits().await, (10, 0));
    shop.setup.payments.fail_refund(&refund);
    shop.tell_all().await;
    assert_eq!(shop.credits().await, (110, 0));
    assert_eq!(shop.order(ada().account.id, order).await.taken.get(), 0);
}

/// Scenario 13.
#[tokio::test]
async fn a_refund_after_everything_was_spent_leaves_a_debt_that_blocks() {
    let shop = Shop::open().await;
    let (order, payment) = shop.bought().await;
    shop.spend(55).await.unwrap();
    assert_eq!(shop.credits().await, (0, 0));
    let refund = shop.setup.payments.send_back(&payment, 999);
    shop.tell_all().await;
    assert_eq!(shop.credits().await, (0, 100));
    let actor = Actor::user(ada().user.id);
    let asked = ask("a lamp", 1, 1);
    let refused = shop.studio.generations.request(ada().account.id, asked, None, actor).await;
    let Err(Error::Refused(Refusal::Indebted { debt })) = refused else { panic!("{refused:?}") };
    assert_eq!(debt.get(), 100);
    let status = shop.order(ada().account.id, order).await;
    assert_eq!((status.taken.get(), status.owed.get()), (100, 100), "the order says why");

    shop.setup.payments.fail_refund(&refund);
    shop.tell_all().await;
    assert_eq!(shop.credits().await, (0, 0), "forgiven");
}

#[tokio::test]
async fn refund_of_pack_partly_spent() {
    let shop = Shop::open().await;
    let (_, payment) = shop.bought().await;
    // The gift of 10 goes first, then 30 of the pack.
    shop.spend(20).await.unwrap();
    shop.setup.payments.send_back(&payment, 999);
    shop.tell_all().await;
    assert_eq!(shop.credits().await, (0, 30));
    let (_, checkout) = shop.press(&ada(), "small").await;
    shop.setup.payments.pay(&checkout);
    shop.tell_all().await;
    assert_eq!(shop.credits().await, (70, 0), "the next pack repays first");
    shop.spend(1).await.unwrap();
}

/// Who refunds by our own door uses the same way as one at the provider's.
#[tokio::test]
async fn a_refund_of_ours_takes_credits_when_the_provider_tells_of_it() {
    use safelight_ports::Payments;
    let shop = Shop::open().await;
    let (_, payment) = shop.bought().await;
    shop.setup.payments.refund(&payment, Some(499), "a mail").await.unwrap();
    assert_eq!(shop.credits().await, (110, 0), "not before");
    shop.tell_all().await;
    assert_eq!(shop.credits().await, (60, 0));
}

#[tokio::test]
async fn pictures_in_the_making_when_money_goes_back_still_end() {
    let shop = Shop::open().await;
    let (_, payment) = shop.bought().await;
    shop.spend(5).await.unwrap();
    shop.setup.provider.hold();
    shop.request(&ada(), 4, 1).await;
    while shop.studio.pipeline.run_due().await.unwrap() {}
    shop.setup.payments.send_back(&payment, 999);
    shop.tell_all().await;
    assert_eq!(shop.credits().await, (0, 4), "four are being made of it");
    shop.setup.provider.look.next(Ok(safelight_ports::Looked::Filtered));
    shop.setup.provider.release();
    shop.settle().await;
    assert_eq!(shop.credits().await, (0, 3), "the one that was not made repays");
}
