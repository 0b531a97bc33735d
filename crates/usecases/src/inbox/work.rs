//! Taking what is due in hand, many at a time, one customer's one after the other.

use std::time::Duration;

use futures_util::{
    StreamExt,
    future::{BoxFuture, FutureExt},
    stream::FuturesUnordered,
};
use safelight_ports::{Fault, chain};

use super::{Inbox, LEASE};
use crate::{Error, vitals::contain};

/// The most deliveries in hand at once.
const HANDS: usize = 16;
/// The longest rest between two looks at the store.
const REST: Duration = Duration::from_secs(1);
/// The shortest rest between two looks when nothing happened.
const BREATH: Duration = Duration::from_millis(20);

type Work<'a> = FuturesUnordered<BoxFuture<'a, ()>>;

impl Inbox {
    /// Applies what is due, for ever. Whoever is cut off is found again by the row's `next_at`.
    pub async fn drive(&self) {
        let mut work = Work::new();
        loop {
            self.vitals.beat(Self::NAME);
            let rest = self.fill(&mut work).await.unwrap_or_else(|fault| {
                tracing::error!(error = %chain(&fault), "deliveries could not be handed out");
                REST
            });
            tokio::select! {
                () = self.wake.notified() => {}
                Some(()) = work.next(), if !work.is_empty() => {}
                () = tokio::time::sleep(rest) => {}
            }
        }
    }

    /// Applies everything that is due now; answers how many deliveries were taken in hand.
    pub async fn run_due(&self) -> Result<usize, Error> {
        let mut taken = 0;
        loop {
            let mut work = Work::new();
            self.fill(&mut work).await?;
            if work.is_empty() {
                return Ok(taken);
            }
            taken += work.len();
            while work.next().await.is_some() {}
        }
    }

    /// Hands out what is due; a panic on the way is a fault like any other.
    async fn fill<'a>(&'a self, work: &mut Work<'a>) -> Result<Duration, Fault> {
        contain("handing out notices", self.hand_out(work)).await?
    }

    /// Fills free hands with what is due; answers how long nothing else is.
    async fn hand_out<'a>(&'a self, work: &mut Work<'a>) -> Result<Duration, Fault> {
        let now = self.now();
        let free = HANDS.saturating_sub(work.len());
        if free == 0 || self.world.payments.is_none() {
            return Ok(REST);
        }
        let limit = u16::try_from(free).unwrap_or(u16::MAX);
        let claimed = self.world.store.claim_deliveries(now, self.later(LEASE), limit).await?;
        work.extend(claimed.deliveries.into_iter().map(|one| self.attend(one).boxed()));
        let next = claimed.next.map_or(REST, |next| {
            Duration::try_from(next.duration_since(self.now())).unwrap_or(Duration::ZERO)
        });
        Ok(next.clamp(BREATH, REST))
    }
}
