//! Figures from what was recorded, row by row.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};
use safelight_domain::{Day, IMPORTED, ModelSlug, SignedDuration, Timestamp, TxnKind};
use safelight_ports::{DayFigures, Intake, Moved, Outcomes, Times, percentile};

use super::{DAY, Days, empty, of, span};
use crate::{error::Sql, rows};

/// Lines of one kind. A pack is sold when its order gives the first time; what comes again
/// follows the order by name.
pub const MOVES: &str = "SELECT t.at, t.amount, t.kind = 'grant' AND t.order_id IS NULL AND EXISTS(\
    SELECT 1 FROM entry e JOIN lot l ON l.id = e.lot_id \
    WHERE e.txn_id = t.id AND l.order_id IS NOT NULL) AS sold \
    FROM txn t WHERE t.kind = ?1 AND t.at >= ?2 AND t.at < ?3";

/// Renders that ended.
pub const ENDED: &str = "SELECT r.state, r.begun_at, r.ended_at, g.model \
    FROM render r INDEXED BY render_ended JOIN generation g ON g.id = r.generation_id \
    WHERE r.ended_at >= ?1 AND r.ended_at < ?2 AND r.request_id IS NOT ?3";

/// People who joined.
pub const SIGN_UPS: &str = "SELECT created_at FROM user WHERE created_at >= ?1 AND created_at < ?2";

/// Orders that were paid.
pub const INTAKES: &str = "SELECT settled_at, mode, currency, captured, refunded FROM pack_order \
    WHERE state = 'paid' AND settled_at >= ?1 AND settled_at < ?2 AND captured > 0";

/// Days with all that is rolled up, read anew.
pub fn days(db: &Connection, since: Day, until: Timestamp) -> Sql<Vec<DayFigures>> {
    let db = db.unchecked_transaction()?;
    let mut days = empty(since, until);
    moves(&db, since.begins(), until, &mut days)?;
    renders(&db, since.begins(), until, &mut days)?;
    Ok(days.into_values().collect())
}

pub fn moves(db: &Connection, since: Timestamp, until: Timestamp, days: &mut Days) -> Sql<()> {
    each_move(db, since, until, |at, kind, sold, amount| {
        if let Some(day) = of(days, at) {
            *day.moved.of(kind, sold) += amount;
        }
        Ok(())
    })
}

pub fn moved(db: &Connection, since: Timestamp, until: Timestamp) -> Sql<Moved> {
    let mut sum = Moved::default();
    each_move(db, since, until, |_, kind, sold, amount| {
        *sum.of(kind, sold) += amount;
        Ok(())
    })?;
    Ok(sum)
}

fn each_move(
    db: &Connection,
    since: Timestamp,
    until: Timestamp,
    mut then: impl FnMut(i64, TxnKind, bool, u64) -> Sql<()>,
) -> Sql<()> {
    let [since, until] = span(since, until);
    let mut moves = db.prepare_cached(MOVES)?;
    for kind in TxnKind::ALL {
        let mut rows = moves.query(params![kind.as_str(), since, until])?;
        while let Some(row) = rows.next()? {
            then(row.get("at")?, kind, row.get("sold")?, row.get("amount")?)?;
        }
    }
    Ok(())
}

pub fn renders(db: &Connection, since: Timestamp, until: Timestamp, days: &mut Days) -> Sql<()> {
    let [since, until] = span(since, until);
    let mut ended = db.prepare_cached(ENDED)?;
    let mut rows = ended.query(params![since, until, IMPORTED])?;
    let mut outcomes = BTreeMap::<(i64, String), Outcomes>::new();
    let mut took = BTreeMap::<i64, Vec<i64>>::new();
    while let Some(row) = rows.next()? {
        let (begun, ended): (Option<i64>, i64) = (row.get("begun_at")?, row.get("ended_at")?);
        let (state, day) = (rows::render_state(row, "state")?, ended - ended.rem_euclid(DAY));
        if let Some(count) = outcomes.entry((day, row.get("model")?)).or_default().of(state) {
            *count += 1;
        }
        if let (safelight_domain::RenderState::Stored, Some(begun)) = (state, begun) {
            took.entry(day).or_default().push(ended - begun);
        }
    }
    for ((day, model), outcomes) in outcomes {
        if let Some(day) = days.get_mut(&day) {
            day.renders.push((ModelSlug(model), outcomes));
        }
    }
    for (day, mut took) in took {
        took.sort_unstable();
        let rank = |of| percentile(&took, of).map(SignedDuration::from_micros);
        if let (Some(day), Some(p50), Some(p95)) = (days.get_mut(&day), rank(50), rank(95)) {
            day.times = Some(Times { p50, p95 });
        }
    }
    Ok(())
}

pub fn sign_ups(db: &Connection, since: Timestamp, until: Timestamp, days: &mut Days) -> Sql<()> {
    let mut joined = db.prepare_cached(SIGN_UPS)?;
    let mut rows = joined.query(span(since, until))?;
    while let Some(row) = rows.next()? {
        if let Some(day) = of(days, row.get("created_at")?) {
            day.sign_ups += 1;
        }
    }
    Ok(())
}

pub fn intakes(db: &Connection, since: Timestamp, until: Timestamp, days: &mut Days) -> Sql<()> {
    let mut paid = db.prepare_cached(INTAKES)?;
    let mut rows = paid.query(span(since, until))?;
    while let Some(row) = rows.next()? {
        let Some(day) = of(days, row.get("settled_at")?) else { continue };
        let (mode, currency) = (rows::mode(row, "mode")?, row.get::<_, String>("currency")?);
        let (captured, refunded) = (row.get::<_, u64>("captured")?, row.get::<_, u64>("refunded")?);
        let same = |intake: &&mut Intake| intake.mode == mode && intake.currency == currency;
        if let Some(known) = day.intakes.iter_mut().find(same) {
            known.captured += captured;
            known.refunded += refunded;
        } else {
            day.intakes.push(Intake { mode, currency, captured, refunded });
        }
    }
    for day in days.values_mut() {
        day.intakes
            .sort_by(|a, b| (a.mode.as_str(), &a.currency).cmp(&(b.mode.as_str(), &b.currency)));
    }
    Ok(())
}
