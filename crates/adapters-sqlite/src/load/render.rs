//! Renders a decision must see.

use rusqlite::Connection;
use safelight_domain::{AccountId, Books, RenderId};

use crate::{
    error::Sql,
    lookup::{mine, one},
    rows::{self, id},
};

/// Counted off the index of what is in the making, so the finished cost nothing.
pub const UNFINISHED: &str =
    "SELECT count(*) FROM render WHERE account_id = ?1 AND next_at IS NOT NULL";

pub fn renders(
    db: &Connection,
    account: AccountId,
    renders: &[RenderId],
    books: &mut Books,
) -> Sql<()> {
    let sql = "SELECT * FROM render WHERE id = ?1 AND account_id = ?2";
    books.renders = mine(db, sql, account, renders.iter().map(|id| id.0), rows::render)?;
    Ok(())
}

/// How many of its renders are unfinished.
pub fn unfinished(db: &Connection, account: AccountId, wanted: bool, books: &mut Books) -> Sql<()> {
    if wanted {
        books.unfinished = one(db, UNFINISHED, [id(account.0)], |row| row.get(0))?.unwrap_or(0);
    }
    Ok(())
}
