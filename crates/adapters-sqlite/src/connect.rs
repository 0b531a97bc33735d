//! Connections and their pragmas. Each connection must set them: SQLite keeps only some in the file.

use std::{fs, io::ErrorKind, os::unix::fs::OpenOptionsExt, path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags};

use crate::error::{Sql, passes};

/// How long a connection waits for another process's write.
const BUSY: Duration = Duration::from_secs(5);
/// How often it looks again where SQLite itself does not wait.
const GLANCE: Duration = Duration::from_millis(10);
/// Statements a connection keeps prepared.
const STATEMENTS: usize = 128;

/// When a commit counts as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// When it is on disk (`synchronous=FULL`).
    Full,
    /// When the operating system has it. For tests and measurements only: power loss loses commits.
    Off,
}

/// A connection that writes. `None` is a database in memory.
pub fn writer(path: Option<&Path>, durability: Durability) -> Sql<Connection> {
    let connection = match path {
        Some(path) => {
            make_private(path);
            Connection::open_with_flags(path, writer_flags())?
        }
        None => Connection::open_in_memory()?,
    };
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    write_ahead(&connection)?;
    let synchronous = match durability {
        Durability::Full => "full",
        Durability::Off => "off",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update(None, "cache_size", -16_000)?;
    // Moving pages home every 16 MiB instead of every 4: a big batch would else do it each time.
    connection.pragma_update(None, "wal_autocheckpoint", 4_000)?;
    guards(&connection)?;
    Ok(connection)
}

/// Makes the file for its owner alone when there is none, whatever the folder and the umask. SQLite
/// gives the log and the shared memory the mode of the database.
fn make_private(path: &Path) {
    let made = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match made {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        // SQLite meets the same and says why in its own error.
        Err(error) => tracing::debug!(%error, "the database file was not made"),
    }
}

/// Switches the file to WAL. Of several that open a new file at the same time one does it; SQLite
/// tells the others that it is busy without waiting for `busy_timeout`, so they wait here.
fn write_ahead(connection: &Connection) -> Sql<()> {
    let mut waited = Duration::ZERO;
    loop {
        match connection.pragma_update(None, "journal_mode", "wal") {
            Err(error) if passes(&error) && waited < BUSY => {
                std::thread::sleep(GLANCE);
                waited += GLANCE;
            }
            outcome => return outcome,
        }
    }
}

/// A connection that cannot write.
pub fn reader(connection: &mut Connection) -> Sql<()> {
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cache_size", -2_000)?;
    guards(connection)
}

/// Flags of a connection that cannot write. A path is a path: SQLite would read one that begins
/// with `file:` as an address, if it were told to.
pub fn reader_flags() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

/// Flags of a connection that writes.
fn writer_flags() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

/// Foreign keys are off by default, and REPLACE skips delete triggers unless they may recurse.
fn guards(connection: &Connection) -> Sql<()> {
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "recursive_triggers", true)?;
    connection.pragma_update(None, "trusted_schema", false)
}
