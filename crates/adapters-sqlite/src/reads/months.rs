//! The months an account has pictures of: one step along an index for each.

use rusqlite::Connection;
use safelight_domain::{AccountId, Month};
use safelight_ports::{Cursor, GalleryMonth};

use super::one;
use crate::{
    error::Sql,
    rows::{self, id},
};

/// The most months told: a hundred years.
const MOST: usize = 1_200;

pub const NEWEST_BEFORE: &str = "SELECT n, created_at FROM image \
    WHERE account_id = ?1 AND trashed_at IS NULL AND created_at < ?2 \
    ORDER BY created_at DESC, n DESC LIMIT 1";

/// Newest first.
pub fn all(db: &Connection, account: AccountId) -> Sql<Vec<GalleryMonth>> {
    let mut months = Vec::new();
    let mut before = i64::MAX;
    while months.len() < MOST {
        let params = (id(account.0), before);
        let newest = one(db, NEWEST_BEFORE, params, |row| {
            Ok((row.get::<_, i64>("n")?, rows::time(row, "created_at")?))
        })?;
        let Some((n, newest)) = newest else { break };
        let place = u128::from(n.unsigned_abs()) + 1;
        months.push(GalleryMonth { newest, from: Cursor(place) });
        before = Month::of(newest).begins().as_microsecond();
    }
    Ok(months)
}
