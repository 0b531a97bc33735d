//! The trail, and what waits to be taken away.

use rusqlite::{Connection, params, params_from_iter, types::Value};
use safelight_domain::{AccountId, Deed, Discard, Former, ImageId, Mac, RenderId, Timestamp, Uuid};
use safelight_ports::{Page, Paged, TrailFilter};

use super::{all, limit, number, one, paged};
use crate::{
    error::Sql,
    rows::{self, id, micros},
};

/// Deeds that match, off the index that narrows them down most, and what is compared with.
pub fn deeds_sql(filter: &TrailFilter) -> (String, Vec<Value>) {
    let account = filter.account.map(|account| Value::Blob(id(account.0).to_vec()));
    let actor = filter.actor.clone().map(Value::Text);
    let name = filter.name.map(|name| Value::Text(name.as_str().to_owned()));
    let mut index = "";
    let (mut matches, mut values) = (String::new(), Vec::new());
    for (value, column, narrow) in [
        (account, "account_id", "INDEXED BY deed_of_account"),
        (actor, "actor", "INDEXED BY deed_by"),
        (name, "name", "INDEXED BY deed_named"),
    ] {
        let Some(value) = value else { continue };
        if values.is_empty() {
            index = narrow;
        }
        matches.push_str(column);
        matches.push_str(" = ? AND ");
        values.push(value);
    }
    (format!("SELECT * FROM deed {index} WHERE {matches}n < ? ORDER BY n DESC LIMIT ?"), values)
}

pub fn deeds(db: &Connection, filter: &TrailFilter, page: Page) -> Sql<Paged<Deed>> {
    let before = number(page.after);
    let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, u64>("n")?, rows::deed(row)?));
    let (sql, mut values) = deeds_sql(filter);
    values.extend([Value::Integer(before), Value::Integer(limit(page).into())]);
    let rows = all(db, &sql, params_from_iter(values), read)?;
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
