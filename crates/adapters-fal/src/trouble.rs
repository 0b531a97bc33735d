//! What went wrong on the way, told without addresses, prompts or secrets.

use safelight_ports::Fault;

/// A failed call that says nothing about the request it was for. Several askers may share one.
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
            Self::passing("provider", trouble)
        } else {
            Self::lasting("provider", trouble)
        }
    }
}
