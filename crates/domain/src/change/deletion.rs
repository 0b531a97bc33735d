//! Accounts that are deleted.

use crate::{GenerationId, Needs, RenderId, SignedDuration, Timestamp};

/// A step of deleting an account.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named as in the rows they become")]
pub enum DeletionChange {
    /// The account is to be deleted after `grace`.
    Request { grace: SignedDuration },
    /// The grace is over: from now on the deletion cannot be cancelled.
    Begin,
    /// Erases a generation: words, pictures, and soon their objects.
    EraseGeneration { generation: GenerationId, renders: Vec<RenderId> },
    /// Everything is erased: gives up the rest of the credits and closes the account.
    Finish,
}

/// A row of a deletion.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the row it names; the rules live in decide")]
pub enum DeletionWrite {
    ClosesAt(Option<Timestamp>),
    Closing,
    /// Its words are replaced and its pictures go.
    GenerationErased(GenerationId, Timestamp),
    /// Keys' names, sessions, folders, addresses and sign-ins of the account go.
    Erased(Timestamp),
}

impl DeletionChange {
    pub(crate) fn needs(&self, needs: &mut Needs) {
        match self {
            Self::Request { .. } | Self::Begin => {}
            Self::EraseGeneration { renders, .. } => needs.renders.extend(renders),
            Self::Finish => needs.lots = true,
        }
    }
}
