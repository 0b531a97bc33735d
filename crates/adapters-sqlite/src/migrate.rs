//! Migrations: numbered SQL files, each applied once, each remembered with its checksum.
//!
//! Invariant: a database whose history differs from the binary's is not touched.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use sha2::{Digest, Sha256};

use crate::error::Sql;

/// One step of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migration {
    /// Its number; steps are applied in order. A gap is a number nobody used.
    pub version: u32,
    /// What it is about.
    pub name: &'static str,
    /// What it does.
    pub sql: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "books", sql: include_str!("../migrations/0001-books.sql") },
    Migration { version: 2, name: "studio", sql: include_str!("../migrations/0002-studio.sql") },
    Migration { version: 3, name: "access", sql: include_str!("../migrations/0003-access.sql") },
    Migration { version: 4, name: "quotas", sql: include_str!("../migrations/0004-quotas.sql") },
    Migration { version: 5, name: "endings", sql: include_str!("../migrations/0005-endings.sql") },
    Migration { version: 6, name: "money", sql: include_str!("../migrations/0006-money.sql") },
    Migration { version: 7, name: "account", sql: include_str!("../migrations/0007-account.sql") },
    Migration { version: 8, name: "months", sql: include_str!("../migrations/0008-months.sql") },
    Migration { version: 9, name: "ratio", sql: include_str!("../migrations/0009-ratio.sql") },
    Migration { version: 10, name: "lineage", sql: include_str!("../migrations/0010-lineage.sql") },
    Migration { version: 11, name: "figures", sql: include_str!("../migrations/0011-figures.sql") },
    Migration { version: 12, name: "people", sql: include_str!("../migrations/0012-people.sql") },
    Migration { version: 13, name: "watch", sql: include_str!("../migrations/0013-watch.sql") },
    Migration { version: 18, name: "clocks", sql: include_str!("../migrations/0018-clocks.sql") },
];

/// Why the schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database has steps this binary does not know.
    #[error(
        "the database is at schema {found}, this binary knows up to {known}; use a newer safelight"
    )]
    Newer {
        /// The database's version.
        found: u32,
        /// The binary's.
        known: u32,
    },
    /// An applied step reads differently in this binary.
    #[error(
        "schema step {version} was applied in another wording; restore the release that wrote this database"
    )]
    Altered {
        /// The step.
        version: u32,
    },
    /// SQLite said no.
    #[error("the schema could not be read or changed")]
    Sql(#[from] rusqlite::Error),
}

/// The whole schema as text, for tests and for comparing with a live database.
pub fn schema_sql() -> String {
    MIGRATIONS.iter().map(|step| step.sql).collect::<Vec<_>>().join("\n")
}

/// Steps this database has not had yet, after checking those it had.
pub fn pending_migrations(connection: &Connection) -> Result<Vec<Migration>, MigrateError> {
    let known = MIGRATIONS.last().map_or(0, |step| step.version);
    let mut pending = Vec::new();
    let found = applied(connection)?;
    if let Some(last) = found.last().filter(|(version, _)| *version > known) {
        return Err(MigrateError::Newer { found: last.0, known });
    }
    for step in MIGRATIONS {
        match found.iter().find(|(version, _)| *version == step.version) {
            Some((_, sum)) if *sum == checksum(step.sql) => {}
            Some(_) => return Err(MigrateError::Altered { version: step.version }),
            None => pending.push(*step),
        }
    }
    Ok(pending)
}

/// Applies what is pending, each step in a transaction of its own; answers what was applied.
pub fn migrate(connection: &mut Connection, now: i64) -> Result<Vec<Migration>, MigrateError> {
    let mut done = Vec::new();
    for step in pending_migrations(connection)? {
        let txn = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        txn.execute_batch(
            "CREATE TABLE IF NOT EXISTS migration(version INTEGER PRIMARY KEY, name TEXT NOT NULL, \
             checksum BLOB NOT NULL, applied_at INTEGER NOT NULL) STRICT",
        )?;
        // Another process may have been faster; its steps are the same ones.
        let had = txn
            .query_row("SELECT 1 FROM migration WHERE version = ?1", [step.version], |_| Ok(()))
            .optional()?;
        if had.is_none() {
            txn.execute_batch(step.sql)?;
            txn.execute(
                "INSERT INTO migration(version, name, checksum, applied_at) VALUES(?1, ?2, ?3, ?4)",
                params![step.version, step.name, checksum(step.sql), now],
            )?;
            done.push(step);
        }
        txn.commit()?;
    }
    Ok(done)
}

fn applied(connection: &Connection) -> Sql<Vec<(u32, Vec<u8>)>> {
    if !connection.table_exists(None, "migration")? {
        return Ok(Vec::new());
    }
    let mut all = connection.prepare("SELECT version, checksum FROM migration ORDER BY version")?;
    all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

fn checksum(sql: &str) -> Vec<u8> {
    Sha256::digest(sql).to_vec()
}
