//! Whether the file itself is whole, quickly: its pages and its references, not the books.

use rusqlite::{Connection, OptionalExtension};
use safelight_ports::Fault;

use crate::{Sqlite, error::Sql};

impl Sqlite {
    /// The first thing that is wrong with the file, in SQLite's words; none when all is well.
    /// Reads every page once.
    pub async fn quick_check(&self) -> Result<Option<String>, Fault> {
        self.read(|db| check(db)).await
    }
}

fn check(db: &Connection) -> Sql<Option<String>> {
    let said: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if said != "ok" {
        return Ok(Some(said));
    }
    let stray = db.query_row("PRAGMA foreign_key_check", [], |row| row.get::<_, String>(0));
    Ok(stray.optional()?.map(|table| format!("a row of {table} refers to nothing")))
}
