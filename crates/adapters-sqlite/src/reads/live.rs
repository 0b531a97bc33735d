//! The feed, and what is going on.

use rusqlite::{Connection, params};
use safelight_domain::{AccountId, Event, Timestamp};
use safelight_ports::Load;

use super::all;
use crate::{
    error::Sql,
    rows::{self, id, micros},
};

/// None when rows after `seq` may be gone: then they are gone for every account.
pub fn events(
    db: &Connection,
    account: AccountId,
    seq: u64,
    limit: u16,
) -> Sql<Option<Vec<Event>>> {
    let oldest: Option<u64> =
        db.prepare_cached("SELECT min(n) FROM event")?.query_row([], |row| row.get(0))?;
    if oldest.is_some_and(|oldest| seq + 1 < oldest) {
        return Ok(None);
    }
    let sql = "SELECT * FROM event WHERE account_id = ?1 AND n > ?2 ORDER BY n LIMIT ?3";
    all(db, sql, params![id(account.0), seq, limit], rows::event).map(Some)
}

pub fn last(db: &Connection, account: AccountId) -> Sql<u64> {
    let sql = "SELECT coalesce(max(n), 0) FROM event WHERE account_id = ?1";
    db.prepare_cached(sql)?.query_row([id(account.0)], |row| row.get(0))
}

pub fn load(db: &Connection, now: Timestamp) -> Sql<Load> {
    let count = |sql: &str| -> Sql<u64> {
        db.prepare_cached(sql)?.query_row([micros(now)], |row| row.get(0))
    };
    Ok(Load {
        pending: count("SELECT count(*) FROM render WHERE state = 'pending' AND ?1 > 0")?,
        live: count(
            "SELECT count(*) FROM render \
             WHERE state IN ('submitting', 'unknown', 'waiting', 'storing') AND ?1 > 0",
        )?,
        overdue: count(
            "SELECT count(*) FROM render \
             WHERE state IN ('submitting', 'unknown', 'waiting', 'storing') \
             AND next_at < ?1 - 60000000",
        )?,
    })
}
