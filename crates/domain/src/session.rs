//! Sessions: a signed-in browser, known by the digest of its cookie.

use crate::{AccountId, SessionId, SignedDuration, Timestamp, UserId, is_within};

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
    /// When its person last proved with a code that they read the mail.
    pub proved_at: Timestamp,
    /// When it was ended.
    pub ended_at: Option<Timestamp>,
}

impl Session {
    /// Unused for this long, it is over.
    pub const IDLE: SignedDuration = SignedDuration::from_hours(14 * 24);
    /// This old, it is over (NIST SP 800-63B AAL1: 30 days).
    pub const LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);

    /// So long after a code its person may do what cannot be undone.
    pub const RECENT: SignedDuration = SignedDuration::from_mins(10);

    /// So long after a code an admin finds the back office open.
    pub const OFFICE: SignedDuration = SignedDuration::from_hours(8);

    /// Whether its person proved themselves just now.
    pub fn is_recent(&self, now: Timestamp) -> bool {
        is_within(Self::RECENT, self.proved_at, now)
    }

    /// Whether the back office is open to its person, if they are an admin.
    pub fn opens_office(&self, now: Timestamp) -> bool {
        is_within(Self::OFFICE, self.proved_at, now)
    }

    /// Whether it still counts at `now`.
    pub fn works(&self, now: Timestamp) -> bool {
        self.ended_at.is_none()
            && now.duration_since(self.seen_at) < Self::IDLE
            && now.duration_since(self.created_at) < Self::LIFETIME
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AccountId, Uuid};

    #[test]
    fn edges() {
        let at = |micros| Timestamp::from_microsecond(micros).unwrap();
        let micros = |span: SignedDuration| i64::try_from(span.as_micros()).unwrap();
        let (idle, life, recent) =
            (micros(Session::IDLE), micros(Session::LIFETIME), micros(Session::RECENT));
        let session = |seen| Session {
            id: SessionId(Uuid::nil()),
            hash: [0; 32],
            account_id: AccountId(Uuid::nil()),
            user_id: UserId(Uuid::nil()),
            device: String::new(),
            created_at: at(0),
            seen_at: at(seen),
            proved_at: at(0),
            ended_at: None,
        };
        for (seen, now, works) in [
            (0, 0, true),
            (0, idle - 1, true),
            (0, idle, false),
            (life - idle, life - 1, true),
            (life - 1, life - 1, true),
            (life - 1, life, false),
        ] {
            assert_eq!(session(seen).works(at(now)), works, "seen {seen}, now {now}");
        }
        assert!(!Session { ended_at: Some(at(1)), ..session(0) }.works(at(1)));
        assert!(session(0).is_recent(at(recent - 1)) && !session(0).is_recent(at(recent)));
    }
}
