//! Live events: what changed, never what it is now. The truth is read when the event is sent.

use crate::{AccountId, Timestamp, Uuid};

/// What kind of thing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventName {
    /// A render moved; the subject is its id.
    RenderChanged,
    /// Credits moved; the subject is the account.
    BalanceChanged,
}

impl EventName {
    /// The word used in SQL and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RenderChanged => "render.changed",
            Self::BalanceChanged => "balance.changed",
        }
    }
}

/// One row of an account's feed; `seq` grows within the account and is the `Last-Event-ID`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Whose.
    pub account_id: AccountId,
    /// Its place in the account's feed.
    pub seq: u64,
    /// What kind of thing.
    pub name: EventName,
    /// Which one.
    pub subject: Uuid,
    /// When.
    pub at: Timestamp,
}
