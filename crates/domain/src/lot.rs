//! Lots: parcels of credits, each with its own kind, burn priority and expiry.

use crate::{AccountId, Credits, Invalid, LotId, OrderId, Timestamp, Uuid};

/// "Never expires": year 9999, so that ordering by expiry needs no special case.
pub const NEVER: Timestamp = Timestamp::constant(253_402_128_000, 0);

/// How long a refund stays usable when the lot that paid has died meanwhile. We failed, so the
/// person keeps a chance to spend it; it is not a way to make credits live for ever.
pub const GRACE_DAYS: i64 = 7;

/// Where a lot came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LotKind {
    /// A plan's allowance for one period.
    Period,
    /// What was carried from an earlier period.
    Rollover,
    /// A top-up pack that was paid for.
    Pack,
    /// A gift: sign-up bonus, campaign.
    Promo,
    /// Given by an admin, with a reason.
    Admin,
    /// A refund whose own lot had died.
    Refund,
}

impl LotKind {
    /// Burn order: what dies first and what was free goes first, money paid goes last.
    pub fn priority(self) -> u8 {
        match self {
            Self::Refund => 5,
            Self::Rollover => 10,
            Self::Period => 20,
            Self::Promo => 30,
            Self::Admin => 40,
            Self::Pack => 50,
        }
    }
}

/// The business fact a lot was granted for, such as `pack:cs_123`: 1 to 300 visible ASCII characters.
/// One lot per fact, ever.
///
/// What stands before the colon is a namespace. Those of [`SourceRef::RESERVED`] are the rules' own:
/// a grant of a caller's that used one would stand in the way of the pack, refund or expiry to come.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SourceRef(pub(crate) String);

impl SourceRef {
    /// Namespaces of the ledger itself, refused in grants by [`Changes::decide`](crate::Changes).
    pub const RESERVED: [&str; 10] = [
        "pack:",
        "again:",
        "refund:",
        "expire:",
        "forfeit:",
        "clawback:",
        "debt:",
        "forgiven:",
        "repay:",
        Self::ADJUST,
    ];
    /// The namespace of what an admin takes: the only one [`LedgerChange::Take`](crate::LedgerChange) may use.
    pub const ADJUST: &str = "adjust:";

    /// Reads a source.
    pub fn parse(text: impl Into<String>) -> Result<Self, Invalid> {
        let text = text.into();
        if (1..=300).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(Self(text));
        }
        Err(Invalid::new("source", "a source is 1 to 300 visible ASCII characters"))
    }

    /// What an admin gives, once for this id.
    pub fn admin(id: Uuid) -> Self {
        Self(format!("admin:{id}"))
    }

    /// What an account begins with.
    pub fn signup_bonus() -> Self {
        Self("bonus:signup".to_owned())
    }

    /// A source read back from the books, as it was written.
    pub fn recorded(text: String) -> Self {
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the ledger keeps this namespace for itself.
    pub fn is_reserved(&self) -> bool {
        Self::RESERVED.iter().any(|own| self.0.starts_with(own))
    }
}

/// A parcel of credits. Its terms never change; only `remaining` moves, and only by entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lot {
    /// Its id; ids sort by birth, so they are the last word of the burn order.
    pub id: LotId,
    /// Whose it is.
    pub account_id: AccountId,
    /// Where it came from.
    pub kind: LotKind,
    /// Lower burns first.
    pub priority: u8,
    /// What it was born to hold.
    pub granted: Credits,
    /// What is left.
    pub remaining: Credits,
    /// When the rest dies; [`NEVER`] for packs by default.
    pub expires_at: Timestamp,
    /// The fact it was granted for.
    pub source: SourceRef,
    /// The order it was paid with; exactly for packs.
    pub order: Option<OrderId>,
}

impl Lot {
    /// Whether its credits can still be spent at `now`.
    pub fn alive(&self, now: Timestamp) -> bool {
        self.expires_at > now
    }

    /// The burn order: priority, earliest expiry, oldest.
    pub fn burn_order(&self) -> (u8, Timestamp, LotId) {
        (self.priority, self.expires_at, self.id)
    }
}

/// Credits to give, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The lot's id, made by the application.
    pub lot: LotId,
    /// Where they come from.
    pub kind: LotKind,
    /// How many, at least one.
    pub amount: Credits,
    /// When the rest of them dies.
    pub expires_at: Timestamp,
    /// The fact they are given for: the same fact again changes nothing.
    pub source: SourceRef,
    /// A person's words, required from admins.
    pub reason: Option<String>,
}
