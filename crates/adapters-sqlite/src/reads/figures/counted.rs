//! Days that were counted: a row a figure, none for a zero.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};
use safelight_domain::{Day, ModelSlug, RenderState, SignedDuration, Timestamp, TxnKind};
use safelight_ports::{DayFigures, Moved, Outcomes, Times};

use super::{Days, day, of, span};
use crate::{
    error::Sql,
    lookup::all,
    rows::{foreign, micros},
};

/// Where one number of [`Moved`] is.
type Place = fn(&mut Moved) -> &mut u64;

/// The words of [`Moved`], and where each is.
const MOVED: [(&str, Place); 9] = [
    ("sold", |moved| &mut moved.sold),
    ("granted", |moved| &mut moved.granted),
    ("spent", |moved| &mut moved.spent),
    ("refunded", |moved| &mut moved.refunded),
    ("expired", |moved| &mut moved.expired),
    ("taken", |moved| &mut moved.taken),
    ("repaid", |moved| &mut moved.repaid),
    ("owed", |moved| &mut moved.owed),
    ("forgiven", |moved| &mut moved.forgiven),
];
const P50: &str = "p50";
const P95: &str = "p95";

/// Counted days that begin in the span, oldest first.
pub fn between(db: &Connection, since: Timestamp, until: Timestamp) -> Sql<Vec<Day>> {
    let sql =
        "SELECT begins FROM day WHERE begins >= ?1 AND begins < ?2 AND counted = 1 ORDER BY begins";
    all(db, sql, span(since, until), |row| day(row.get(0)?))
}

/// Finished days from the first that has something on, which are not counted.
pub fn missing(db: &Connection, before: Timestamp, limit: u16) -> Sql<Vec<Day>> {
    let Some(first) = first(db)? else { return Ok(Vec::new()) };
    let counted: BTreeSet<Day> = between(db, first.begins(), before)?.into_iter().collect();
    let finished = first.until(before).filter(|day| day.ends() <= before);
    Ok(finished.filter(|day| !counted.contains(day)).take(usize::from(limit)).collect())
}

/// The first day anything is told of.
fn first(db: &Connection) -> Sql<Option<Day>> {
    let mut earliest = None::<i64>;
    let mut note = |at: Option<i64>| earliest = [earliest, at].into_iter().flatten().min();
    let mut of_kind = db.prepare_cached("SELECT min(at) FROM txn WHERE kind = ?1")?;
    for kind in TxnKind::ALL {
        note(of_kind.query_row([kind.as_str()], |row| row.get(0))?);
    }
    let ended = "SELECT min(ended_at) FROM render WHERE ended_at IS NOT NULL";
    note(db.prepare_cached(ended)?.query_row([], |row| row.get(0))?);
    earliest.map(day).transpose()
}

/// Figures of counted days in a span.
pub const FIGURES: &str = "SELECT f.begins, f.name, f.subject, f.value \
    FROM day d JOIN day_figure f ON f.begins = d.begins \
    WHERE d.begins >= ?1 AND d.begins < ?2 AND d.counted = 1";

/// Credits moved on all counted days.
pub fn moved(db: &Connection) -> Sql<Moved> {
    let mut moved = Moved::default();
    let mut figures = db.prepare_cached(FIGURES)?;
    let mut rows = figures.query(span(Timestamp::MIN, Timestamp::MAX))?;
    while let Some(row) = rows.next()? {
        let name = row.get_ref("name")?.as_str()?;
        if let Some((_, place)) = MOVED.iter().find(|(word, _)| *word == name) {
            *place(&mut moved) += row.get::<_, u64>("value")?;
        }
    }
    Ok(moved)
}

/// The figures of counted days in the span.
pub fn figures(db: &Connection, since: Timestamp, until: Timestamp, days: &mut Days) -> Sql<()> {
    let mut figures = db.prepare_cached(FIGURES)?;
    let mut rows = figures.query(span(since, until))?;
    while let Some(row) = rows.next()? {
        if let Some(day) = of(days, row.get("begins")?) {
            let (name, subject): (String, String) = (row.get("name")?, row.get("subject")?);
            put(day, &name, subject, row.get("value")?)?;
        }
    }
    Ok(())
}

fn put(day: &mut DayFigures, name: &str, subject: String, value: u64) -> Sql<()> {
    if let Some((_, place)) = MOVED.iter().find(|(word, _)| *word == name) {
        *place(&mut day.moved) = value;
    } else if let Some(state) = RenderState::FINAL.into_iter().find(|state| state.as_str() == name)
    {
        let at = match day.renders.binary_search_by(|(model, _)| model.0.cmp(&subject)) {
            Ok(at) => at,
            Err(at) => {
                day.renders.insert(at, (ModelSlug(subject), Outcomes::default()));
                at
            }
        };
        if let Some(count) = day.renders[at].1.of(state) {
            *count = value;
        }
    } else {
        let took = SignedDuration::from_micros(i64::try_from(value).unwrap_or(i64::MAX));
        let times = day.times.get_or_insert(Times { p50: took, p95: took });
        match name {
            P50 => times.p50 = took,
            P95 => times.p95 = took,
            _ => return Err(foreign("the figure", name)),
        }
    }
    Ok(())
}

/// Marks a day that is about to be counted. A mark that stands is good: nothing was added since.
pub fn mark(db: &Connection, day: Day) -> Sql<u64> {
    let sql = "INSERT INTO day(begins) VALUES(?1) ON CONFLICT DO NOTHING";
    Ok(db.prepare_cached(sql)?.execute([micros(day.begins())])? as u64)
}

/// Keeps what a marked day came to; nothing when its mark is gone, or it is counted.
pub fn keep(db: &Connection, figures: &DayFigures) -> Sql<u64> {
    let begins = micros(figures.day.begins());
    let sql = "UPDATE day SET counted = 1 WHERE begins = ?1 AND counted = 0";
    if db.prepare_cached(sql)?.execute([begins])? == 0 {
        return Ok(0);
    }
    let sql = "INSERT INTO day_figure(begins, name, subject, value) VALUES(?1, ?2, ?3, ?4)";
    let mut insert = db.prepare_cached(sql)?;
    let mut row = |name: &str, subject: &str, value: u64| -> Sql<()> {
        if value > 0 {
            insert.execute(params![begins, name, subject, value])?;
        }
        Ok(())
    };
    let mut moved = figures.moved;
    for (name, place) in MOVED {
        row(name, "", *place(&mut moved))?;
    }
    for (model, outcomes) in &figures.renders {
        let mut outcomes = *outcomes;
        for state in RenderState::FINAL {
            let count = outcomes.of(state).map_or(0, |count| *count);
            row(state.as_str(), &model.0, count)?;
        }
    }
    if let Some(Times { p50, p95 }) = figures.times {
        let micros = |took: SignedDuration| u64::try_from(took.as_micros()).unwrap_or(0);
        // A picture that took no time at all is one all the same.
        for (name, took) in [(P50, p50), (P95, p95)] {
            insert.execute(params![begins, name, "", micros(took)])?;
        }
    }
    Ok(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        connect::{self, Durability},
        migrate,
    };

    /// What was read of a day counts only while the mark that was made before still stands.
    #[test]
    fn a_day_whose_mark_is_gone_is_not_kept_and_one_that_is_kept_is_kept_once() {
        let mut db = connect::writer(None, Durability::Off).unwrap();
        migrate::migrate(&mut db, 0).unwrap();
        let day = Day::of("2026-01-05T12:00:00Z".parse().unwrap());
        let mut figures = DayFigures::empty(day);
        figures.moved.spent = 7;
        figures.times = Some(Times { p50: SignedDuration::ZERO, p95: SignedDuration::ZERO });
        mark(&db, day).unwrap();
        db.execute_batch("DELETE FROM day").unwrap();
        assert_eq!(keep(&db, &figures).unwrap(), 0, "something was added meanwhile");
        mark(&db, day).unwrap();
        let told = |db: &Connection| super::super::days(db, day, day.ends()).unwrap().remove(0);
        assert_eq!(told(&db).moved.spent, 0, "a mark alone tells nothing");
        assert_eq!([keep(&db, &figures).unwrap(), keep(&db, &figures).unwrap()], [1, 0]);
        assert_eq!(told(&db), figures);
        assert_eq!(moved(&db).unwrap().spent, 7);
        db.execute_batch("DELETE FROM day").unwrap();
        let rows = "SELECT count(*) FROM day_figure";
        assert_eq!(db.query_row(rows, [], |row| row.get(0)), Ok(0), "figures go with their day");
    }
}
