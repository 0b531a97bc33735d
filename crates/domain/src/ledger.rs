//! The journal: a txn seals immutable entries, one a lot touched, in a gap-free chain per account.

use crate::{AccountId, ChargeId, Credits, LotId, OrderId, Timestamp};

/// What kind of event moved credits. The contra side is implied by the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TxnKind {
    /// Credits were given.
    Grant,
    /// A paid act was not delivered.
    Refund,
    /// A paid act was charged.
    Spend,
    /// A lot's remainder died.
    Expire,
    /// A returned payment took its credits back.
    Clawback,
    /// An admin took credits, with a reason.
    AdjustDown,
    /// A closing account gave up its rest.
    Forfeit,
    /// A returned payment took more than was left.
    Debt,
    /// A new pack paid a debt.
    Repay,
    /// A debt was forgiven.
    WriteOff,
}

impl TxnKind {
    /// All kinds, for tables and tests.
    pub const ALL: [Self; 10] = [
        Self::Grant,
        Self::Refund,
        Self::Spend,
        Self::Expire,
        Self::Clawback,
        Self::AdjustDown,
        Self::Forfeit,
        Self::Debt,
        Self::Repay,
        Self::WriteOff,
    ];

    /// The word used in SQL, JSON and the interface.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Refund => "refund",
            Self::Spend => "spend",
            Self::Expire => "expire",
            Self::Clawback => "clawback",
            Self::AdjustDown => "adjust_down",
            Self::Forfeit => "forfeit",
            Self::Debt => "debt",
            Self::Repay => "repay",
            Self::WriteOff => "write_off",
        }
    }

    /// What it does to the debt: +1, -1 or 0.
    pub fn debt_sign(self) -> i8 {
        match self {
            Self::Debt => 1,
            Self::Repay | Self::WriteOff => -1,
            _ => 0,
        }
    }

    /// What it does to the balance: +1, -1, or 0 when only the debt moves.
    pub fn sign(self) -> i8 {
        match self {
            Self::Grant | Self::Refund => 1,
            Self::Debt | Self::WriteOff => 0,
            _ => -1,
        }
    }
}

/// Who caused an event: `user:<id>`, `key:<id>`, `admin:<id>`, `cli`, `system`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor(pub String);

impl Actor {
    /// The studio itself: sweeps, refunds, expiries.
    pub fn system() -> Self {
        Self("system".into())
    }

    /// A caller with an API key.
    pub fn key(id: crate::KeyId) -> Self {
        Self(format!("key:{id}"))
    }

    /// A signed-in person.
    pub fn user(id: crate::UserId) -> Self {
        Self(format!("user:{id}"))
    }

    /// The key that acts, when one does.
    pub fn key_id(&self) -> Option<crate::KeyId> {
        self.0.strip_prefix("key:")?.parse().ok()
    }

    /// A signed-in admin who reads a prompt, or has a generation or a webhook event acted on again.
    /// What an admin does to a person, their credits or their keys is recorded as [`Actor::user`].
    pub fn admin(id: crate::UserId) -> Self {
        Self(format!("admin:{id}"))
    }

    /// Somebody who is not signed in.
    pub fn visitor() -> Self {
        Self("visitor".into())
    }

    /// The operator at the command line.
    pub fn cli() -> Self {
        Self("cli".into())
    }
}

/// What one event did to one lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The lot touched.
    pub lot: LotId,
    /// The change in credits; never zero.
    pub delta: i64,
    /// What the lot held afterwards.
    pub lot_after: Credits,
}

/// One event of the journal. Written once, never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Txn {
    /// Whose journal.
    pub account_id: AccountId,
    /// Its place: the account's previous number plus one.
    pub seq: u32,
    /// What happened.
    pub kind: TxnKind,
    /// How much, at least one credit.
    pub amount: Credits,
    /// The account's balance afterwards.
    pub balance_after: Credits,
    /// The account's debt afterwards.
    pub debt_after: Credits,
    /// The charge it pays or returns; exactly for spends and refunds.
    pub charge: Option<ChargeId>,
    /// The fact it happens for, once per account; exactly for everything else.
    pub key: Option<String>,
    /// The order whose money went back or came again, when it happens for that.
    pub order: Option<OrderId>,
    /// Who.
    pub actor: Actor,
    /// A person's words.
    pub reason: Option<String>,
    /// When; never before the previous txn of the account.
    pub at: Timestamp,
    /// The time it was decided by, which is earlier than `at` when the account's previous txn was
    /// made by a clock that was ahead. What lives and which month it is are judged by this.
    pub decided_at: Timestamp,
    /// The lots moved; their deltas sum to the signed amount.
    pub entries: Vec<Entry>,
}

/// A journal line as it is read back for statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its place in the account's journal.
    pub seq: u32,
    /// What happened.
    pub kind: TxnKind,
    /// How much, unsigned; [`TxnKind::sign`] tells the direction.
    pub amount: Credits,
    /// The balance afterwards.
    pub balance_after: Credits,
    /// What was paid for, such as `image`; for spends and refunds.
    pub action: Option<String>,
    /// The charge, for spends and refunds.
    pub charge: Option<ChargeId>,
    /// The render that charge paid for, if it was a picture.
    pub render: Option<crate::RenderId>,
    /// The generation of that render.
    pub generation: Option<crate::GenerationId>,
    /// A person's words.
    pub reason: Option<String>,
    /// The fact granted for, such as `bonus:signup`.
    pub key: Option<String>,
    /// When.
    pub at: Timestamp,
}
