//! Catching up: what was never delivered is fetched, and orders nothing was heard of are asked
//! about. A lost notice costs time, never money.

use std::time::Duration;

use safelight_domain::SignedDuration;
use safelight_ports::{Fault, Payments, chain};

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
    /// Events and orders that failed; they are tried again later.
    pub failed: usize,
}

impl Inbox {
    /// Catches up at the start and once a day, for ever.
    pub async fn keep_up(&self) {
        if self.world.payments.is_none() {
            return std::future::pending().await;
        }
        loop {
            let rest = match self.catch_up().await {
                Ok(CaughtUp { events: 0, orders: 0, failed: 0 }) => EVERY,
                Ok(CaughtUp { events, orders, failed }) => {
                    tracing::info!(events, orders, failed, "caught up with the payment provider");
                    if failed == 0 { EVERY } else { AGAIN }
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
    /// open for a while. What was kept is applied by whoever drives the inbox. One event or order
    /// that fails holds no other up.
    pub async fn catch_up(&self) -> Result<CaughtUp, Error> {
        let mut caught = CaughtUp::default();
        let payments = self.orders.payments()?;
        // Whatever becomes of the events, the orders are asked about.
        let fetched = self.fetch_undelivered(payments, &mut caught).await;
        let before = self.later(-QUIET);
        let mut after = None;
        loop {
            let page = self.orders.waiting(before, after).await?;
            let Some(last) = page.last() else { break };
            after = Some(*last);
            let rows = page.into_iter().map(|order| (order, order)).collect();
            let ask = |order| self.orders.ask_again(payments, order);
            let tally = self.asked.each(rows, self.now(), ask).await;
            caught.orders += tally.done;
            caught.failed += tally.failed;
            if tally.cut_short {
                let says = "no order could be asked about";
                return Err(Fault::passing("payments", says).into());
            }
        }
        fetched?;
        Ok(caught)
    }

    async fn fetch_undelivered(
        &self,
        payments: &dyn Payments,
        caught: &mut CaughtUp,
    ) -> Result<(), Error> {
        let mut after: Option<String> = None;
        loop {
            let page = payments.undelivered(after.as_deref()).await.map_err(trouble)?;
            let rows = page.notices.into_iter().map(|notice| (notice.id.clone(), notice)).collect();
            let keep = |notice| self.keep(notice, "Via: catch-up".to_owned());
            let tally = self.fetched.each(rows, self.now(), keep).await;
            caught.events += tally.done;
            caught.failed += tally.failed;
            self.wake.notify_one();
            match page.next {
                // A page that leads to itself would never end.
                Some(next) if after.as_ref() != Some(&next) => after = Some(next),
                _ => return Ok(()),
            }
        }
    }
}
