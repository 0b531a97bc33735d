//! Lots, transactions and charges a decision must see.

use rusqlite::{Connection, Row};
use safelight_domain::{AccountId, Actor, Books, ChargeId, Credits, LotId, Month, Paid, SourceRef};

use crate::{
    error::Sql,
    lookup::{all, one},
    rows::{self, id},
};

/// The account's lots with something left, in burn order.
pub fn lots(db: &Connection, account: AccountId, wanted: bool, books: &mut Books) -> Sql<()> {
    if wanted {
        let sql = "SELECT * FROM lot WHERE account_id = ?1 AND remaining > 0 \
                   ORDER BY priority, expires_at, id";
        books.lots = all(db, sql, [id(account.0)], rows::lot)?;
    }
    Ok(())
}

/// Which of these facts were granted before, and which of these transactions were made.
pub fn earlier(
    db: &Connection,
    account: AccountId,
    sources: &[SourceRef],
    txn_keys: &[String],
    books: &mut Books,
) -> Sql<()> {
    for source in sources {
        let sql = "SELECT 1 FROM lot WHERE account_id = ?1 AND source = ?2";
        if one(db, sql, (id(account.0), source.as_str()), |_| Ok(()))?.is_some() {
            books.sources.push(source.clone());
        }
    }
    for key in txn_keys {
        let sql = "SELECT 1 FROM txn WHERE account_id = ?1 AND key = ?2";
        if one(db, sql, (id(account.0), key), |_| Ok(()))?.is_some() {
            books.txn_keys.push(key.clone());
        }
    }
    Ok(())
}

/// The charges asked for, and those of the loaded renders.
pub fn charges(
    db: &Connection,
    account: AccountId,
    charges: &[ChargeId],
    books: &mut Books,
) -> Sql<()> {
    let of_renders = books.renders.iter().map(|render| render.charge_id);
    for charge in charges.iter().copied().chain(of_renders).collect::<Vec<_>>() {
        paid(db, account, charge, books)?;
    }
    Ok(())
}

/// A charge, what each lot paid for it, and those lots even when nothing is left in them.
fn paid(db: &Connection, account: AccountId, charge: ChargeId, books: &mut Books) -> Sql<()> {
    let sql = "SELECT * FROM charge WHERE id = ?1 AND account_id = ?2";
    let Some(charge) = one(db, sql, [id(charge.0), id(account.0)], rows::charge)? else {
        return Ok(());
    };
    let sql = "SELECT l.*, -e.delta AS paid, t.actor, coalesce(t.decided_at, t.at) AS at FROM txn t JOIN entry e ON e.txn_id = t.id \
               JOIN lot l ON l.id = e.lot_id WHERE t.charge_id = ?1 AND t.kind = 'spend' \
               ORDER BY l.priority, l.expires_at, l.id";
    let mut by: Vec<(LotId, Credits)> = Vec::new();
    let mut key = None;
    let part = |row: &Row<'_>| {
        let spent = (Actor(row.get("actor")?), rows::time(row, "at")?);
        Ok((rows::lot(row)?, rows::credits(row, "paid")?, spent))
    };
    for (lot, paid, (actor, at)) in all(db, sql, [id(charge.id.0)], part)? {
        key = actor.key_id().map(|key| (key, Month::of(at)));
        by.push((lot.id, paid));
        if books.lots.iter().all(|seen| seen.id != lot.id) {
            books.lots.push(lot);
        }
    }
    books.charges.push(Paid { charge, by, key });
    Ok(())
}
