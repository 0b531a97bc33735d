//! Sessions a decision must see.

use rusqlite::Connection;
use safelight_domain::{AccountId, Books, SessionId};

use crate::{error::Sql, lookup::mine, rows};

pub fn sessions(
    db: &Connection,
    account: AccountId,
    sessions: &[SessionId],
    books: &mut Books,
) -> Sql<()> {
    let sql = "SELECT * FROM session WHERE id = ?1 AND account_id = ?2";
    books.sessions = mine(db, sql, account, sessions.iter().map(|id| id.0), rows::session)?;
    Ok(())
}
