//! Rows of the audit log: who did what that matters to security.

use super::decision::Decision;
use crate::{AccountId, AuditChange, AuditWrite, By, Deed, DeedName, Timestamp, Uuid, Write};

impl Decision<'_> {
    pub(super) fn decide_audit(&mut self, change: AuditChange) {
        match change {
            AuditChange::Record { name, subject, says } => self.deed(name, subject, (None, says)),
        }
    }

    /// Adds to the trail.
    pub(super) fn deed(
        &mut self,
        name: DeedName,
        subject: Option<Uuid>,
        (before, after): (Option<String>, Option<String>),
    ) {
        let by = self.by.clone();
        self.deed_by(by, name, subject, (before, after));
    }

    pub(super) fn deed_by(
        &mut self,
        by: By,
        name: DeedName,
        subject: Option<Uuid>,
        (before, after): (Option<String>, Option<String>),
    ) {
        let account_id = Some(self.till.account.id);
        let deed = Deed { account_id, name, by, subject, before, after, at: self.at };
        self.write(AuditWrite::Event(deed));
    }
}

/// A row of no account's. Before it there was nothing.
pub(super) fn decide_unowned(change: AuditChange, by: By, at: Timestamp) -> Write {
    match change {
        AuditChange::Record { name, subject, says } => unowned(None, name, by, subject, says, at),
    }
}

/// A row beside which no account's rows change.
pub(super) fn unowned(
    account_id: Option<AccountId>,
    name: DeedName,
    by: By,
    subject: Option<Uuid>,
    after: Option<String>,
    at: Timestamp,
) -> Write {
    let deed = Deed { account_id, name, by, subject, before: None, after, at };
    Write::Audit(AuditWrite::Event(deed))
}
