//! Operator tasks: what the studio found and only a person can settle, such as money that was paid
//! for credits that cannot be given.
//!
//! Invariant: a task is made once per kind and subject, however often the studio meets its cause.

use crate::{AccountId, TaskId, Timestamp};

/// What a task is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaskKind {
    /// An order was paid, and its credits cannot be given. The subject is the provider's payment,
    /// or its purchase when nothing was to pay.
    PaidNotDelivered,
    /// An order was paid a second time, by another purchase. The subject is as above.
    PaidTwice,
}

impl TaskKind {
    /// All kinds, for tables and tests.
    pub const ALL: [Self; 2] = [Self::PaidNotDelivered, Self::PaidTwice];

    /// The word used in SQL, JSON and on pages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PaidNotDelivered => "paid_not_delivered",
            Self::PaidTwice => "paid_twice",
        }
    }
}

/// One task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// What it is about.
    pub kind: TaskKind,
    /// Whose account it concerns, if anybody's.
    pub account_id: Option<AccountId>,
    /// The object it is about, such as the provider's id of a payment.
    pub subject: String,
    /// What happened and what to do, for the operator.
    pub says: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When somebody marked it as done.
    pub done_at: Option<Timestamp>,
}
