//! Catching up: what was never delivered is fetched, and orders nothing was heard of are asked
//! about. A lost notice costs time, never money.

use std::time::Duration;

use safelight_domain::{Refusal, SignedDuration};
use safelight_ports::{PaymentError, chain};

use super::{Inbox, trouble};
use crate::Error;

/// How often it happens by itself.
const EVERY: Duration = Duration::from_hours(24);
/// How long after a failed attempt it is tried again.
const AGAIN: Duration = Duration::from_mins(10);
/// How long an order may be open before somebody asks about it.
const QUIET: SignedDuration = SignedDuration::from_mins(15);

/// What was caught up with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CaughtUp {
    /// Undelivered events the provider told of, those known already included.
    pub events: usize,
    /// Orders that were asked about.
    pub orders: usize,
}

impl Inbox {
    /// Catches up at the start and once a day, for ever.
    pub async fn keep_up(&self) {
        if self.world.payments.is_none() {
            return std::future::pending().await;
        }
        loop {
            let rest = match self.catch_up().await {
                Ok(CaughtUp { events: 0, orders: 0 }) => EVERY,
                Ok(CaughtUp { events, orders }) => {
                    tracing::info!(events, orders, "caught up with the payment provider");
                    EVERY
                }
                Err(error) => {
                    tracing::warn!(error = %chain(&error), "not caught up; again later");
                    AGAIN
                }
            };
            tokio::time::sleep(rest).await;
        }
    }

    /// Keeps every event the provider could not deliver, and asks about orders that have been
    /// open for a while. What was kept is applied by whoever drives the inbox.
    pub async fn catch_up(&self) -> Result<CaughtUp, Error> {
        let mut caught = CaughtUp::default();
        let payments = self.orders.payments()?;
        let mut after: Option<String> = None;
        loop {
            let page = payments.undelivered(after.as_deref()).await.map_err(trouble)?;
            for notice in page.notices {
                caught.events += 1;
                self.keep(notice, "Via: catch-up".to_owned()).await?;
            }
            self.wake.notify_one();
            match page.next {
                // A page that leads to itself would never end.
                Some(next) if after.as_ref() != Some(&next) => after = Some(next),
                _ => break,
            }
        }
        for order in self.orders.waiting(self.later(-QUIET)).await? {
            let Some(checkout) = &order.checkout else { continue };
            let told = match payments.checkout(checkout).await {
                // Of another account of ours there, or before a restore: no reason to stop here.
                Err(PaymentError::NotFound(_)) => {
                    tracing::warn!(order = %order.id, "the provider knows no such purchase");
                    continue;
                }
                told => told.map_err(trouble)?,
            };
            match self.orders.follow(payments, &order, &told).await {
                Ok(()) | Err(Error::Refused(Refusal::Stale)) => caught.orders += 1,
                Err(error) => return Err(error),
            }
        }
        Ok(caught)
    }
}
