//! Look-ups by prepared statements.

use rusqlite::{Connection, OptionalExtension, Params, Row};

use safelight_domain::{AccountId, Uuid};

use crate::{error::Sql, rows::id};

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

/// The rows of `ids` that exist and belong to the account.
pub fn mine<T>(
    db: &Connection,
    sql: &str,
    account: AccountId,
    ids: impl Iterator<Item = Uuid>,
    read: impl Fn(&Row<'_>) -> Sql<T>,
) -> Sql<Vec<T>> {
    let mut found = Vec::new();
    for wanted in ids {
        found.extend(one(db, sql, [id(wanted), id(account.0)], &read)?);
    }
    Ok(found)
}
