//! Every "no" a caller can act on. A closed list: each becomes one 4xx problem with a stable slug.

use crate::{Credits, PaymentRefused, Timestamp};

/// A value that cannot be used, with the field at fault and the mend.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {says}")]
pub struct Invalid {
    /// The field as the form and the JSON body name it.
    pub field: &'static str,
    /// The fault and the mend, one sentence for a person.
    pub says: String,
}

impl Invalid {
    /// A fault in `field`, told by `says`.
    pub fn new(field: &'static str, says: impl Into<String>) -> Self {
        Self { field, says: says.into() }
    }
}

/// Why the studio will not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The input cannot be used as it is.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The account has too few credits that are alive now.
    #[error("this costs {price} and the balance is {balance}; add credits or ask for less")]
    Overdrawn {
        /// What was asked for, in credits.
        price: Credits,
        /// What is spendable now, in credits.
        balance: Credits,
    },
    /// A returned payment left a debt; it is repaid by the next pack.
    #[error("the account owes {debt} after a returned payment; a top-up clears it")]
    Indebted {
        /// What is owed, in credits.
        debt: Credits,
    },
    /// The key has spent what it may in this calendar month.
    #[error(
        "this key may spend {cap} a month and has spent {spent}; its next month begins at {resets}"
    )]
    Capped {
        /// The most it may spend in a month.
        cap: Credits,
        /// What it has spent in this one.
        spent: Credits,
        /// When its next month begins.
        resets: Timestamp,
    },
    /// The key was revoked or has expired while the request was under way.
    #[error("this key no longer works; make a new one")]
    KeyGone,
    /// As many codes wait for an address as may.
    #[error("too many codes were asked for; look at your mail, or wait ten minutes")]
    CodesWaiting,
    /// As many pictures are in the making as the account may have.
    #[error(
        "{unfinished} pictures are in the making, and {at_most} may be; wait until some are done"
    )]
    TooMany {
        /// How many there are.
        unfinished: u32,
        /// How many there may be.
        at_most: u32,
    },
    /// The account may not act.
    #[error("this account is blocked; write to the operator")]
    Blocked,
    /// What the change rests on has moved on: the other finisher won.
    #[error("this has already moved on; look again")]
    Stale,
    /// No such thing, or not yours: the two are not told apart.
    #[error("there is no such thing here")]
    NotFound,
    /// The idempotency key was used for another request.
    #[error("this Idempotency-Key was used with another body; use a new key for a new request")]
    KeyReused,
    /// A unique name or address is taken.
    #[error("{what} is already taken; choose another")]
    Taken {
        /// What is taken, as a person would say it.
        what: &'static str,
    },
    /// The address belonged to an account until just now, and can be taken back.
    #[error(
        "the account of this address moved to another one within three days; sign in with that, or take it back by the link that was mailed here"
    )]
    AddressLeft,
    /// The payment provider will not sell this now.
    #[error(transparent)]
    PaymentRefused(#[from] PaymentRefused),
    /// The act cannot be taken back or cancelled any more.
    #[error("it is too late to cancel: the picture has ended")]
    TooLate,
}
