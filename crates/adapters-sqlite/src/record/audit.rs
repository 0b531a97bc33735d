//! Rows of the audit log.

use rusqlite::params;
use safelight_domain::{AuditWrite, Deed};

use super::RowWriter;
use crate::{
    error::Sql,
    rows::{id, micros},
};

impl RowWriter<'_> {
    pub(super) fn record_audit(&self, write: &AuditWrite) -> Sql<()> {
        match write {
            AuditWrite::Event(deed) => self.deed(deed),
        }
    }

    fn deed(&self, deed: &Deed) -> Sql<()> {
        self.one(
            "INSERT INTO deed(account_id, name, actor, subject, before, after, reason, \
             request_id, at) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                deed.account_id.map(|account| id(account.0)),
                deed.name.as_str(),
                deed.by.actor.0,
                deed.subject.map(id),
                deed.before,
                deed.after,
                deed.by.reason,
                deed.by.request,
                micros(deed.at)
            ],
        )
    }
}
