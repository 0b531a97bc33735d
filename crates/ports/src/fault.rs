//! A dependency failed: ours to mend, 5xx at the edge, logged once with its cause chain.

/// What failed, whether trying again may help, and why.
#[derive(Debug, thiserror::Error)]
#[error("{dependency} failed")]
pub struct Fault {
    /// The dependency by its role: `store`, `storage`, `provider`.
    pub dependency: &'static str,
    /// Whether the same call may succeed later.
    pub retryable: bool,
    /// The cause; never holds secrets, prompts or addresses.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

impl Fault {
    /// A fault that may pass.
    pub fn passing(
        dependency: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self { dependency, retryable: true, source: source.into() }
    }

    /// A fault that needs a person.
    pub fn lasting(
        dependency: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self { dependency, retryable: false, source: source.into() }
    }
}

/// An error with its causes, in one line: what a log says once, at the edge.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text.push_str(": ");
        text.push_str(&next.to_string());
        cause = next.source();
    }
    text
}
