//! The audit log.

use crate::{Deed, DeedName, Needs, Uuid};

/// A change to the audit log alone.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named as in the rows they become")]
pub enum AuditChange {
    /// Somebody did or read what changes no other row.
    Record { name: DeedName, subject: Option<Uuid>, says: Option<String> },
}

/// A row of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the row it names; the rules live in decide")]
pub enum AuditWrite {
    Event(Deed),
}

impl AuditChange {
    pub(crate) fn needs(&self, _: &mut Needs) {
        match self {
            Self::Record { .. } => {}
        }
    }
}
