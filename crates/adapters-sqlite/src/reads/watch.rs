//! Everybody's generations, and what an operator asks besides.

use async_trait::async_trait;
use rusqlite::{Connection, params, params_from_iter, types::Value};
use safelight_domain::{
    Changes, GenerationId, IMPORTED, ModelSlug, Refusal, RenderState, Task, TaskId, Timestamp,
    Write,
};
use safelight_ports::{
    CommitError, Fault, GenerationStatus, Page, Paged, Tally, Tasks, Watch, Watched,
};

use super::{all, each, generations, limit, money, one, paged, tasks};
use crate::{
    Sqlite,
    error::Sql,
    load,
    rows::{self, id, micros},
};

/// The generations that `$renders` finds, each once and in the order of its index.
macro_rules! with_render {
    ($renders:literal) => {
        concat!(
            "SELECT * FROM generation WHERE id IN (SELECT DISTINCT generation_id FROM render ",
            $renders,
            " AND generation_id < ?1 ORDER BY generation_id DESC LIMIT ?2) ORDER BY id DESC"
        )
    };
}

/// How they are found, and what is compared with besides the page.
pub fn page_sql(which: &Watched) -> (&'static str, Option<Value>) {
    match which {
        Watched::All => ("SELECT * FROM generation WHERE id < ?1 ORDER BY id DESC LIMIT ?2", None),
        Watched::Model(ModelSlug(slug)) => (
            "SELECT * FROM generation WHERE model = ?3 AND id < ?1 ORDER BY id DESC LIMIT ?2",
            Some(Value::Text(slug.clone())),
        ),
        Watched::Unfinished(before) => (
            with_render!("INDEXED BY render_unmade WHERE next_at IS NOT NULL AND created_at < ?3"),
            Some(Value::Integer(micros(*before))),
        ),
        Watched::Overdue(since) => (
            with_render!(
                "INDEXED BY render_unmade WHERE next_at IS NOT NULL \
                 AND (next_at < ?3 AND state <> 'pending' OR deadline < ?3)"
            ),
            Some(Value::Integer(micros(*since))),
        ),
        Watched::FailedFor(reason) => (
            with_render!("INDEXED BY render_failed_for WHERE state = 'failed' AND error = ?3"),
            Some(Value::Text(reason.clone())),
        ),
        Watched::Ended(state) => (
            with_render!(
                "INDEXED BY render_returned_as \
                 WHERE state IN ('failed', 'filtered', 'cancelled') AND state = ?3"
            ),
            Some(Value::Text(state.as_str().to_owned())),
        ),
        Watched::Refunded => (
            with_render!(
                "INDEXED BY render_returned WHERE state IN ('failed', 'filtered', 'cancelled')"
            ),
            None,
        ),
    }
}

pub fn page(db: &Connection, which: &Watched, page: Page) -> Sql<Paged<GenerationStatus>> {
    let before = page.after.map_or([0xff; 16], |cursor| cursor.0.to_be_bytes());
    let (sql, value) = page_sql(which);
    let mut values = vec![Value::Blob(before.to_vec()), Value::Integer(limit(page).into())];
    values.extend(value);
    let items = all(db, sql, params_from_iter(values), rows::generation)?;
    let Paged { items, next } = paged(items, page, |generation| generation.id.0.as_u128());
    Ok(Paged { items: generations::with_renders(db, items)?, next })
}

pub fn generation(db: &Connection, wanted: GenerationId) -> Sql<Option<GenerationStatus>> {
    let sql = "SELECT * FROM generation WHERE id = ?1";
    let found = one(db, sql, [id(wanted.0)], rows::generation)?;
    Ok(generations::with_renders(db, found.into_iter().collect())?.pop())
}

/// Steps from one reason to the next, so that it reads as many rows as there are reasons.
const NEXT_FAILURE: &str = "SELECT min(error) FROM render INDEXED BY render_failed_for \
    WHERE state = 'failed' AND error > ?1";

pub fn failures(db: &Connection, most: u16) -> Sql<Vec<String>> {
    each(db, NEXT_FAILURE, most)
}

/// Reads as many rows as ended in the span, whatever they are compared with.
pub const TALLY: &str = "SELECT count(*) AS renders, \
    coalesce(sum(c.price) FILTER (WHERE r.state = 'stored'), 0) AS kept, \
    coalesce(sum(c.price) FILTER (WHERE r.state <> 'stored'), 0) AS refunded, \
    coalesce(sum(r.cost_micros), 0) AS cost_micros, \
    count(*) FILTER (WHERE r.state = 'stored' AND r.cost_micros IS NULL) AS unpriced \
    FROM render r INDEXED BY render_ended JOIN charge c ON c.id = r.charge_id \
    JOIN generation g ON g.id = r.generation_id \
    WHERE r.ended_at >= ?1 AND r.ended_at < ?2 AND r.request_id IS NOT ?3 \
    AND (?4 IS NULL OR g.model = ?4) AND (?5 IS NULL OR r.state = ?5) \
    AND (?6 IS NULL OR r.error = ?6) AND (?7 = 0 OR r.state <> 'stored')";

pub fn tally(db: &Connection, which: &Watched, since: Timestamp, until: Timestamp) -> Sql<Tally> {
    let (mut model, mut state, mut reason) = (None, None, None);
    match which {
        Watched::All | Watched::Refunded => {}
        Watched::Model(slug) => model = Some(slug.0.as_str()),
        Watched::Ended(ending) => state = Some(ending.as_str()),
        Watched::FailedFor(why) => {
            (state, reason) = (Some(RenderState::Failed.as_str()), Some(why.as_str()));
        }
        Watched::Unfinished(_) | Watched::Overdue(_) => return Ok(Tally::default()),
    }
    let returned = *which == Watched::Refunded;
    let span = (micros(since), micros(until));
    let values = params![span.0, span.1, IMPORTED, model, state, reason, returned];
    db.prepare_cached(TALLY)?.query_row(values, |row| {
        Ok(Tally {
            renders: row.get("renders")?,
            kept: row.get("kept")?,
            refunded: row.get("refunded")?,
            cost_micros: row.get("cost_micros")?,
            unpriced: row.get("unpriced")?,
        })
    })
}

/// The decision alone, on what a reader sees in one glance.
pub fn rehearse(
    db: &mut Connection,
    changes: Changes,
    now: Timestamp,
) -> Sql<Result<Vec<Write>, Refusal>> {
    let glance = db.transaction()?;
    let books = load::books(&glance, changes.account(), &changes.needs())?;
    Ok(changes.decide(&books, now).map(|(writes, _)| writes))
}

#[async_trait]
impl Watch for Sqlite {
    async fn kinds(&self, limit: u16) -> Result<Vec<String>, Fault> {
        self.read(move |db| money::kinds(db, limit)).await
    }

    async fn generations(
        &self,
        which: &Watched,
        part: Page,
    ) -> Result<Paged<GenerationStatus>, Fault> {
        let which = which.clone();
        self.read(move |db| page(db, &which, part)).await
    }

    async fn generation(&self, id: GenerationId) -> Result<Option<GenerationStatus>, Fault> {
        self.read(move |db| generation(db, id)).await
    }

    async fn failures(&self, limit: u16) -> Result<Vec<String>, Fault> {
        self.read(move |db| failures(db, limit)).await
    }

    async fn tally(
        &self,
        which: &Watched,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Tally, Fault> {
        let which = which.clone();
        self.read(move |db| tally(db, &which, since, until)).await
    }

    async fn tasks(&self, which: Tasks, page: Page) -> Result<Paged<Task>, Fault> {
        self.read(move |db| tasks::page(db, which, page)).await
    }

    async fn task(&self, id: TaskId) -> Result<Option<Task>, Fault> {
        self.read(move |db| tasks::one_task(db, id)).await
    }

    async fn rehearse(&self, changes: Changes, now: Timestamp) -> Result<Vec<Write>, CommitError> {
        Ok(self.read(move |db| rehearse(db, changes, now)).await??)
    }
}
