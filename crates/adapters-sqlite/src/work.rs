//! Handing out renders: which are due, whose turn it is, and who has the lease.

use std::collections::HashMap;

use rusqlite::{Connection, params};
use safelight_domain::{Render, RenderId, SignedDuration, Timestamp, Uuid};
use safelight_ports::{Claimed, ClaimedDeliveries, Dispatch};

use crate::{
    error::Sql,
    rows::{self, micros},
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

/// When something will be due: others by their time, pending ones by their deadline. Those past
/// it were leased a moment ago, so they are few.
const NEXT: &str = "SELECT min(at) FROM (\
     SELECT min(next_at) AS at FROM render \
       WHERE state IN ('submitting', 'unknown', 'waiting', 'storing') \
     UNION ALL SELECT min(deadline) FROM render WHERE state = 'pending' AND deadline > ?1 \
     UNION ALL SELECT min(next_at) FROM render WHERE state = 'pending' AND deadline <= ?1)";

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
    let next: Option<i64> =
        connection.prepare_cached(NEXT)?.query_row([micros(due)], |r| r.get(0))?;
    let next = next.and_then(|micros| Timestamp::from_microsecond(micros).ok());
    Ok(Claimed { renders, next })
}

/// Leases due deliveries, of each customer the oldest that is pending, and tells when the next one
/// is due. What waits behind another of its customer is due when that one is marked.
pub fn claim_deliveries(
    connection: &Connection,
    due: Timestamp,
    until: Timestamp,
    limit: u16,
) -> Sql<ClaimedDeliveries> {
    let mut claim = connection.prepare_cached(
        "UPDATE delivery SET next_at = ?2, attempts = attempts + 1 WHERE n IN (\
           SELECT n FROM delivery d INDEXED BY delivery_due WHERE state = 'pending' AND next_at <= ?1 AND NOT EXISTS(\
             SELECT 1 FROM delivery e WHERE e.state = 'pending' AND e.customer = d.customer \
               AND (e.created_at, e.n) < (d.created_at, d.n)) \
           ORDER BY next_at LIMIT ?3) RETURNING *",
    )?;
    let deliveries = claim
        .query_map(params![micros(due), micros(until), limit], rows::delivery)?
        .collect::<Sql<_>>()?;
    let sql = "SELECT min(next_at) FROM delivery WHERE state = 'pending' AND next_at > ?1";
    let next: Option<i64> =
        connection.prepare_cached(sql)?.query_row([micros(due)], |row| row.get(0))?;
    let next = next.and_then(|micros| Timestamp::from_microsecond(micros).ok());
    Ok(ClaimedDeliveries { deliveries, next })
}

/// Leases what is past its deadline, those in line first: they need nobody but the books.
pub fn claim_overdue(
    connection: &Connection,
    due: Timestamp,
    until: Timestamp,
    limit: u16,
) -> Sql<Vec<Render>> {
    let mut claim = connection.prepare_cached(
        "UPDATE render SET next_at = ?2 WHERE id IN (\
           SELECT id FROM (SELECT id FROM render \
             WHERE state = 'pending' AND deadline <= ?1 AND next_at <= ?1 LIMIT ?3) \
           UNION ALL \
           SELECT id FROM (SELECT id FROM render \
             WHERE state IN ('submitting', 'unknown', 'waiting', 'storing') AND next_at <= ?1 \
             AND deadline <= ?1 ORDER BY next_at LIMIT ?3) \
           LIMIT ?3) RETURNING *",
    )?;
    claim.query_map(params![micros(due), micros(until), limit], rows::render)?.collect()
}

/// Makes due what a dead driver had leased, and brings back what a clock that was ahead has put
/// off: no deadline is later than `latest`.
pub fn take_over(connection: &Connection, now: Timestamp, latest: Timestamp) -> Sql<u64> {
    let sql = "UPDATE delivery SET next_at = ?1 WHERE state = 'pending' AND next_at > ?1";
    connection.prepare_cached(sql)?.execute([micros(now)])?;
    let sql = "UPDATE render SET next_at = min(next_at, ?2), deadline = ?2, \
                 begun_at = min(begun_at, ?1), submitted_at = min(submitted_at, ?1) \
               WHERE next_at IS NOT NULL AND deadline > ?2";
    connection.prepare_cached(sql)?.execute([micros(now), micros(latest)])?;
    // Nobody in line pauses beyond the deadline.
    let sql = "UPDATE render SET next_at = ?1 \
               WHERE state = 'pending' AND next_at > ?1 AND next_at >= deadline";
    connection.prepare_cached(sql)?.execute([micros(now)])?;
    let sql = "UPDATE render SET next_at = ?1 \
               WHERE state IN ('submitting', 'unknown', 'waiting', 'storing') AND next_at > ?1";
    Ok(connection.prepare_cached(sql)?.execute([micros(now)])? as u64)
}

/// Moves everything that is scheduled by as much as the clock was set.
pub fn shift(connection: &Connection, by: SignedDuration) -> Sql<()> {
    let by = i64::try_from(by.as_micros()).unwrap_or(0);
    let renders = "UPDATE render SET next_at = next_at + ?1, deadline = deadline + ?1, \
                     begun_at = begun_at + ?1, submitted_at = submitted_at + ?1 \
                   WHERE next_at IS NOT NULL";
    connection.prepare_cached(renders)?.execute([by])?;
    let deliveries = "UPDATE delivery SET next_at = next_at + ?1 WHERE state = 'pending'";
    connection.prepare_cached(deliveries)?.execute([by])?;
    tracing::warn!(seconds = by / 1_000_000, "the clock was set; schedules moved along");
    Ok(())
}

/// How many stand before each pending render.
pub fn positions(connection: &Connection) -> Sql<HashMap<RenderId, u32>> {
    let mut line = connection.prepare_cached(LINE)?;
    // Every pending render counts, due or not, and live ones of any age.
    let ids = line.query_map(params![i64::MIN, i64::MAX, -1, i64::MIN], |row| row.get(0))?;
    (0..).zip(ids).map(|(ahead, id)| Ok((RenderId(Uuid::from_bytes(id?)), ahead))).collect()
}

/// Forgets a bounded number of old rows.
pub fn prune(
    connection: &Connection,
    feed: Timestamp,
    keys: Timestamp,
    formers: Timestamp,
) -> Sql<u64> {
    let mut gone = 0;
    for (sql, before) in [
        // Always from the oldest on, even when the clock went back between two rows: a feed with
        // a hole in it would not tell its reader so. The newest one keeps the numbering going.
        (
            "DELETE FROM event WHERE n < (WITH old AS MATERIALIZED \
               (SELECT n, at FROM event ORDER BY n LIMIT 5000) \
             SELECT coalesce(min(n) FILTER (WHERE at >= ?1), max(n)) FROM old)",
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
        (
            "DELETE FROM former WHERE token IN \
             (SELECT token FROM former WHERE left_at < ?1 LIMIT 5000)",
            formers,
        ),
        (
            "DELETE FROM quota WHERE (rule, owner) IN \
             (SELECT rule, owner FROM quota WHERE lapses_at < ?1 LIMIT 5000)",
            feed,
        ),
    ] {
        gone += connection.prepare_cached(sql)?.execute([micros(before)])? as u64;
    }
    Ok(gone)
}
