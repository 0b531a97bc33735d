//! API keys a decision must see.

use rusqlite::Connection;
use safelight_domain::{AccountId, Books, KeyId};

use crate::{error::Sql, lookup::mine, rows};

/// These keys, and the `spenders` with what they have spent.
pub fn keys(
    db: &Connection,
    account: AccountId,
    keys: &[KeyId],
    spenders: &[KeyId],
    books: &mut Books,
) -> Sql<()> {
    let sql = "SELECT * FROM api_key WHERE id = ?1 AND account_id = ?2";
    books.keys = mine(db, sql, account, keys.iter().map(|id| id.0), rows::api_key)?;
    let sql = rows::select_spender!("WHERE k.id = ?1 AND k.account_id = ?2");
    books.spenders = mine(db, sql, account, spenders.iter().map(|id| id.0), rows::spender)?;
    Ok(())
}
