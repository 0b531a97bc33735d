//! Operator tasks.

use rusqlite::{Connection, params};
use safelight_domain::{Task, TaskId};
use safelight_ports::{Page, Paged, Tasks};

use super::{all, limit, one, paged};
use crate::{
    error::Sql,
    rows::{self, id},
};

pub const TO_DO: &str =
    "SELECT * FROM task WHERE done_at IS NULL AND id < ?1 ORDER BY id DESC LIMIT ?2";

pub const ALL: &str = "SELECT * FROM task WHERE id < ?1 ORDER BY id DESC LIMIT ?2";

pub fn page(db: &Connection, which: Tasks, page: Page) -> Sql<Paged<Task>> {
    let before = page.after.map_or(u128::MAX, |cursor| cursor.0);
    let sql = match which {
        Tasks::ToDo => TO_DO,
        Tasks::All => ALL,
    };
    let items = all(db, sql, params![before.to_be_bytes(), limit(page)], rows::task)?;
    Ok(paged(items, page, |task| task.id.0.as_u128()))
}

pub fn one_task(db: &Connection, task: TaskId) -> Sql<Option<Task>> {
    one(db, "SELECT * FROM task WHERE id = ?1", [id(task.0)], rows::task)
}
