//! Accounts own credits and pictures; users sign in. One user, one personal account, for now.

use crate::{AccountId, Credits, Email, Timestamp, UserId};

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountStatus {
    /// Everything.
    Open,
    /// Nothing, until unblocked. Work in flight still ends and settles.
    Frozen,
    /// Nothing, ever. Its books are kept.
    Closed,
}

impl AccountStatus {
    /// The word used in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Frozen => "frozen",
            Self::Closed => "closed",
        }
    }
}

/// The owner of lots, charges and pictures, with the caches its txns maintain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// What it may do.
    pub status: AccountStatus,
    /// Sum of its lots' remainders, expired ones not yet swept included: never for display.
    pub balance: Credits,
    /// What a returned payment left owing. A positive column, never a negative balance.
    pub debt: Credits,
    /// Number of its last txn; 0 before the first. Gap-free.
    pub seq: u32,
    /// Time of its last txn: the account's clock never runs backwards.
    pub last_at: Timestamp,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When its owner's deletion comes true; a sign-in before takes it back.
    pub closes_at: Option<Timestamp>,
    /// Its deletion has begun: there is no way back.
    pub closing: bool,
}

impl Account {
    /// Whether anything may be done with it: not blocked, not closed, not about to be deleted.
    pub fn may_act(&self) -> bool {
        self.status == AccountStatus::Open && self.closes_at.is_none() && !self.closing
    }

    /// An account just opened, with nothing in it.
    pub fn opened(id: AccountId, now: Timestamp) -> Self {
        Self {
            id,
            status: AccountStatus::Open,
            balance: Credits::ZERO,
            debt: Credits::ZERO,
            seq: 0,
            last_at: now,
            created_at: now,
            closes_at: None,
            closing: false,
        }
    }
}

/// What a user may do beyond their own account. Granted by the command line only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Their own account.
    Member,
    /// The back office.
    Admin,
}

impl Role {
    /// The word used in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Admin => "admin",
        }
    }
}

/// A person who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// Their personal account.
    pub account_id: AccountId,
    /// Where codes and notices go.
    pub email: Email,
    /// What they may do.
    pub role: Role,
    /// When they first signed in.
    pub created_at: Timestamp,
}
