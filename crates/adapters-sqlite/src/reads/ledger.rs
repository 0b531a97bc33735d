//! Lots, charges and the journal.

use rusqlite::{Connection, Row, params};
use safelight_domain::{
    AccountId, Charge, ChargeId, GenerationId, Line, Lot, RenderId, Timestamp, Uuid,
};
use safelight_ports::{Page, Paged};

use super::{all, limit, number, one, paged};
use crate::{
    error::Sql,
    rows::{self, id, micros},
};

pub const LINES: &str = "SELECT t.seq, t.kind, t.amount, t.balance_after, t.charge_id, t.key, \
    t.reason, t.at, c.action, r.id AS render_id, r.generation_id FROM txn t \
    LEFT JOIN charge c ON c.id = t.charge_id LEFT JOIN render r ON r.charge_id = t.charge_id \
    WHERE t.account_id = ?1 AND t.seq < ?2 ORDER BY t.seq DESC LIMIT ?3";

pub fn lots(db: &Connection, account: AccountId) -> Sql<Vec<Lot>> {
    let sql = "SELECT * FROM lot WHERE account_id = ?1 AND remaining > 0 \
               ORDER BY priority, expires_at, id";
    all(db, sql, [id(account.0)], rows::lot)
}

pub fn charge(db: &Connection, account: AccountId, charge: ChargeId) -> Sql<Option<Charge>> {
    let sql = "SELECT * FROM charge WHERE id = ?1 AND account_id = ?2";
    one(db, sql, [id(charge.0), id(account.0)], rows::charge)
}

pub fn lines(db: &Connection, account: AccountId, page: Page) -> Sql<Paged<Line>> {
    let before = number(page.after);
    let items = all(db, LINES, params![id(account.0), before, limit(page)], line)?;
    Ok(paged(items, page, |line| line.seq.into()))
}

/// A line as the statements here and those of everybody's journal select it.
pub fn line(row: &Row<'_>) -> Sql<Line> {
    Ok(Line {
        seq: row.get("seq")?,
        kind: rows::txn_kind(row, "kind")?,
        amount: rows::credits(row, "amount")?,
        balance_after: rows::credits(row, "balance_after")?,
        action: row.get("action")?,
        charge: rows::uuid_or_none(row, "charge_id")?.map(ChargeId),
        render: rows::uuid_or_none(row, "render_id")?.map(RenderId),
        generation: rows::uuid_or_none(row, "generation_id")?.map(GenerationId),
        reason: row.get("reason")?,
        key: row.get("key")?,
        at: rows::time(row, "at")?,
    })
}

pub fn to_sweep(db: &Connection, now: Timestamp, limit: u16) -> Sql<Vec<AccountId>> {
    // Left to itself SQLite reads every lot in the order of accounts, to need no DISTINCT.
    let sql = "SELECT DISTINCT account_id FROM lot INDEXED BY lot_due \
               WHERE remaining > 0 AND expires_at <= ?1 LIMIT ?2";
    all(db, sql, params![micros(now), limit], |row| Ok(AccountId(Uuid::from_bytes(row.get(0)?))))
}
