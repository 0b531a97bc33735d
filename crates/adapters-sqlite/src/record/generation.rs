//! Generations as rows.

use rusqlite::params;
use safelight_domain::{Generation, GenerationWrite};

use super::RowWriter;
use crate::{
    error::Sql,
    rows::{bits, id, micros},
};

impl RowWriter<'_> {
    pub(super) fn record_generation(&self, write: &GenerationWrite) -> Sql<()> {
        match write {
            GenerationWrite::New(generation) => self.generation(generation),
        }
    }

    fn generation(&self, generation: &Generation) -> Sql<()> {
        let order = &generation.order;
        self.one(
            "INSERT INTO generation(id, account_id, prompt, negative, model, size, seed, count, \
             folder_id, created_at, remix_of) \
             VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            params![
                id(generation.id.0),
                id(generation.account_id.0),
                order.prompt.as_str(),
                order.negative.as_ref().map(safelight_domain::Prompt::as_str),
                order.model.0,
                order.size.as_str(),
                bits(order.seed),
                generation.count.get(),
                generation.folder_id.map(|f| id(f.0)),
                micros(generation.created_at),
                generation.remix_of.map(|image| id(image.0))
            ],
        )
    }
}
