//! The one place facts are recorded. Application code never holds a transaction.

use async_trait::async_trait;
use safelight_domain::{AccountId, Changes, Receipt, Refusal, Render, Timestamp};

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

    /// Moves up to `limit` pending renders that are due to `submitting`, round-robin over
    /// accounts, each with one more attempt and a lease until `until`. MUST be durable first.
    async fn dispatch(
        &self,
        due: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<Vec<Render>, Fault>;

    /// Leases up to `limit` other unfinished renders whose `next_at` has come, and pending ones
    /// past their deadline, until `until`. Two callers MUST NOT get the same one.
    async fn claim(
        &self,
        due: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<Vec<Render>, Fault>;
}

/// Wakes live views.
#[async_trait]
pub trait Feed: Send + Sync {
    /// The next account whose feed grew, by any process on the same store.
    async fn changed(&self) -> Result<AccountId, Fault>;
}
