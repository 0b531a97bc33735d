//! Pictures by filter and words, newest first; folders.

use rusqlite::{Connection, types::ToSql};
use safelight_domain::{AccountId, Folder, Image, ImageFilter, ImageId, Ratio, Search};
use safelight_ports::{Cursor, Neighbours, Page, Paged};

use super::{all, limit, number, one, paged};
use crate::{
    error::Sql,
    rows::{self, id},
    words,
};

pub fn one_image(db: &Connection, account: AccountId, image: ImageId) -> Sql<Option<Image>> {
    let sql = rows::select_image!(
        "image i JOIN generation g ON g.id = i.generation_id WHERE i.id = ?1 AND i.account_id = ?2"
    );
    one(db, sql, [id(image.0), id(account.0)], rows::image)
}

/// A page of pictures; its work does not grow with the gallery.
pub fn page(
    db: &Connection,
    account: AccountId,
    filter: &ImageFilter,
    page: Page,
) -> Sql<Paged<Image>> {
    let before = number(page.after);
    let limit = limit(page);
    let wanted = Wanted::of(account, filter);
    let mut params = wanted.params();
    params.extend([(":before", &before as &dyn ToSql), (":limit", &limit)]);
    let rows = all(db, &page_sql(filter), params.as_slice(), |row| {
        Ok((row.get::<_, i64>("n")?, rows::image(row)?))
    })?;
    let Paged { items, next } = paged(rows, page, |(n, _)| u128::from(n.unsigned_abs()));
    Ok(Paged { items: items.into_iter().map(|(_, image)| image).collect(), next })
}

/// The pictures on both sides of one: two steps along the index a page walks.
pub fn neighbours(
    db: &Connection,
    account: AccountId,
    filter: &ImageFilter,
    image: ImageId,
) -> Sql<Neighbours> {
    let Some(here) = place_of(db, account, image)? else { return Ok(Neighbours::default()) };
    let wanted = Wanted::of(account, filter);
    let mut params = wanted.params();
    params.push((":here", &here));
    let (matching, place) = matching(filter);
    let next = |order: &str| {
        let sql = format!("{matching} AND {place} {order} LIMIT 1");
        one(db, &sql, params.as_slice(), |row| Ok(ImageId(rows::uuid(row, "id")?)))
    };
    Ok(Neighbours {
        newer: next(&format!("> :here ORDER BY {place} ASC"))?,
        older: next(&format!("< :here ORDER BY {place} DESC"))?,
    })
}

/// Where a picture stands in the order of storing.
fn place_of(db: &Connection, account: AccountId, image: ImageId) -> Sql<Option<i64>> {
    let here = "SELECT n FROM image WHERE id = ?1 AND account_id = ?2";
    one(db, here, [id(image.0), id(account.0)], |row| row.get("n"))
}

/// The ids of all that matches from a place of the list on, newest first.
pub fn ids(
    db: &Connection,
    account: AccountId,
    filter: &ImageFilter,
    after: Option<Cursor>,
    limit: u32,
) -> Sql<Vec<ImageId>> {
    let before = number(after);
    let wanted = Wanted::of(account, filter);
    let mut params = wanted.params();
    params.extend([(":before", &before as &dyn ToSql), (":limit", &limit)]);
    let (matching, place) = narrowed(IDS, filter);
    let sql = format!("{matching} AND {place} < :before ORDER BY {place} DESC LIMIT :limit");
    all(db, &sql, params.as_slice(), |row| Ok(ImageId(rows::uuid(row, "id")?)))
}

/// How many that match were stored after this one.
pub fn newer(
    db: &Connection,
    account: AccountId,
    filter: &ImageFilter,
    image: ImageId,
    limit: u32,
) -> Sql<u32> {
    let Some(here) = place_of(db, account, image)? else { return Ok(0) };
    let wanted = Wanted::of(account, filter);
    let mut params = wanted.params();
    params.extend([(":here", &here as &dyn ToSql), (":limit", &limit)]);
    let (matching, place) = narrowed(IDS, filter);
    let sql = format!("{matching} AND {place} > :here ORDER BY {place} ASC LIMIT :limit");
    let found = all(db, &sql, params.as_slice(), |_| Ok(()))?;
    Ok(u32::try_from(found.len()).unwrap_or(limit))
}

/// Pictures remixed from one.
pub const REMIXES: &str = rows::select_image!(
    "generation g JOIN render r ON r.generation_id = g.id JOIN image i ON i.render_id = r.id \
     WHERE g.account_id = ?1 AND g.remix_of = ?2 AND i.trashed_at IS NULL \
     ORDER BY g.id LIMIT ?3"
);

pub fn remixes(db: &Connection, account: AccountId, image: ImageId, limit: u16) -> Sql<Vec<Image>> {
    let params = rusqlite::params![id(account.0), id(image.0), limit];
    all(db, REMIXES, params, rows::image)
}

/// What a filter's statement is given.
struct Wanted<'a> {
    me: [u8; 16],
    folder: Option<[u8; 16]>,
    model: Option<&'a str>,
    ratio: Option<&'static str>,
    words: Option<String>,
    since: Option<i64>,
    until: Option<i64>,
}

impl<'a> Wanted<'a> {
    fn of(account: AccountId, filter: &'a ImageFilter) -> Self {
        Self {
            me: id(account.0),
            folder: filter.folder_id.map(|folder| id(folder.0)),
            model: filter.model.as_ref().map(|model| model.0.as_str()),
            ratio: filter.ratio.map(Ratio::as_str),
            words: filter.search.as_ref().and_then(|search| words::expression(account, search)),
            since: filter.search.as_ref().and_then(Search::since).map(rows::micros),
            until: filter.search.as_ref().and_then(Search::until).map(rows::micros),
        }
    }

    fn params(&self) -> Vec<(&str, &dyn ToSql)> {
        let mut params: Vec<(&str, &dyn ToSql)> = vec![(":me", &self.me)];
        params.extend(self.folder.as_ref().map(|folder| (":folder", folder as &dyn ToSql)));
        params.extend(self.model.as_ref().map(|model| (":model", model as &dyn ToSql)));
        params.extend(self.ratio.as_ref().map(|ratio| (":ratio", ratio as &dyn ToSql)));
        params.extend(self.words.as_ref().map(|words| (":words", words as &dyn ToSql)));
        params.extend(self.since.as_ref().map(|since| (":since", since as &dyn ToSql)));
        params.extend(self.until.as_ref().map(|until| (":until", until as &dyn ToSql)));
        params
    }
}

/// The statement for a page of a filter. One text a combination, so that each is prepared once.
pub fn page_sql(filter: &ImageFilter) -> String {
    let (matching, place) = matching(filter);
    format!("{matching} AND {place} < :before ORDER BY {place} DESC LIMIT :limit")
}

/// A statement for all that matches, and the column it is ordered by.
fn matching(filter: &ImageFilter) -> (String, &'static str) {
    narrowed(WHOLE, filter)
}

/// The beginnings of a statement, without words to find and with them.
type Starts = [&'static str; 2];

const WHOLE: Starts = [
    rows::select_image!("image i CROSS JOIN generation g ON g.id = i.generation_id"),
    rows::select_image!(
        "image_words w CROSS JOIN image i ON i.n = w.rowid CROSS JOIN generation g ON g.id = i.generation_id"
    ),
];
const IDS: Starts = [
    "SELECT i.id FROM image i",
    "SELECT i.id FROM image_words w CROSS JOIN image i ON i.n = w.rowid",
];

const FROM: &str = " AND {place} >= (SELECT min(n) FROM image WHERE account_id = :me \
    AND trashed_at IS NULL AND created_at >= :since)";
const UP_TO: &str = " AND {place} <= (SELECT max(n) FROM image WHERE account_id = :me \
    AND trashed_at IS NULL AND created_at < :until)";

/// A statement that begins so, for all that matches, and the column it is ordered by.
fn narrowed([plain, searching]: Starts, filter: &ImageFilter) -> (String, &'static str) {
    let search = filter.search.as_ref();
    let by_words = search.is_some_and(|search| !search.groups().is_empty());
    let start = if by_words { searching } else { plain };
    let mut sql = format!("{start} WHERE i.account_id = :me");
    let place = if by_words { "w.rowid" } else { "i.n" };
    let liked = search.and_then(Search::liked);
    let since = search.and_then(Search::since).is_some();
    let until = search.and_then(Search::until).is_some();
    for (on, text) in [
        (search.is_some_and(Search::finds_nothing), " AND 0"),
        (by_words, " AND w.image_words MATCH :words"),
        (filter.trashed, " AND i.trashed_at IS NOT NULL"),
        (!filter.trashed, " AND i.trashed_at IS NULL"),
        (filter.liked || liked == Some(true), " AND i.liked = 1"),
        (liked == Some(false), " AND i.liked = 0"),
        // Without the sign the index by time would be walked, and every page sorted.
        (since, " AND +i.created_at >= :since"),
        (until, " AND +i.created_at < :until"),
        (filter.folder_id.is_some(), " AND i.folder_id = :folder"),
        (filter.model.is_some(), " AND i.model = :model"),
        (filter.ratio.is_some(), " AND i.ratio = :ratio"),
    ] {
        if on {
            sql.push_str(text);
        }
    }
    // Numbers follow the time but for clocks that went back, so a bound on the time is nearly one
    // on the number: most rows outside of it are not even looked at.
    for (on, text) in [(since && !filter.trashed, FROM), (until && !filter.trashed, UP_TO)] {
        if on {
            sql.push_str(&text.replace("{place}", place));
        }
    }
    (sql, place)
}

pub fn folders(db: &Connection, account: AccountId) -> Sql<Vec<Folder>> {
    let sql = "SELECT * FROM folder WHERE account_id = ?1 ORDER BY name, id";
    all(db, sql, [id(account.0)], rows::folder)
}
