//! What the writer believes of the clock. It reads the clock once a batch, so that nothing is
//! decided by a clock that was set a moment ago.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};
use safelight_domain::{Clocks, Moment, Seen, SignedDuration, Timestamp};
use safelight_ports::Clock;

use crate::{
    error::Sql,
    rows::{self, micros},
};

/// A note is written no more often.
const NOTED: SignedDuration = SignedDuration::from_secs(30);

/// What the last server left word of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Noted {
    /// The newest time it was sure of.
    pub seen_at: Timestamp,
    /// Since when it doubts the wall clock, by that clock.
    pub doubted_at: Option<Timestamp>,
    /// How far the wall clock is ahead of what is sure.
    pub ahead: Option<SignedDuration>,
    /// How often an operator said that the wall clock is right.
    pub accepted: u64,
}

/// What was written down, if anything ever was.
pub fn noted(db: &Connection) -> Sql<Option<Noted>> {
    let sql = "SELECT seen_at, doubted_at, ahead, accepted FROM clock WHERE id = 1";
    db.prepare_cached(sql)?
        .query_row([], |row| {
            let ahead: Option<i64> = row.get("ahead")?;
            Ok(Noted {
                seen_at: rows::time(row, "seen_at")?,
                doubted_at: rows::time_or_none(row, "doubted_at")?,
                ahead: ahead.map(SignedDuration::from_micros),
                accepted: row.get("accepted")?,
            })
        })
        .optional()
}

/// The newest commit, for a store whose server never left word.
fn newest(db: &Connection) -> Sql<Option<Timestamp>> {
    let sql = "SELECT coalesce(decided_at, at) AS at FROM txn ORDER BY id DESC LIMIT 1";
    db.query_row(sql, [], |row| rows::time(row, "at")).optional()
}

/// The clock, and what is believed of it.
pub struct Watch {
    clock: Arc<dyn Clock>,
    clocks: Clocks,
    accepted: u64,
    doubts: bool,
    /// Whether that has changed and is still to be written down.
    pub news: bool,
    /// Whether this process drives the store, and so moves schedules along.
    pub drives: bool,
    /// By how much schedules are still to be moved.
    pub stepped: SignedDuration,
}

impl Watch {
    /// Starts from what the last server left word of.
    pub fn start(clock: Arc<dyn Clock>, db: &Connection) -> Sql<Self> {
        let noted = noted(db)?;
        let seen = match noted {
            Some(noted) => {
                let doubted = noted.doubted_at.is_some();
                Some(Seen { at: noted.seen_at, doubted })
            }
            None => newest(db)?.map(|at| Seen { at, doubted: false }),
        };
        Ok(Self {
            clocks: Clocks::start(clock.reading(), seen),
            clock,
            accepted: noted.map_or(0, |noted| noted.accepted),
            doubts: false,
            news: false,
            drives: false,
            stepped: SignedDuration::ZERO,
        })
    }

    /// The moment a batch is decided at.
    pub fn moment(&mut self) -> Moment {
        let reading = self.clock.reading();
        let stepped = self.clocks.stepped(reading);
        self.stepped = self.stepped.saturating_add(stepped);
        let doubt = self.clocks.observe(reading);
        if self.drives && doubt.is_some() != self.doubts {
            if let Some(doubt) = doubt {
                tracing::warn!(
                    ahead_seconds = doubt.ahead.as_secs(),
                    since_start = doubt.since_start,
                    believed_in_seconds = doubt.left.as_secs(),
                    "the clock is doubted: nothing lapses, is purged, closed or forgotten until it \
                     agrees again; `safelight clock accept` says that it is right"
                );
            } else {
                tracing::info!("the clock is believed again; removal and expiry go on");
            }
            self.doubts = doubt.is_some();
            self.news = true;
        }
        Moment { now: reading.wall, doubt }
    }

    /// Looks whether an operator said, in any process, that the clock is right.
    pub fn heed(&mut self, db: &Connection) -> Sql<()> {
        let accepted = noted(db)?.map_or(0, |noted| noted.accepted);
        if accepted != self.accepted {
            self.accepted = accepted;
            self.clocks.accept(self.clock.reading());
        }
        Ok(())
    }
}

/// Writes down what is believed, for the next process and for whoever looks from another one.
pub fn note(db: &Connection, moment: Moment) -> Sql<()> {
    let known = noted(db)?;
    let (seen_at, doubt) = match moment.doubt {
        None => (moment.now, None),
        Some(doubt) => {
            let seen_at = known.map_or(doubt.sure, |known| known.seen_at);
            let since = known.and_then(|known| known.doubted_at).unwrap_or(moment.now);
            // Having been off is no doubt that outlives another start.
            (seen_at, (!doubt.since_start).then_some((since, doubt.ahead)))
        }
    };
    let fresh = known.is_some_and(|known| {
        seen_at.duration_since(known.seen_at).abs() < NOTED
            && known.doubted_at.is_some() == doubt.is_some()
    });
    if fresh {
        return Ok(());
    }
    let sql = "INSERT INTO clock(id, seen_at, doubted_at, ahead) VALUES(1, ?1, ?2, ?3) \
               ON CONFLICT DO UPDATE SET seen_at = ?1, doubted_at = ?2, ahead = ?3";
    let ahead = doubt.map(|(_, ahead)| i64::try_from(ahead.as_micros()).unwrap_or(i64::MAX));
    let since = doubt.map(|(since, _)| micros(since));
    db.prepare_cached(sql)?.execute(params![micros(seen_at), since, ahead])?;
    Ok(())
}

/// Writes down that an operator says that the clock is right.
pub fn accept(db: &Connection, moment: Moment) -> Sql<()> {
    let sql = "INSERT INTO clock(id, seen_at, accepted) VALUES(1, ?1, 1) ON CONFLICT DO UPDATE \
               SET seen_at = ?1, doubted_at = NULL, ahead = NULL, accepted = accepted + 1";
    db.prepare_cached(sql)?.execute([micros(moment.now)])?;
    Ok(())
}
