//! SQLite's errors as faults.

use rusqlite::ErrorCode;
use safelight_ports::Fault;

/// What a read or write of this crate can meet.
pub type Sql<T> = Result<T, rusqlite::Error>;

/// An error as a fault.
pub fn fault(error: rusqlite::Error) -> Fault {
    if passes(&error) { Fault::passing("store", error) } else { Fault::lasting("store", error) }
}

/// Busy, full and interrupted may pass; the rest needs a person.
pub fn passes(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::DiskFull
                | ErrorCode::OperationInterrupted
                | ErrorCode::OutOfMemory
        )
    )
}

/// A row that says what no row may say.
#[derive(Debug, thiserror::Error)]
#[error("the database holds {0}, which nothing here writes")]
pub struct Foreign(pub String);

impl From<Foreign> for rusqlite::Error {
    fn from(foreign: Foreign) -> Self {
        Self::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(foreign))
    }
}
