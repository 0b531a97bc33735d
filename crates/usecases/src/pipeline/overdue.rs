//! What is past its deadline: it ends now, delivered or refunded, whatever else is slow.

use std::time::Duration;

use safelight_domain::{Ending, Render, Timestamp};
use safelight_ports::Fault;

use super::{LEASE, Pipeline, Work, later, settled};

/// The most renders that are ended at once.
const HANDS: usize = 32;
/// How long the provider and the storage may still take for one that is past its deadline.
const LAST: Duration = Duration::from_secs(20);

impl Pipeline {
    /// Fills the hands that are free for it with what is past its deadline.
    pub(super) async fn hand_out_overdue<'a>(
        &'a self,
        work: &mut Work<'a>,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let free = HANDS.saturating_sub(work.len());
        if free == 0 {
            return Ok(());
        }
        let limit = u16::try_from(free).unwrap_or(u16::MAX);
        let overdue = self.world.store.claim_overdue(now, later(now, LEASE), limit).await?;
        for render in overdue {
            work.push(self.contained(render.clone(), self.end_overdue(render)));
        }
        Ok(())
    }

    /// Ends a render that had all of its time: with its picture if that can be had at once.
    async fn end_overdue(&self, render: Render) {
        // Whoever works on it sees the deadline too.
        let Some(_held) = self.hands.try_take(render.id) else { return };
        if !self.lose(&render).await {
            return;
        }
        let ended = match tokio::time::timeout(LAST, self.go_on(render.id)).await {
            Ok(ended) => ended,
            Err(_) => self.end(&render, Ending::Failed("deadline".to_owned())).await,
        };
        settled(render.id, ended);
    }
}
