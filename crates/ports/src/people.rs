//! Everybody and everybody's keys, for the operator. Nothing here is scoped to an account: it is
//! asked for admins alone.

use async_trait::async_trait;
use safelight_domain::{
    Account, AccountId, AccountStatus, ApiKey, Credits, Email, KeyId, PaymentMode, Timestamp, User,
};

use crate::{Fault, Page, Paged};

/// Which of all people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standing {
    /// All of them.
    #[default]
    Everyone,
    /// Whose returned payment left something owing.
    InDebt,
    /// Who may do nothing until unblocked.
    Blocked,
    /// Whose deletion waits for its day.
    Leaving,
    /// Who may use the back office.
    Admins,
    /// Who has paid an order.
    Paying,
}

/// Which people, in which order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PeopleFilter {
    /// Part of their address, at least three characters, in any case.
    pub address: Option<String>,
    /// How they stand.
    pub standing: Standing,
    /// Who joined first comes first; otherwise who joined last.
    pub oldest_first: bool,
}

/// A person as the operator sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// What they own.
    pub account: Account,
    /// Who signs in.
    pub user: User,
    /// Spendable at the time that was asked for.
    pub credits: Credits,
    /// Whether they ever paid an order.
    pub paying: bool,
    /// When a browser of theirs was last used, to within five minutes.
    pub seen_at: Option<Timestamp>,
}

/// How many stand how. Somebody may count under several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "each field counts the standing it names")]
pub struct Crowd {
    pub everyone: u64,
    pub in_debt: u64,
    pub blocked: u64,
    pub leaving: u64,
    pub admins: u64,
    pub paying: u64,
}

/// What became of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// It works, if its account may act.
    Working,
    /// Somebody revoked it.
    Revoked,
    /// Its time is over.
    Expired,
}

/// Which keys.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyFilter {
    /// Part of the name or of the last four characters, at least three characters, in any case.
    pub words: Option<String>,
    /// What became of them; all when none.
    pub state: Option<KeyState>,
}

/// A key with whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedKey {
    /// The key.
    pub key: ApiKey,
    /// Its owner's address.
    pub owner: Email,
    /// What its account may do.
    pub status: AccountStatus,
}

/// Answers about everybody.
#[async_trait]
pub trait People: Send + Sync {
    /// People by when they joined. A cursor is good for the filter it came from.
    async fn people(
        &self,
        filter: &PeopleFilter,
        now: Timestamp,
        page: Page,
    ) -> Result<Paged<Profile>, Fault>;

    /// One of them.
    async fn person(&self, id: AccountId, now: Timestamp) -> Result<Option<Profile>, Fault>;

    /// Whose account or user id this is, or whose customer id at the payment provider.
    async fn person_named(&self, name: &str) -> Result<Option<AccountId>, Fault>;

    /// How many there are of each standing.
    async fn crowd(&self) -> Result<Crowd, Fault>;

    /// What an account is called at the payment provider, by whose money moves.
    async fn customers(&self, id: AccountId) -> Result<Vec<(PaymentMode, String)>, Fault>;

    /// Everybody's keys, newest first; which of them work is judged at `now`.
    async fn all_keys(
        &self,
        filter: &KeyFilter,
        now: Timestamp,
        page: Page,
    ) -> Result<Paged<OwnedKey>, Fault>;

    /// One of them.
    async fn owned_key(&self, id: KeyId) -> Result<Option<OwnedKey>, Fault>;
}
