//! How full the studio's trays are, for a scrape: every question reads an index of unfinished
//! rows, so the work grows with what is waiting and not with what was ever done.

use rusqlite::{Connection, params};
use safelight_domain::Timestamp;
use safelight_ports::Fault;

use crate::{
    Sqlite,
    error::Sql,
    rows::{self, micros},
};

/// The figures of one moment. Times are in seconds since 1970.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Gauges {
    /// Unfinished renders by state; every unfinished state is named.
    pub renders: Vec<(&'static str, u64)>,
    /// Renders whose time came more than a minute ago: nobody is working.
    pub overdue: u64,
    /// When the oldest render that waits to be sent was asked for.
    pub oldest_pending: Option<f64>,
    /// Notices of the payment provider that want something: to be acted on, or a person.
    pub notices: Vec<(&'static str, u64)>,
    /// When the oldest notice came that is still to be acted on.
    pub oldest_notice: Option<f64>,
}

const UNFINISHED: [&str; 5] = ["pending", "submitting", "unknown", "waiting", "storing"];
const WANTING: [&str; 3] = ["pending", "parked", "dead"];

impl Sqlite {
    /// How full the trays are at `now`.
    pub async fn gauges(&self, now: Timestamp) -> Result<Gauges, Fault> {
        self.watch(move |db| gauges(db, now)).await
    }
}

/// Live renders by state.
pub const LIVE: &str = "SELECT state, count(*) AS renders FROM render INDEXED BY render_due \
    WHERE state IN ('submitting', 'unknown', 'waiting', 'storing') GROUP BY state";

/// Renders that wait to be sent, and since when.
pub const PENDING: &str = "SELECT count(*) AS renders, min(created_at) AS oldest \
    FROM render INDEXED BY render_pending WHERE state = 'pending'";

/// Renders nobody looks after.
pub const OVERDUE: &str = "SELECT count(*) FROM render INDEXED BY render_due \
    WHERE state IN ('submitting', 'unknown', 'waiting', 'storing') AND next_at < ?1";

pub fn gauges(db: &Connection, now: Timestamp) -> Sql<Gauges> {
    // One moment for all of them.
    let db = db.unchecked_transaction()?;
    let mut renders: Vec<_> = UNFINISHED.map(|state| (state, 0)).into();
    let mut live = db.prepare_cached(LIVE)?;
    let mut rows = live.query([])?;
    while let Some(row) = rows.next()? {
        let state: String = row.get("state")?;
        if let Some(known) = renders.iter_mut().find(|(name, _)| *name == state) {
            known.1 = row.get("renders")?;
        }
    }
    let (pending, oldest_pending) = db.prepare_cached(PENDING)?.query_row([], |row| {
        Ok((row.get("renders")?, rows::time_or_none(row, "oldest")?.map(seconds)))
    })?;
    renders[0].1 = pending;
    let minute_ago = micros(now) - 60_000_000;
    let overdue = db.prepare_cached(OVERDUE)?.query_row([minute_ago], |row| row.get(0))?;
    let in_state = "SELECT count(*) FROM delivery WHERE state = ?1";
    let mut notices = Vec::new();
    for state in WANTING {
        let count = db.prepare_cached(in_state)?.query_row(params![state], |row| row.get(0))?;
        notices.push((state, count));
    }
    let oldest = "SELECT received_at FROM delivery WHERE state = 'pending' ORDER BY n LIMIT 1";
    let oldest_notice = {
        let mut oldest = db.prepare_cached(oldest)?;
        let mut rows = oldest.query([])?;
        let row = rows.next()?;
        row.map(|row| rows::time_or_none(row, "received_at")).transpose()?.flatten().map(seconds)
    };
    Ok(Gauges { renders, overdue, oldest_pending, notices, oldest_notice })
}

fn seconds(at: Timestamp) -> f64 {
    at.as_duration().as_secs_f64()
}
