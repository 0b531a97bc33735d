//! The doctor, as a page asks for it: whoever puts the site together brings one.

use futures_util::future::BoxFuture;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// As it should be.
    Ok,
    /// A fact to know; nothing to do.
    Info,
    /// It runs, but not as its operator will want.
    Warn,
    /// It does not run.
    Fail,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Its stable name: a section of docs/doctor.md.
    pub id: String,
    /// How it came out.
    pub level: Level,
    /// The fault and its mend; never a secret.
    pub says: String,
}

/// Looks over the whole installation. May take seconds and ask others; spends nothing.
pub trait Checkup: Send + Sync {
    /// Every check, in order.
    fn look(&self) -> BoxFuture<'_, Vec<Check>>;
}
