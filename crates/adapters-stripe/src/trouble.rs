//! What went wrong on the way, told without addresses or secrets.

use safelight_ports::{Fault, PaymentError};

/// A failed call that says nothing about what it asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{said}")]
pub(crate) struct Trouble {
    said: String,
    passing: bool,
}

impl Trouble {
    /// It may be better next time.
    pub fn passing(said: impl Into<String>) -> Self {
        Self { said: said.into(), passing: true }
    }

    /// A person has to mend it.
    pub fn lasting(said: impl Into<String>) -> Self {
        Self { said: said.into(), passing: false }
    }
}

impl From<Trouble> for Fault {
    fn from(trouble: Trouble) -> Self {
        if trouble.passing {
            Self::passing("payments", trouble)
        } else {
            Self::lasting("payments", trouble)
        }
    }
}

impl From<Trouble> for PaymentError {
    fn from(trouble: Trouble) -> Self {
        Self::Fault(trouble.into())
    }
}
