//! Operator tasks a decision must see.

use rusqlite::Connection;
use safelight_domain::{Books, TaskId, TaskKind};

use crate::{
    error::Sql,
    lookup::one,
    rows::{self, id},
};

/// Tasks by kind and subject, and tasks by their id.
pub fn tasks(
    db: &Connection,
    subjects: &[(TaskKind, String)],
    tasks: &[TaskId],
    books: &mut Books,
) -> Sql<()> {
    for (kind, subject) in subjects {
        let sql = "SELECT * FROM task WHERE kind = ?1 AND subject = ?2";
        books.tasks.extend(one(db, sql, [kind.as_str(), subject], rows::task)?);
    }
    for task in tasks {
        books.tasks.extend(one(db, "SELECT * FROM task WHERE id = ?1", [id(task.0)], rows::task)?);
    }
    Ok(())
}
