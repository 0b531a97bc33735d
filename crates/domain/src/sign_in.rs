//! Passwordless sign-in: a mailed code and link, bound to the browser that asked.
//!
//! Invariant: a challenge is answered at most once, within ten minutes, in at most five tries,
//! from the browser it was made for (OWASP ASVS 5.0: 6.5.1, 6.5.5, 6.6.2, 6.6.3).

use crate::{ChallengeId, Email, SignedDuration, Timestamp, is_within};

/// A keyed or plain SHA-256 digest. Comparison of secrets is by digest, so timing tells nothing
/// about the secret itself.
pub type Mac = [u8; 32];

/// What a right answer to a challenge is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Signing in, and opening an account for a new address.
    SignIn,
    /// Proving that the person at a signed-in browser still reads the account's mail.
    Confirm,
    /// Proving that the person at a signed-in browser reads the mail of a new address.
    Address,
}

impl Purpose {
    /// All purposes.
    pub const ALL: [Self; 3] = [Self::SignIn, Self::Confirm, Self::Address];

    /// The word used in SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Confirm => "confirm",
            Self::Address => "address",
        }
    }
}

/// A sign-in attempt waiting for its code. Holds digests only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Its id.
    pub id: ChallengeId,
    /// Who wants in.
    pub email: Email,
    /// Digest of the code, keyed and bound to the id.
    pub code: Mac,
    /// Digest of the link's token.
    pub link: Mac,
    /// Digest of the browser's own cookie; none when the operator made the link, which then
    /// works in any browser.
    pub browser: Option<Mac>,
    /// What it is good for; an answer for anything else is a dead one.
    pub purpose: Purpose,
    /// A path of ours to go to afterwards.
    pub return_to: String,
    /// Wrong answers so far.
    pub attempts: u8,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was answered.
    pub consumed_at: Option<Timestamp>,
}

/// What an answer to a challenge came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Right: sign in.
    Right,
    /// Wrong code; so many tries are left.
    Wrong(u8),
    /// Too late, too often, used, replaced, or from another browser.
    Dead,
}

impl Challenge {
    /// How long it can be answered.
    pub const LIFETIME: SignedDuration = SignedDuration::from_mins(10);
    /// How many wrong answers burn it.
    pub const TRIES: u8 = 5;

    /// Judges an answer. `proof` is the digest of a code or of a link's token.
    pub fn answer(&self, purpose: Purpose, proof: Mac, browser: Mac, now: Timestamp) -> Verdict {
        let instant = SignedDuration::from_nanos(1);
        let expired = !is_within(Self::LIFETIME + instant, self.created_at, now);
        let dead = self.consumed_at.is_some() || expired || self.attempts >= Self::TRIES;
        if dead || self.purpose != purpose || self.browser.is_some_and(|mine| mine != browser) {
            Verdict::Dead
        } else if proof == self.code || proof == self.link {
            Verdict::Right
        } else {
            Verdict::Wrong(Self::TRIES - self.attempts - 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Uuid;

    #[test]
    fn answers() {
        let at = |millis| Timestamp::from_millisecond(millis).unwrap();
        let (code, link, browser, other) = ([1; 32], [2; 32], [3; 32], [9; 32]);
        let fresh = Challenge {
            id: ChallengeId(Uuid::nil()),
            email: Email::parse("ada@example.com").unwrap(),
            code,
            link,
            browser: Some(browser),
            purpose: Purpose::SignIn,
            return_to: "/studio".into(),
            attempts: 0,
            created_at: at(0),
            consumed_at: None,
        };
        let tried = Challenge { attempts: 4, ..fresh.clone() };
        let burnt = Challenge { attempts: 5, ..fresh.clone() };
        let anywhere = Challenge { browser: None, ..fresh.clone() };
        let used = Challenge { consumed_at: Some(at(1)), ..fresh.clone() };
        for (challenge, proof, browser, now, verdict) in [
            (&fresh, code, browser, 600_000, Verdict::Right),
            (&fresh, link, browser, 0, Verdict::Right),
            (&fresh, code, browser, 600_001, Verdict::Dead),
            (&fresh, code, other, 0, Verdict::Dead),
            (&anywhere, link, other, 0, Verdict::Right),
            (&fresh, other, browser, 0, Verdict::Wrong(4)),
            (&tried, other, browser, 0, Verdict::Wrong(0)),
            (&tried, code, browser, 0, Verdict::Right),
            (&burnt, code, browser, 0, Verdict::Dead),
            (&used, code, browser, 2, Verdict::Dead),
        ] {
            assert_eq!(challenge.answer(Purpose::SignIn, proof, browser, at(now)), verdict);
        }
        for other in [Purpose::Confirm, Purpose::Address] {
            assert_eq!(fresh.answer(other, code, browser, at(0)), Verdict::Dead);
        }
    }
}
