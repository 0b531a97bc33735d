//! Sign-in attempts a decision must see.

use rusqlite::{Connection, Row};
use safelight_domain::{AccountId, Books, ChallengeId};

use crate::{
    error::Sql,
    lookup::{all, one},
    rows::{self, id},
};

pub fn attempts(db: &Connection, attempts: &[ChallengeId], books: &mut Books) -> Sql<()> {
    for attempt in attempts {
        let sql = "SELECT * FROM challenge WHERE id = ?1";
        books.challenges.extend(one(db, sql, [id(attempt.0)], rows::challenge)?);
        let sql = "SELECT u.account_id FROM challenge c JOIN user u ON u.canonical = c.canonical \
                   WHERE c.id = ?1";
        let owner = |row: &Row<'_>| Ok(AccountId(rows::uuid(row, "account_id")?));
        books.challenged = one(db, sql, [id(attempt.0)], owner)?;
    }
    Ok(())
}

/// The attempts of an address that a browser asked for and nobody has answered.
pub fn waiting(db: &Connection, email: Option<&str>, books: &mut Books) -> Sql<()> {
    let Some(email) = email else { return Ok(()) };
    // Old ones are pruned, and few are asked for in an hour.
    let sql = "SELECT * FROM challenge WHERE canonical = ?1 AND consumed_at IS NULL \
               AND browser IS NOT NULL";
    books.waiting = all(db, sql, [email], rows::challenge)?;
    Ok(())
}
