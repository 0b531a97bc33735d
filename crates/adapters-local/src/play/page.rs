//! The page to pay on, and the bank behind it.

use async_trait::async_trait;
use safelight_ports::{Fault, PlayCheckout, PlayDeed, PlayPurchase, PlayPush};

use super::{
    Play,
    state::{Progress, Purchase, State},
};

/// How many purchases are shown.
const SHOWN: usize = 50;

impl Play {
    fn shown(&self, purchase: &Purchase) -> PlayPurchase {
        PlayPurchase {
            checkout: self.told(purchase),
            amount: purchase.amount(),
            refunded: purchase.refunded(),
            success_url: purchase.success_url.clone(),
            cancel_url: purchase.cancel_url.clone(),
        }
    }

    fn act(&self, state: &mut State, id: &str, deed: PlayDeed) -> Option<()> {
        let now = self.now();
        let purchase = state.purchase_mut(id)?;
        let open = purchase.progress == Progress::Open && now < purchase.expires_at();
        let unpaid = purchase.progress == Progress::Unpaid;
        let (progress, kind) = match deed {
            PlayDeed::Pay if open => (Progress::Paid, "checkout.session.completed"),
            PlayDeed::PayLater if open => (Progress::Unpaid, "checkout.session.completed"),
            PlayDeed::Arrive if unpaid => {
                (Progress::Paid, "checkout.session.async_payment_succeeded")
            }
            PlayDeed::Bounce if unpaid => {
                (Progress::Failed, "checkout.session.async_payment_failed")
            }
            PlayDeed::RefundHalf | PlayDeed::RefundAll if purchase.progress.is_paid() => {
                let left = purchase.left();
                let half = purchase.minor.div_ceil(2).min(left);
                let minor = if deed == PlayDeed::RefundHalf { half } else { left };
                let key = format!("play {}", purchase.refunds.len() + 1);
                if minor > 0 {
                    state.refund(id, minor, &key, now);
                }
                return Some(());
            }
            PlayDeed::FailRefund => {
                let last = purchase.refunds.iter_mut().rev().find(|refund| !refund.failed)?;
                last.failed = true;
                state.happened(id, "refund.failed", true, now);
                return Some(());
            }
            _ => return None,
        };
        purchase.progress = progress;
        state.happened(id, kind, false, now);
        Some(())
    }
}

#[async_trait]
impl PlayCheckout for Play {
    async fn purchases(&self) -> Result<Vec<PlayPurchase>, Fault> {
        self.look(|state| {
            state.purchases.iter().rev().take(SHOWN).map(|one| self.shown(one)).collect()
        })
    }

    async fn purchase(&self, id: &str) -> Result<Option<PlayPurchase>, Fault> {
        self.look(|state| state.purchase(id).map(|one| self.shown(one)))
    }

    async fn play(&self, id: &str, deed: PlayDeed) -> Result<Vec<PlayPush>, Fault> {
        self.change(|state| {
            let before = state.events.len();
            self.act(state, id, deed);
            state.events[before..].iter().map(|event| self.push(event)).collect()
        })
    }

    async fn delivered(&self, event: &str) -> Result<(), Fault> {
        self.change(|state| {
            if let Some(event) = state.events.iter_mut().find(|one| one.id == event) {
                event.delivered = true;
            }
        })
    }
}
