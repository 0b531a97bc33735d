//! Everybody's keys, for the operator.

use rusqlite::{Connection, Row, params};
use safelight_domain::{KeyId, Timestamp};
use safelight_ports::{KeyFilter, KeyState, OwnedKey, Page, Paged};

use super::{all, limit, one, paged, people::phrase};
use crate::{
    error::Sql,
    rows::{self, id, micros},
};

const COLUMNS: &str = "SELECT k.*, u.email, u.canonical, a.status FROM";
const OWNER: &str =
    "CROSS JOIN account a ON a.id = k.account_id JOIN user u ON u.account_id = a.id";

/// A page of keys, newest first; each state walks an index of its own.
pub fn page_sql(filter: &KeyFilter) -> String {
    // All of them take the time, so that one list of values fits them all.
    let (index, holds) = match filter.state {
        None => ("", "?3 = ?3"),
        Some(KeyState::Working) => (
            "INDEXED BY api_key_kept",
            "k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > ?3)",
        ),
        Some(KeyState::Revoked) => {
            ("INDEXED BY api_key_revoked", "k.revoked_at IS NOT NULL AND ?3 = ?3")
        }
        Some(KeyState::Expired) => (
            "INDEXED BY api_key_expiring",
            "k.revoked_at IS NULL AND k.expires_at IS NOT NULL AND k.expires_at <= ?3",
        ),
    };
    if filter.words.is_some() {
        return format!(
            "{COLUMNS} key_words w CROSS JOIN key_place p ON p.n = w.rowid \
             CROSS JOIN api_key k ON k.id = p.key_id {OWNER} WHERE key_words MATCH ?4 \
             AND w.rowid < coalesce((SELECT n FROM key_place WHERE key_id = ?1), \
             9223372036854775807) AND {holds} ORDER BY w.rowid DESC LIMIT ?2"
        );
    }
    format!(
        "{COLUMNS} api_key k {index} {OWNER} WHERE k.id < ?1 AND {holds} \
         ORDER BY k.id DESC LIMIT ?2"
    )
}

pub fn page(
    db: &Connection,
    filter: &KeyFilter,
    now: Timestamp,
    page: Page,
) -> Sql<Paged<OwnedKey>> {
    let from = page.after.map_or(u128::MAX, |cursor| cursor.0).to_be_bytes();
    let (sql, now) = (page_sql(filter), micros(now));
    let items = match filter.words.as_deref().map(phrase) {
        Some(words) => all(db, &sql, params![from, limit(page), now, words], owned)?,
        None => all(db, &sql, params![from, limit(page), now], owned)?,
    };
    Ok(paged(items, page, |owned| owned.key.id.0.as_u128()))
}

pub fn one_of_them(db: &Connection, key: KeyId) -> Sql<Option<OwnedKey>> {
    let sql = format!("{COLUMNS} api_key k {OWNER} WHERE k.id = ?1");
    one(db, &sql, [id(key.0)], owned)
}

fn owned(row: &Row<'_>) -> Sql<OwnedKey> {
    let (owner, status) = (rows::email(row)?, rows::status(row, "status")?);
    Ok(OwnedKey { key: rows::api_key(row)?, owner, status })
}
