//! A charge is one paid unit: a picture, an API call, an export. Spent once, refunded at most once.

use crate::{AccountId, ActionName, ChargeId, Credits, KeyId, LotId, Month};

/// Where a charge stands. `Open` moves to one of the others, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChargeState {
    /// Paid, not yet delivered.
    Open,
    /// Delivered.
    Kept,
    /// Not delivered; everything went back.
    Refunded,
}

impl ChargeState {
    /// The word used everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Kept => "kept",
            Self::Refunded => "refunded",
        }
    }
}

/// One paid unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// Its id.
    pub id: ChargeId,
    /// Who paid.
    pub account_id: AccountId,
    /// What for.
    pub action: ActionName,
    /// How much; may be zero.
    pub price: Credits,
    /// Where it stands.
    pub state: ChargeState,
}

/// A charge together with what each lot paid for it, in burn order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paid {
    /// The charge.
    pub charge: Charge,
    /// Which lots paid, and how much each.
    pub by: Vec<(LotId, Credits)>,
    /// Which key spent it, in which month; none when no key did.
    pub key: Option<(KeyId, Month)>,
}
