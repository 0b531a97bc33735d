//! Settings that cannot be used.

/// A setting that cannot be used, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} {says}")]
pub struct SettingError {
    /// The setting.
    pub name: &'static str,
    /// What is wrong with it; never holds a secret.
    pub says: String,
}

impl SettingError {
    /// The setting `name` is wrong in this way.
    pub fn new(name: &'static str, says: impl Into<String>) -> Self {
        Self { name, says: says.into() }
    }
}
