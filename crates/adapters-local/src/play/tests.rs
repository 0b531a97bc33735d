//! The contract of payments, and what a restart must not forget.

use safelight_domain::{Credits, Money, OrderId, Pack, PackName};
use safelight_ports::{CheckoutState, NoticeRefused, PaymentPush, PlayCheckout, PlayDeed};
use safelight_testkit::{ManualClock, contract::payments::Buyer, people::ada};
use tempfile::TempDir;

use super::*;

fn packs() -> Packs {
    Packs::new([Pack {
        name: PackName::parse("small").unwrap(),
        credits: Credits::new(100).unwrap(),
        expires_days: None,
        money: Money::price(999, "usd").unwrap(),
        price: "pack_small".to_owned(),
    }])
}

/// A checkout in a folder of its own.
struct Stall {
    play: Arc<Play>,
    clock: Arc<ManualClock>,
    folder: Arc<TempDir>,
}

impl Stall {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::new());
        Self::on(Arc::new(tempfile::tempdir().unwrap()), clock)
    }

    fn on(folder: Arc<TempDir>, clock: Arc<ManualClock>) -> Self {
        let file = folder.path().join("checkout.json");
        let url = "http://127.0.0.1:8080".to_owned();
        let play = Arc::new(Play::new(file, packs(), url, [7; 32], clock.clone()));
        Self { play, clock, folder }
    }

    async fn open(&self) -> String {
        let new = NewCheckout {
            order: OrderId(ada().account.id.0),
            account: ada().account.id,
            customer: "cus_play".to_owned(),
            price: "price_play_small".to_owned(),
            success_url: "http://127.0.0.1:8080/ok?id={CHECKOUT_SESSION_ID}".to_owned(),
            cancel_url: "http://127.0.0.1:8080/no".to_owned(),
        };
        self.play.open(&new).await.unwrap().id
    }
}

#[async_trait]
impl Buyer for Stall {
    async fn on_sale(&self) -> (String, Money) {
        ("pack_small".to_owned(), Money::price(999, "usd").unwrap())
    }

    async fn pay(&self, checkout: &str) {
        let pushes = self.play.play(checkout, PlayDeed::Pay).await.unwrap();
        assert_eq!(pushes.len(), 1);
        self.play.delivered(&pushes[0].event).await.unwrap();
    }

    async fn let_lapse(&self, _: &str) {
        self.clock.advance(SignedDuration::from_hours(25));
    }
}

mod contract {
    use super::{Arc, Stall};
    safelight_testkit::payments_contract!({
        let stall = Stall::new();
        (Arc::clone(&stall.play), stall)
    });
}

#[tokio::test]
async fn a_restart_forgets_no_payment_and_no_event() {
    let stall = Stall::new();
    let id = stall.open().await;
    stall.play.play(&id, PlayDeed::Pay).await.unwrap();
    let again = Stall::on(Arc::clone(&stall.folder), Arc::clone(&stall.clock));
    assert_eq!(again.play.checkout(&id).await.unwrap().state, CheckoutState::Paid);
    let lost = again.play.undelivered(None).await.unwrap().notices;
    assert_eq!(lost.len(), 1);
    again.play.delivered(&lost[0].id).await.unwrap();
    assert!(again.play.undelivered(None).await.unwrap().notices.is_empty());
}

#[tokio::test]
async fn only_what_can_happen_is_played() {
    let stall = Stall::new();
    let id = stall.open().await;
    for (deed, events) in [
        (PlayDeed::Decline, 0),
        (PlayDeed::Arrive, 0),
        (PlayDeed::RefundAll, 0),
        (PlayDeed::FailRefund, 0),
        (PlayDeed::PayLater, 1),
        (PlayDeed::Pay, 0),
        (PlayDeed::Arrive, 1),
        (PlayDeed::Bounce, 0),
        (PlayDeed::RefundHalf, 1),
        (PlayDeed::RefundAll, 1),
        (PlayDeed::RefundAll, 0),
        (PlayDeed::FailRefund, 1),
    ] {
        assert_eq!(stall.play.play(&id, deed).await.unwrap().len(), events, "{deed:?}");
    }
    let payment = stall.play.payment(&id.replacen("cs_", "pi_", 1)).await.unwrap();
    assert_eq!(payment.refunded_minor, 500, "half of 999, the rest came again");
}

#[tokio::test]
async fn a_push_is_ours_or_proves_nothing() {
    let stall = Stall::new();
    let id = stall.open().await;
    let push = stall.play.play(&id, PlayDeed::Pay).await.unwrap().remove(0);
    let verify = |signature: Option<&str>, body: &[u8]| {
        stall.play.verify(signature, body, ManualClock::START)
    };
    let notice = verify(Some(&push.signature), &push.body).unwrap();
    assert_eq!((notice.id.as_str(), notice.live), (push.event.as_str(), false));
    assert!(matches!(verify(None, &push.body), Err(NoticeRefused::Unsigned)));
    assert!(matches!(verify(Some("ü"), &push.body), Err(NoticeRefused::Unsigned)));
    let altered = [&push.body[..], b" "].concat();
    assert!(matches!(verify(Some(&push.signature), &altered), Err(NoticeRefused::Forged)));
}
