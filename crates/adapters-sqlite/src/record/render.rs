//! Renders as rows.

use rusqlite::params;
use safelight_domain::{Render, RenderState, RenderWrite};

use super::RowWriter;
use crate::{
    error::Sql,
    rows::{bits, id, micros},
};

impl RowWriter<'_> {
    pub(super) fn record_render(&self, write: &RenderWrite) -> Sql<()> {
        match write {
            RenderWrite::New(render) => self.render(render),
            RenderWrite::Moved { render, was } => self.render_moved(render, *was),
        }
    }

    fn render(&self, render: &Render) -> Sql<()> {
        self.one(
            "INSERT INTO render(id, generation_id, account_id, idx, charge_id, seed, state, \
             next_at, deadline, created_at) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![
                id(render.id.0),
                id(render.generation_id.0),
                id(render.account_id.0),
                render.index,
                id(render.charge_id.0),
                bits(render.seed),
                render.state.as_str(),
                render.next_at.map(micros),
                micros(render.deadline),
                micros(render.created_at)
            ],
        )
    }

    fn render_moved(&self, render: &Render, was: RenderState) -> Sql<()> {
        self.one(
            "UPDATE render SET state = ?3, request_id = ?4, next_at = ?5, cancel_requested = ?6, \
             error = ?7, cost_micros = ?8, submitted_at = ?9, ended_at = ?10 \
             WHERE id = ?1 AND state = ?2",
            params![
                id(render.id.0),
                was.as_str(),
                render.state.as_str(),
                render.request_id,
                render.next_at.map(micros),
                render.cancel_requested,
                render.error,
                render.cost_micros,
                render.submitted_at.map(micros),
                render.ended_at.map(micros)
            ],
        )
    }
}
