//! Sign-in attempts. They belong to nobody: an address that asks may have no account.

use crate::{Begin, Challenge, ChallengeId, Mac, Needs, Purpose, Timestamp};

/// A change to a sign-in attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named as in the rows they become")]
pub enum AttemptChange {
    /// Starts an attempt; an earlier one of the same browser and purpose ends. Refused when too
    /// many wait for the address.
    Begin(Box<Begin>),
    /// Answers an attempt; the verdict is in the receipt, a wrong answer is counted.
    Answer { challenge: ChallengeId, purpose: Purpose, proof: Mac, browser: Mac },
}

/// A row of a sign-in attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the row it names; the rules live in decide")]
#[expect(clippy::large_enum_variant, reason = "few are made, and each lives for one commit")]
pub enum AttemptWrite {
    New(Challenge),
    /// Those of this browser and purpose go.
    Replaced {
        browser: Mac,
        purpose: Purpose,
    },
    Tried(ChallengeId),
    Consumed(ChallengeId, Timestamp),
}

impl AttemptChange {
    pub(crate) fn needs(&self, needs: &mut Needs) {
        match self {
            Self::Begin(begin) => {
                needs.waiting = Some(begin.challenge.email.canonical().to_owned());
            }
            Self::Answer { challenge, .. } => needs.challenges.push(*challenge),
        }
    }
}
