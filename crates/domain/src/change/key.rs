//! API keys.

use crate::{ApiKey, Credits, KeyId, Month, Needs, Timestamp};

/// A change to an API key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "few are made, and each lives for one commit")]
pub enum KeyChange {
    /// Makes an API key.
    Create(ApiKey),
    /// Revokes an API key, at once.
    Revoke(KeyId),
    /// Notes that a key was used.
    Touch(KeyId),
}

/// A row of an API key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the row it names; the rules live in decide")]
pub enum KeyWrite {
    New(ApiKey),
    Revoked(KeyId, Timestamp),
    /// All that were made at `since` or later.
    RevokedSince {
        since: Timestamp,
        at: Timestamp,
    },
    Touched(KeyId, Timestamp),
    /// Adds to what a key spent in a month.
    Spent {
        key: KeyId,
        month: Month,
        amount: Credits,
    },
    /// Takes off what came back.
    Refunded {
        key: KeyId,
        month: Month,
        amount: Credits,
    },
}

impl KeyChange {
    pub(crate) fn needs(&self, needs: &mut Needs) {
        match self {
            Self::Create(_) => {}
            Self::Revoke(id) | Self::Touch(id) => needs.keys.push(*id),
        }
    }
}
