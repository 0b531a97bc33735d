use async_trait::async_trait;
use safelight_domain::{
    Change, Changes, Ending, Mac, Moment, Quota, Receipt, Render, RenderChange, Rule, Timestamp,
};
use safelight_ports::{Claimed, ClaimedDeliveries, CommitError, Dispatch, Fault, Store};

use super::Metered;
use crate::metrics::Counted;

#[async_trait]
impl Store for Metered<dyn Store> {
    async fn commit(&self, changes: Changes) -> Result<Receipt, CommitError> {
        let counted = Counted::all(&changes);
        let endings: Vec<_> = changes.owned().iter().filter_map(ending).collect();
        let mut call = self.metrics.store.begin("commit");
        let answer = self.inner.commit(changes).await;
        call.ends(match &answer {
            Ok(receipt) if receipt.replayed => "replayed",
            Ok(_) => "ok",
            Err(CommitError::Refused(_)) => "refused",
            Err(CommitError::Fault(_)) => "fault",
        });
        if let Ok(receipt) = &answer
            && !receipt.replayed
        {
            self.metrics.tally.count(&counted, receipt);
            for (render, ending) in endings {
                tracing::info!(%render, ending, "a render ended");
            }
        }
        answer
    }

    async fn dispatch(&self, order: Dispatch) -> Result<Vec<Render>, Fault> {
        self.metrics.store.plain("dispatch", self.inner.dispatch(order)).await
    }

    async fn claim(&self, due: Timestamp, until: Timestamp, limit: u16) -> Result<Claimed, Fault> {
        self.metrics.store.plain("claim", self.inner.claim(due, until, limit)).await
    }

    async fn claim_overdue(
        &self,
        due: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<Vec<Render>, Fault> {
        let claim = self.inner.claim_overdue(due, until, limit);
        self.metrics.store.plain("claim_overdue", claim).await
    }

    async fn claim_deliveries(
        &self,
        due: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<ClaimedDeliveries, Fault> {
        let claim = self.inner.claim_deliveries(due, until, limit);
        self.metrics.store.plain("claim_deliveries", claim).await
    }

    async fn take_over(&self, now: Timestamp, latest: Timestamp) -> Result<u64, Fault> {
        self.metrics.store.plain("take_over", self.inner.take_over(now, latest)).await
    }

    async fn prune(
        &self,
        feed: Timestamp,
        keys: Timestamp,
        formers: Timestamp,
    ) -> Result<u64, Fault> {
        self.metrics.store.plain("prune", self.inner.prune(feed, keys, formers)).await
    }

    async fn take(&self, rule: Rule, owner: Mac, now: Timestamp) -> Result<Quota, Fault> {
        self.metrics.store.plain("take", self.inner.take(rule, owner, now)).await
    }

    async fn clock(&self, note: bool) -> Result<Moment, Fault> {
        self.metrics.store.plain("clock", self.inner.clock(note)).await
    }

    async fn accept_clock(&self) -> Result<(), Fault> {
        self.metrics.store.plain("accept_clock", self.inner.accept_clock()).await
    }
}

/// Which render a change ends, and how, in a word for the log.
fn ending(change: &Change) -> Option<(safelight_domain::RenderId, String)> {
    match change {
        Change::Render(RenderChange::Store { image, .. }) => {
            Some((image.render_id, "stored".to_owned()))
        }
        Change::Render(RenderChange::End(render, ending)) => Some((
            *render,
            match ending {
                Ending::Failed(slug) => format!("failed: {slug}"),
                Ending::Filtered => "filtered".to_owned(),
                Ending::Cancelled => "cancelled".to_owned(),
            },
        )),
        Change::Render(RenderChange::Advance(..) | RenderChange::Cancel(_))
        | Change::Account(_)
        | Change::Deletion(_)
        | Change::Ledger(_)
        | Change::Order(_)
        | Change::Event(_)
        | Change::Generation(_)
        | Change::Image(_)
        | Change::Folder(_)
        | Change::Key(_)
        | Change::Session(_)
        | Change::Task(_)
        | Change::Audit(_) => None,
    }
}
