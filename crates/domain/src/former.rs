//! An address an account had before. Whoever reads its mail can take the account back for a while,
//! and nobody opens another one with it meanwhile.

use crate::{AccountId, Email, Mac, SignedDuration, Timestamp};

/// An address that was left, with the digest of the token that undoes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Former {
    /// Whose it was.
    pub account_id: AccountId,
    /// The address.
    pub email: Email,
    /// Digest of the undo link's token.
    pub token: Mac,
    /// When it was left.
    pub left_at: Timestamp,
}

impl Former {
    /// How long it can be taken back.
    pub const WINDOW: SignedDuration = SignedDuration::from_hours(72);

    /// Whether it still can be taken back at `now`.
    pub fn works(&self, now: Timestamp) -> bool {
        now.duration_since(self.left_at) < Self::WINDOW
    }
}
