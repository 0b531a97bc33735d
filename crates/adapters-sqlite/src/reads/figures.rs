//! What days came to: counted ones from their rows, all others from what was recorded.

pub(super) mod counted;
mod lines;
mod live;

use std::collections::BTreeMap;

use async_trait::async_trait;
#[cfg(test)]
pub use counted::FIGURES;
pub use counted::{keep, mark};
pub use lines::page;
#[cfg(test)]
pub use lines::{ALL, OF_ACCOUNT, OF_KIND};
#[cfg(test)]
pub use live::{ENDED, INTAKES, MOVES, SIGN_UPS};
use rusqlite::Connection;
use safelight_domain::{Day, Timestamp};
use safelight_ports::{BookLine, DayFigures, Fault, Figures, LineFilter, Moved, Page, Paged};

use crate::{Sqlite, error::Sql, rows::micros, writer::Ask};

#[async_trait]
impl Figures for Sqlite {
    async fn days(&self, since: Day, until: Timestamp) -> Result<Vec<DayFigures>, Fault> {
        self.read(move |db| days(db, since, until)).await
    }

    async fn moved(&self) -> Result<Moved, Fault> {
        self.read(|db| moved(db)).await
    }

    async fn lines(&self, filter: LineFilter, part: Page) -> Result<Paged<BookLine>, Fault> {
        self.read(move |db| page(db, filter, part)).await
    }

    /// Reading a day is left to a reader, so that no commit waits for it: the mark, made before,
    /// tells whether anything was added meanwhile.
    async fn count_days(&self, before: Timestamp, limit: u16) -> Result<u16, Fault> {
        let days = self.read(move |db| counted::missing(db, before, limit)).await?;
        let mut done = 0;
        for day in days {
            self.count(Ask::MarkDay(day)).await?;
            let read = move |db: &mut Connection| live::days(db, day, day.ends());
            if let Some(figures) = self.read(read).await?.pop() {
                self.count(Ask::CountDay(Box::new(figures))).await?;
                done += 1;
            }
        }
        Ok(done)
    }
}

/// Spans of time that hold no counted day and, together with the counted ones, everything.
fn gaps(counted: &[Day], since: Timestamp, until: Timestamp) -> Vec<(Timestamp, Timestamp)> {
    let mut from = since;
    let mut gaps = Vec::new();
    for day in counted {
        if day.begins() > from {
            gaps.push((from, day.begins()));
        }
        from = day.ends();
    }
    if from < until {
        gaps.push((from, until));
    }
    gaps
}

pub fn days(db: &Connection, since: Day, until: Timestamp) -> Sql<Vec<DayFigures>> {
    // One moment for all of them.
    let db = db.unchecked_transaction()?;
    let mut days = empty(since, until);
    let until = days.last_key_value().map_or(since.begins(), |(_, last)| last.day.ends());
    let counted = counted::between(&db, since.begins(), until)?;
    counted::figures(&db, since.begins(), until, &mut days)?;
    for (from, to) in gaps(&counted, since.begins(), until) {
        live::moves(&db, from, to, &mut days)?;
        live::renders(&db, from, to, &mut days)?;
    }
    live::sign_ups(&db, since.begins(), until, &mut days)?;
    live::intakes(&db, since.begins(), until, &mut days)?;
    Ok(days.into_values().collect())
}

pub fn moved(db: &Connection) -> Sql<Moved> {
    let db = db.unchecked_transaction()?;
    let all = (Timestamp::MIN, Timestamp::MAX);
    let mut sum = counted::moved(&db)?;
    for (from, to) in gaps(&counted::between(&db, all.0, all.1)?, all.0, all.1) {
        sum = sum.plus(live::moved(&db, from, to)?);
    }
    Ok(sum)
}

/// Days by the instant they begin, as it is in the store.
type Days = BTreeMap<i64, DayFigures>;

/// A day in microseconds.
const DAY: i64 = 86_400_000_000;

/// The days from `since` on that begin before `until`, nothing having happened on them.
fn empty(since: Day, until: Timestamp) -> Days {
    let days = since.until(until);
    days.map(|day| (micros(day.begins()), DayFigures::empty(day))).collect()
}

/// The day an instant lies in. Days in UTC are all as long, so no calendar is asked: there may be
/// many instants.
fn of(days: &mut Days, at: i64) -> Option<&mut DayFigures> {
    days.get_mut(&(at - at.rem_euclid(DAY)))
}

/// A day as it is in the store.
fn day(begins: i64) -> Sql<Day> {
    let at = Timestamp::from_microsecond(begins);
    at.map(Day::of).map_err(|_| crate::rows::foreign("the day", begins))
}

/// A span as SQLite is asked for it.
fn span(since: Timestamp, until: Timestamp) -> [i64; 2] {
    [micros(since), micros(until)]
}
