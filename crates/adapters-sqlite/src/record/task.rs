//! Operator tasks as rows.

use rusqlite::params;
use safelight_domain::TaskWrite;

use super::RowWriter;
use crate::{
    error::Sql,
    rows::{id, micros},
};

impl RowWriter<'_> {
    pub(super) fn record_task(&self, write: &TaskWrite) -> Sql<()> {
        match write {
            TaskWrite::New(task) => self.one(
                "INSERT INTO task(id, kind, account_id, subject, says, created_at) \
                 VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    id(task.id.0),
                    task.kind.as_str(),
                    task.account_id.map(|account| id(account.0)),
                    task.subject,
                    task.says,
                    micros(task.created_at)
                ],
            ),
            TaskWrite::Done(task, at) => self.one(
                "UPDATE task SET done_at = ?2 WHERE id = ?1 AND done_at IS NULL",
                params![id(task.0), micros(*at)],
            ),
        }
    }
}
