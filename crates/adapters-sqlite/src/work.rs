//! Handing out renders: which are due, whose turn it is, and who has the lease.

use rusqlite::{Connection, params};
use safelight_domain::{Render, RenderId, Timestamp};
use safelight_ports::{Claimed, Dispatch};

use crate::{
    error::Sql,
    rows::{self, id, micros},
};

/// Whose turn it is: an account's live renders count as turns it had, then the oldest first.
const LINE: &str = "WITH live AS (SELECT account_id, count(*) AS n FROM render \
       WHERE state IN ('submitting', 'unknown', 'waiting') AND begun_at >= ?1 GROUP BY account_id), \
     line AS (SELECT p.id, row_number() OVER (PARTITION BY p.account_id ORDER BY p.id) \
         + coalesce((SELECT n FROM live WHERE live.account_id = p.account_id), 0) AS turn \
       FROM render p WHERE p.state = 'pending' AND p.next_at <= ?2 AND p.deadline > ?4) \
     SELECT id FROM line ORDER BY turn, id LIMIT ?3";

/// Moves due pending renders to `submitting` while the provider has room.
pub fn dispatch(connection: &Connection, order: Dispatch) -> Sql<Vec<Render>> {
    let (since, due) = (micros(order.live_since), micros(order.due));
    let live: u32 = connection
        .prepare_cached(
            "SELECT count(*) FROM render WHERE state IN ('submitting', 'unknown', 'waiting') \
             AND begun_at >= ?1",
        )?
        .query_row([since], |row| row.get(0))?;
    let room = u32::from(order.in_flight).saturating_sub(live);
    if room == 0 {
        return Ok(Vec::new());
    }
    let mut turns = connection.prepare_cached(LINE)?;
    let ids: Vec<[u8; 16]> =
        turns.query_map(params![since, due, room, due], |row| row.get(0))?.collect::<Sql<_>>()?;
    let mut take = connection.prepare_cached(
        "UPDATE render SET state = 'submitting', attempt = attempt + 1, begun_at = ?2, \
         next_at = ?3 WHERE id = ?1 AND state = 'pending' RETURNING *",
    )?;
    ids.into_iter()
        .map(|id| take.query_row(params![id, due, micros(order.until)], rows::render))
        .collect()
}

/// Leases what is due, and tells when the next row is.
pub fn claim(
    connection: &Connection,
    due: Timestamp,
    until: Timestamp,
    limit: u16,
) -> Sql<Claimed> {
    let mut claim = connection.prepare_cached(
        "UPDATE render SET next_at = ?2 WHERE id IN (\
           SELECT id FROM (SELECT id FROM render \
             WHERE state IN ('submitting', 'unknown', 'waiting', 'storing') AND next_at <= ?1 \
             ORDER BY next_at LIMIT ?3) \
           UNION ALL \
           SELECT id FROM (SELECT id FROM render \
             WHERE state = 'pending' AND deadline <= ?1 AND next_at <= ?1 LIMIT ?3) \
           LIMIT ?3) RETURNING *",
    )?;
    let renders = claim
        .query_map(params![micros(due), micros(until), limit], rows::render)?
        .collect::<Sql<_>>()?;
    let next: Option<i64> = connection
        .prepare_cached(
            "SELECT min(next_at) FROM render \
             WHERE state IN ('submitting', 'unknown', 'waiting', 'storing')",
        )?
        .query_row([], |row| row.get(0))?;
    let next = next.and_then(|micros| Timestamp::from_microsecond(micros).ok());
    Ok(Claimed { renders, next })
}

/// How many pending renders stand before this one; none when it is not in line.
pub fn position(connection: &Connection, render: RenderId) -> Sql<Option<u32>> {
    let mut line = connection.prepare_cached(LINE)?;
    // Every pending render counts, due or not, and live ones of any age.
    let mut rows = line.query(params![i64::MIN, i64::MAX, -1, i64::MIN])?;
    let mut ahead = 0;
    while let Some(row) = rows.next()? {
        if row.get::<_, [u8; 16]>(0)? == id(render.0) {
            return Ok(Some(ahead));
        }
        ahead += 1;
    }
    Ok(None)
}

/// Forgets a bounded number of old rows.
pub fn prune(connection: &Connection, feed: Timestamp, keys: Timestamp) -> Sql<u64> {
    let mut gone = 0;
    for (sql, before) in [
        (
            "DELETE FROM event WHERE n IN (SELECT n FROM event WHERE at < ?1 \
             AND n < (SELECT max(n) FROM event) ORDER BY at LIMIT 5000)",
            feed,
        ),
        (
            "DELETE FROM challenge WHERE id IN \
             (SELECT id FROM challenge WHERE created_at < ?1 LIMIT 5000)",
            feed,
        ),
        (
            "DELETE FROM idempotency WHERE (account_id, key) IN \
             (SELECT account_id, key FROM idempotency WHERE at < ?1 LIMIT 5000)",
            keys,
        ),
    ] {
        gone += connection.prepare_cached(sql)?.execute([micros(before)])? as u64;
    }
    Ok(gone)
}
