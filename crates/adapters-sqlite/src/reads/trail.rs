//! The trail, and what waits to be taken away.

use rusqlite::{Connection, params};
use safelight_domain::{AccountId, Deed, Discard, Former, ImageId, Mac, RenderId, Timestamp, Uuid};
use safelight_ports::{Page, Paged};

use super::{all, limit, one, paged};
use crate::{
    error::Sql,
    rows::{self, id, micros},
};

pub fn deeds(db: &Connection, of: Option<AccountId>, page: Page) -> Sql<Paged<Deed>> {
    let before = page.after.map_or(i64::MAX, |c| i64::try_from(c.0).unwrap_or(i64::MAX));
    let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, u64>("n")?, rows::deed(row)?));
    let rows = if let Some(account) = of {
        let sql = "SELECT * FROM deed WHERE account_id = ?1 AND n < ?2 \
                       ORDER BY n DESC LIMIT ?3";
        all(db, sql, params![id(account.0), before, limit(page)], read)?
    } else {
        let sql = "SELECT * FROM deed WHERE n < ?1 ORDER BY n DESC LIMIT ?2";
        all(db, sql, params![before, limit(page)], read)?
    };
    let Paged { items, next } = paged(rows, page, |(n, _)| u128::from(*n));
    Ok(Paged { items: items.into_iter().map(|(_, deed)| deed).collect(), next })
}

pub fn former(db: &Connection, token: Mac) -> Sql<Option<Former>> {
    one(db, "SELECT * FROM former WHERE token = ?1", [token], rows::former)
}

pub fn leaving(db: &Connection, now: Timestamp, limit: u16) -> Sql<Vec<AccountId>> {
    let sql = "SELECT id FROM account WHERE closes_at <= ?1 AND status <> 'closed' \
               ORDER BY closes_at LIMIT ?2";
    all(db, sql, params![micros(now), limit], |row| Ok(AccountId(rows::uuid(row, "id")?)))
}

pub fn expired_trash(
    db: &Connection,
    before: Timestamp,
    limit: u16,
) -> Sql<Vec<(AccountId, ImageId)>> {
    let sql = "SELECT account_id, id FROM image WHERE trashed_at <= ?1 \
               ORDER BY trashed_at LIMIT ?2";
    all(db, sql, params![micros(before), limit], |row| {
        Ok((AccountId(rows::uuid(row, "account_id")?), ImageId(rows::uuid(row, "id")?)))
    })
}

pub fn discards(db: &Connection, limit: u16) -> Sql<Vec<Discard>> {
    let sql = "SELECT render_id, account_id FROM discard WHERE cleared_at IS NULL \
               ORDER BY at LIMIT ?1";
    all(db, sql, params![limit], |row| {
        let render_id = RenderId(Uuid::from_bytes(row.get("render_id")?));
        Ok(Discard { account_id: AccountId(rows::uuid(row, "account_id")?), render_id })
    })
}
