use async_trait::async_trait;
use safelight_domain::{Changes, Mac, Moment, Quota, Receipt, Render, Rule, Timestamp};
use safelight_ports::{Claimed, ClaimedDeliveries, CommitError, Dispatch, Fault, Store};

use super::Faulty;

#[async_trait]
impl Store for Faulty<dyn Store> {
    async fn commit(&self, changes: Changes) -> Result<Receipt, CommitError> {
        self.call(self.inner.commit(changes), |_, fault| fault.into()).await
    }

    async fn dispatch(&self, order: Dispatch) -> Result<Vec<Render>, Fault> {
        self.plain(self.inner.dispatch(order)).await
    }

    async fn claim(&self, due: Timestamp, until: Timestamp, limit: u16) -> Result<Claimed, Fault> {
        self.plain(self.inner.claim(due, until, limit)).await
    }

    async fn claim_overdue(
        &self,
        due: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<Vec<Render>, Fault> {
        self.plain(self.inner.claim_overdue(due, until, limit)).await
    }

    async fn claim_deliveries(
        &self,
        due: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<ClaimedDeliveries, Fault> {
        self.plain(self.inner.claim_deliveries(due, until, limit)).await
    }

    async fn take_over(&self, now: Timestamp, latest: Timestamp) -> Result<u64, Fault> {
        self.plain(self.inner.take_over(now, latest)).await
    }

    async fn prune(
        &self,
        feed: Timestamp,
        keys: Timestamp,
        formers: Timestamp,
    ) -> Result<u64, Fault> {
        self.plain(self.inner.prune(feed, keys, formers)).await
    }

    async fn take(&self, rule: Rule, owner: Mac, now: Timestamp) -> Result<Quota, Fault> {
        self.plain(self.inner.take(rule, owner, now)).await
    }

    async fn clock(&self, note: bool) -> Result<Moment, Fault> {
        self.plain(self.inner.clock(note)).await
    }

    async fn accept_clock(&self) -> Result<(), Fault> {
        self.plain(self.inner.accept_clock()).await
    }
}
