//! Counters that outlive the process. One writer, so callers are counted one by one.

use rusqlite::{Connection, OptionalExtension, params};
use safelight_domain::{Mac, Quota, Rule, Timestamp, Window};

use crate::error::Sql;

/// Microseconds in a second, the unit of a window.
const SECOND: i64 = 1_000_000;

/// Counts one act of `owner` and keeps its window.
pub fn take(connection: &Connection, rule: &Rule, owner: &Mac, now: Timestamp) -> Sql<Quota> {
    let seen = connection
        .prepare_cached("SELECT began_at, used FROM quota WHERE rule = ?1 AND owner = ?2")?
        .query_row(params![rule.name, owner], |row| {
            Ok(Window { began: row.get::<_, i64>(0)? / SECOND, used: row.get(1)? })
        })
        .optional()?;
    let (window, quota) = rule.take(seen, now);
    if quota.allowed {
        let began = window.began * SECOND;
        let lapses = began + i64::from(rule.seconds) * SECOND;
        let sql = "INSERT INTO quota(rule, owner, began_at, used, lapses_at) \
                   VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE \
                   SET began_at = ?3, used = ?4, lapses_at = ?5";
        let mut keep = connection.prepare_cached(sql)?;
        keep.execute(params![rule.name, owner, began, window.used, lapses])?;
    }
    Ok(quota)
}
