//! The one place facts are recorded. Application code never holds a transaction.

use async_trait::async_trait;
use safelight_domain::{
    AccountId, Changes, Delivery, Mac, Moment, Quota, Receipt, Refusal, Render, Rule, Timestamp,
};

use crate::Fault;

/// Why nothing was recorded.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// The rule says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store failed; nothing was recorded.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Records changes and hands out work.
#[async_trait]
pub trait Store: Send + Sync {
    /// Records all changes or none.
    ///
    /// MUST check the idempotency key first (same key and body: the stored receipt with `replayed`
    /// set; another body: `KeyReused`), load `changes.needs()` under the account's lock, ask
    /// `changes.decide`, write the rows in order, and answer only after they are durable.
    async fn commit(&self, changes: Changes) -> Result<Receipt, CommitError>;

    /// Moves pending renders that are due to `submitting`, each with one more attempt, begun now,
    /// and a lease until `until`, as long as fewer than `in_flight` are live: submitting, unknown or waiting
    /// and begun after `live_since`. Fair between accounts: whoever has the fewest live goes
    /// first. MUST be durable before it answers.
    async fn dispatch(&self, order: Dispatch) -> Result<Vec<Render>, Fault>;

    /// Leases up to `limit` other unfinished renders whose `next_at` has come, and pending ones
    /// past their deadline, until `until`. Two callers MUST NOT get the same one.
    async fn claim(&self, due: Timestamp, until: Timestamp, limit: u16) -> Result<Claimed, Fault>;

    /// Leases up to `limit` unfinished renders whose `next_at` and deadline have both come, until
    /// `until`: those that must end now, whatever else is waited for.
    async fn claim_overdue(
        &self,
        due: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<Vec<Render>, Fault>;

    /// Leases up to `limit` pending deliveries whose `next_at` has come until `until`, each with
    /// one more attempt. One customer's go in the order they happened, one at a time: a later one
    /// waits until the one before is marked. Two callers MUST NOT get the same one.
    async fn claim_deliveries(
        &self,
        due: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<ClaimedDeliveries, Fault>;

    /// Voids the leases a dead driver left: whatever was sent and is unfinished is due `now`, and
    /// so is every pending delivery. What a clock that was ahead has put off is brought back: no
    /// deadline is later than `latest`. From then on the store moves schedules along whenever the
    /// clock is set.
    /// Answers how many renders that are. Only a driver that is alone on the store may call it.
    async fn take_over(&self, now: Timestamp, latest: Timestamp) -> Result<u64, Fault>;

    /// Forgets feed rows and sign-in attempts older than `feed`, idempotency keys older than `keys`,
    /// former addresses left before `formers`, and counters that lapsed before `feed`; never what the
    /// books or the gallery need. A bounded number a call; answers how many.
    async fn prune(
        &self,
        feed: Timestamp,
        keys: Timestamp,
        formers: Timestamp,
    ) -> Result<u64, Fault>;

    /// Counts one act of `owner` under `rule`, as [`Rule::take`] says; callers at the same time
    /// are counted one by one. MUST be durable before it answers: a limit that guards mail or money is
    /// not forgotten at a restart. Counters whose window is over are forgotten by `prune`.
    async fn take(&self, rule: Rule, owner: Mac, now: Timestamp) -> Result<Quota, Fault>;

    /// What the store's clock says and whether the store believes it, told by whoever writes: an
    /// answer at all means that writes are done. With `note` it is also written down, for the next
    /// process.
    async fn clock(&self, note: bool) -> Result<Moment, Fault>;

    /// An operator says that the clock is right: every process on this store believes it from its
    /// next look at it on.
    async fn accept_clock(&self) -> Result<(), Fault>;
}

/// Work that was due.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Claimed {
    /// The renders, leased.
    pub renders: Vec<Render>,
    /// When the next unclaimed one comes due.
    pub next: Option<Timestamp>,
}

/// Deliveries that were due.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClaimedDeliveries {
    /// The deliveries, leased.
    pub deliveries: Vec<Delivery>,
    /// When the next unclaimed one comes due.
    pub next: Option<Timestamp>,
}

/// How to hand out work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dispatch {
    /// Now: what is due by then.
    pub due: Timestamp,
    /// End of the lease on the call.
    pub until: Timestamp,
    /// How many may be live at the provider.
    pub in_flight: u16,
    /// A render begun before this no longer counts: the provider has surely let go of it.
    pub live_since: Timestamp,
}

/// Wakes live views.
#[async_trait]
pub trait Feed: Send + Sync {
    /// The next account whose feed grew, by any process on the same store.
    async fn changed(&self) -> Result<AccountId, Fault>;
}
