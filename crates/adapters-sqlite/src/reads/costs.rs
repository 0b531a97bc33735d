//! What renders brought in, and what the provider took for them.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};
use safelight_domain::{IMPORTED, ModelSlug, RenderState, Timestamp};
use safelight_ports::Costs;

use super::all;
use crate::{
    error::Sql,
    rows::{self, micros},
};

/// Reads as many rows as ended in the span.
pub const ENDED: &str = "SELECT g.model, r.state, count(*) AS renders, sum(c.price) AS credits, \
    coalesce(sum(r.cost_micros), 0) AS cost_micros, \
    count(*) FILTER (WHERE r.cost_micros IS NULL) AS unpriced \
    FROM render r JOIN charge c ON c.id = r.charge_id JOIN generation g ON g.id = r.generation_id \
    WHERE r.ended_at >= ?1 AND r.ended_at < ?2 AND r.request_id IS NOT ?3 \
    GROUP BY g.model, r.state";

pub fn costs(db: &Connection, since: Timestamp, until: Timestamp) -> Sql<Vec<(ModelSlug, Costs)>> {
    let ended = all(db, ENDED, params![micros(since), micros(until), IMPORTED], |row| {
        let renders = row.get("renders")?;
        let costs = match rows::render_state(row, "state")? {
            RenderState::Stored => Costs {
                stored: renders,
                credits: row.get("credits")?,
                cost_micros: row.get("cost_micros")?,
                unpriced: row.get("unpriced")?,
                ..Costs::default()
            },
            RenderState::Filtered => Costs { filtered: renders, ..Costs::default() },
            RenderState::Cancelled => Costs { cancelled: renders, ..Costs::default() },
            // What ended has one of four states; this is the fourth (`render_ended_when_final`).
            _ => Costs { failed: renders, ..Costs::default() },
        };
        Ok((ModelSlug(row.get("model")?), costs))
    })?;
    let mut models = BTreeMap::<ModelSlug, Costs>::new();
    for (model, costs) in ended {
        let own = models.entry(model).or_default();
        *own = own.plus(costs);
    }
    Ok(models.into_iter().collect())
}
