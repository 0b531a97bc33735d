//! Look-ups by prepared statements.

use rusqlite::{Connection, OptionalExtension, Params, Row};

use crate::error::Sql;

/// The row, if there is one.
pub fn one<T>(
    db: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> Sql<T>,
) -> Sql<Option<T>> {
    db.prepare_cached(sql)?.query_row(params, read).optional()
}

/// All rows.
pub fn all<T>(
    db: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> Sql<T>,
) -> Sql<Vec<T>> {
    db.prepare_cached(sql)?.query_map(params, read)?.collect()
}
