//! Generations with their renders, and renders as the pipeline sees them.

use std::collections::BTreeSet;

use rusqlite::{Connection, Row, params};
use safelight_domain::{
    AccountId, FolderId, Generation, GenerationId, ImageId, ModelSlug, Order, RenderId,
    RenderState, RenderStatus, Search, SignedDuration,
};
use safelight_ports::{GenerationStatus, Job, Page, Paged};

use super::{all, limit, line::Line, one, paged};
use crate::{
    error::Sql,
    rows::{self, id},
};

pub const PAGE: &str = "SELECT * FROM generation WHERE account_id = ?1 AND id < ?2 \
    ORDER BY id DESC LIMIT ?3";

/// Newest first, off the index of what is under way.
pub const UNFINISHED: &str = "SELECT g.* FROM generation g WHERE g.id IN \
    (SELECT generation_id FROM render WHERE account_id = ?1 AND next_at IS NOT NULL) \
    ORDER BY g.id DESC";

/// Renders with what they cost and what came of them.
macro_rules! select_status {
    ($rest:literal) => {
        concat!(
            "SELECT r.*, c.price, c.state AS charge_state, i.id AS image_id FROM render r ",
            "JOIN charge c ON c.id = r.charge_id LEFT JOIN image i ON i.render_id = r.id ",
            $rest
        )
    };
}

pub(super) fn with_renders(
    db: &Connection,
    generations: Vec<Generation>,
) -> Sql<Vec<GenerationStatus>> {
    let sql = select_status!("WHERE r.generation_id = ?1 ORDER BY r.idx");
    let with = |generation: Generation| {
        let renders = all(db, sql, [id(generation.id.0)], status)?;
        Ok(GenerationStatus { generation, renders })
    };
    let mut found = generations.into_iter().map(with).collect::<Sql<Vec<_>>>()?;
    place(db, found.iter_mut().flat_map(|status| &mut status.renders))?;
    Ok(found)
}

pub fn by_id(
    db: &Connection,
    account: AccountId,
    generation: GenerationId,
) -> Sql<Option<GenerationStatus>> {
    let sql = "SELECT * FROM generation WHERE id = ?1 AND account_id = ?2";
    let found = one(db, sql, [id(generation.0), id(account.0)], rows::generation)?;
    Ok(with_renders(db, found.into_iter().collect())?.pop())
}

pub fn page(db: &Connection, account: AccountId, page: Page) -> Sql<Paged<GenerationStatus>> {
    let before = page.after.map_or([0xff; 16], |cursor| cursor.0.to_be_bytes());
    let items = all(db, PAGE, params![id(account.0), before, limit(page)], rows::generation)?;
    let Paged { items, next } = paged(items, page, |generation| generation.id.0.as_u128());
    Ok(Paged { items: with_renders(db, items)?, next })
}

pub fn unfinished(db: &Connection, account: AccountId) -> Sql<Vec<GenerationStatus>> {
    with_renders(db, all(db, UNFINISHED, [id(account.0)], rows::generation)?)
}

pub fn render(db: &Connection, account: AccountId, render: RenderId) -> Sql<Option<RenderStatus>> {
    let sql = select_status!("WHERE r.id = ?1 AND r.account_id = ?2");
    let mut found = one(db, sql, [id(render.0), id(account.0)], status)?;
    place(db, found.iter_mut())?;
    Ok(found)
}

pub fn job(db: &Connection, render: RenderId) -> Sql<Option<Job>> {
    let sql = "SELECT r.*, g.prompt, g.negative, g.model, g.size, g.folder_id FROM render r \
               JOIN generation g ON g.id = r.generation_id WHERE r.id = ?1";
    one(db, sql, [id(render.0)], |row| {
        let render = rows::render(row)?;
        // The seed read here is the render's own: both tables have the column, the render's first.
        let order = Order { seed: render.seed, ..rows::wish(row)? };
        let folder_id = rows::uuid_or_none(row, "folder_id")?.map(FolderId);
        Ok(Job { render, order, folder_id })
    })
}

/// By the pictures, not the renders: the newest of them are found without a search. What was brought
/// along was never sent to anybody.
pub const TIMES: &str = "SELECT i.model, r.ended_at - r.begun_at FROM image i \
    JOIN render r ON r.id = i.render_id WHERE i.n > (SELECT max(n) FROM image) - ?1 \
    AND r.submitted_at IS NOT NULL AND r.begun_at IS NOT NULL ORDER BY i.n DESC";

pub fn times(db: &Connection, most: u16) -> Sql<Vec<(ModelSlug, SignedDuration)>> {
    all(db, TIMES, [most], |row| {
        Ok((ModelSlug(row.get(0)?), SignedDuration::from_micros(row.get(1)?)))
    })
}

/// How far back wordings are searched; older ones are found by their pictures, in the gallery.
const REMEMBERED: u16 = 2_000;
pub const WORDINGS: &str =
    "SELECT * FROM generation WHERE account_id = ?1 ORDER BY id DESC LIMIT ?2";

pub fn wordings(
    db: &Connection,
    account: AccountId,
    search: Option<&Search>,
    most: u16,
) -> Sql<Vec<Generation>> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    let mut statement = db.prepare_cached(WORDINGS)?;
    let rows = statement.query_map(params![id(account.0), REMEMBERED], rows::generation)?;
    for generation in rows {
        let generation = generation?;
        let wording = generation.order.prompt.as_str().to_lowercase();
        let found_by = |search: &Search| search.matches_request(&generation);
        if search.is_none_or(found_by) && seen.insert(wording) {
            found.push(generation);
            if found.len() == usize::from(most) {
                break;
            }
        }
    }
    Ok(found)
}

fn status(row: &Row<'_>) -> Sql<RenderStatus> {
    Ok(RenderStatus {
        render: rows::render(row)?,
        price: rows::credits(row, "price")?,
        charge: rows::charge_state(row, "charge_state")?,
        image_id: rows::uuid_or_none(row, "image_id")?.map(ImageId),
        position: None,
    })
}

/// Tells those who stand in line their place; the line is read once, if anybody does.
fn place<'a>(db: &Connection, renders: impl Iterator<Item = &'a mut RenderStatus>) -> Sql<()> {
    let pending: Vec<_> =
        renders.filter(|status| status.render.state == RenderState::Pending).collect();
    if pending.is_empty() {
        return Ok(());
    }
    let line = Line::read(db)?;
    for status in pending {
        let render = &status.render;
        status.position = Some(line.before(db, render.account_id, render.id)?);
    }
    Ok(())
}
