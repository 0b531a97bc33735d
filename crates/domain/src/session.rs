//! Sessions: a signed-in browser, known by the digest of its cookie.

use crate::{AccountId, SessionId, SignedDuration, Timestamp, UserId};

/// SHA-256 of the cookie's 256-bit token.
pub type SessionHash = [u8; 32];

/// A signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id, for the list of devices; not the secret.
    pub id: SessionId,
    /// Digest of its cookie.
    pub hash: SessionHash,
    /// The account it acts for.
    pub account_id: AccountId,
    /// Who signed in.
    pub user_id: UserId,
    /// What the browser calls itself, shortened, for the list of devices.
    pub device: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to within five minutes.
    pub seen_at: Timestamp,
    /// When it was ended.
    pub ended_at: Option<Timestamp>,
}

impl Session {
    /// Unused for this long, it is over.
    pub const IDLE: SignedDuration = SignedDuration::from_hours(14 * 24);
    /// This old, it is over (NIST SP 800-63B AAL1: 30 days).
    pub const LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);

    /// Whether it still counts at `now`.
    pub fn works(&self, now: Timestamp) -> bool {
        self.ended_at.is_none()
            && now.duration_since(self.seen_at) < Self::IDLE
            && now.duration_since(self.created_at) < Self::LIFETIME
    }
}
