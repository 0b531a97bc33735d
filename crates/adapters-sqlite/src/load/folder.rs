//! Folders a decision must see: all of them, for a move is judged on the whole tree.

use rusqlite::Connection;
use safelight_domain::{AccountId, Books};

use crate::{
    error::Sql,
    lookup::all,
    rows::{self, id},
};

pub fn folders(db: &Connection, account: AccountId, wanted: bool, books: &mut Books) -> Sql<()> {
    if wanted {
        let sql = "SELECT * FROM folder WHERE account_id = ?1";
        books.folders = all(db, sql, [id(account.0)], rows::folder)?;
    }
    Ok(())
}
