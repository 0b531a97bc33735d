//! Why a use case did not do it.

use safelight_domain::{Invalid, Refusal};
use safelight_ports::{CommitError, Fault};

/// A refusal is the caller's to act on (4xx); a fault is ours to mend (5xx).
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rule says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A dependency failed; nothing was recorded.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Self::Refused(invalid.into())
    }
}

impl From<CommitError> for Error {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Refused(refusal) => Self::Refused(refusal),
            CommitError::Fault(fault) => Self::Fault(fault),
        }
    }
}
