//! What a decision must see, loaded under the writer's lock.

mod money;

use rusqlite::{Connection, Row};
use safelight_domain::{
    AccountId, Actor, Books, ChargeId, Credits, LotId, Month, Needs, Paid, Scope, Uuid,
};

use crate::{
    error::Sql,
    lookup::{all, one},
    rows::{self, id},
};

/// Counted off the index of what is in the making, so the finished cost nothing.
pub const UNFINISHED: &str =
    "SELECT count(*) FROM render WHERE account_id = ?1 AND next_at IS NOT NULL";

pub fn books(db: &Connection, of: Scope, needs: &Needs) -> Sql<Books> {
    let mut books = Books::default();
    for challenge in &needs.challenges {
        let sql = "SELECT * FROM challenge WHERE id = ?1";
        books.challenges.extend(one(db, sql, [id(challenge.0)], rows::challenge)?);
        let sql = "SELECT u.account_id FROM challenge c JOIN user u ON u.canonical = c.canonical \
                   WHERE c.id = ?1";
        let owner = |row: &Row<'_>| Ok(AccountId(rows::uuid(row, "account_id")?));
        books.challenged = one(db, sql, [id(challenge.0)], owner)?;
    }
    if let Some(email) = &needs.email {
        let sql = "SELECT 1 FROM user WHERE canonical = ?1";
        books.email_taken = one(db, sql, [email], |_| Ok(()))?.is_some();
        let sql = "SELECT account_id, max(left_at) AS left_at FROM former WHERE canonical = ?1 \
                   HAVING count(*) > 0";
        books.email_left = one(db, sql, [email], |row| {
            Ok((AccountId(rows::uuid(row, "account_id")?), rows::time(row, "left_at")?))
        })?;
    }
    money::deliveries(db, needs, &mut books)?;
    let Scope::Account(account) = of else { return Ok(books) };
    person(db, account, needs, &mut books)?;
    Ok(books)
}

/// The rows of `ids` that exist and belong to the account.
fn mine<T>(
    db: &Connection,
    sql: &str,
    account: AccountId,
    ids: impl Iterator<Item = Uuid>,
    read: impl Fn(&Row<'_>) -> Sql<T>,
) -> Sql<Vec<T>> {
    let mut found = Vec::new();
    for wanted in ids {
        found.extend(one(db, sql, [id(wanted), id(account.0)], &read)?);
    }
    Ok(found)
}

fn person(db: &Connection, account: AccountId, needs: &Needs, books: &mut Books) -> Sql<()> {
    let sql = rows::select_person!("WHERE a.id = ?1");
    let found = one(db, sql, [id(account.0)], |row| Ok((rows::account(row)?, rows::user(row)?)))?;
    (books.account, books.user) = found.unzip();
    if needs.formers {
        let sql = "SELECT * FROM former WHERE account_id = ?1";
        books.formers = all(db, sql, [id(account.0)], rows::former)?;
    }
    if needs.lots {
        let sql = "SELECT * FROM lot WHERE account_id = ?1 AND remaining > 0 \
                   ORDER BY priority, expires_at, id";
        books.lots = all(db, sql, [id(account.0)], rows::lot)?;
    }
    for source in &needs.sources {
        let sql = "SELECT 1 FROM lot WHERE account_id = ?1 AND source = ?2";
        if one(db, sql, (id(account.0), &source.0), |_| Ok(()))?.is_some() {
            books.sources.push(source.clone());
        }
    }
    for key in &needs.txn_keys {
        let sql = "SELECT 1 FROM txn WHERE account_id = ?1 AND key = ?2";
        if one(db, sql, (id(account.0), key), |_| Ok(()))?.is_some() {
            books.txn_keys.push(key.clone());
        }
    }
    let sql = "SELECT * FROM render WHERE id = ?1 AND account_id = ?2";
    let renders = needs.renders.iter().map(|id| id.0);
    books.renders = mine(db, sql, account, renders, rows::render)?;
    let of_renders = books.renders.iter().map(|render| render.charge_id);
    for charge in needs.charges.iter().copied().chain(of_renders).collect::<Vec<_>>() {
        paid(db, account, charge, books)?;
    }
    if needs.unfinished {
        books.unfinished = one(db, UNFINISHED, [id(account.0)], |row| row.get(0))?.unwrap_or(0);
    }
    money::orders(db, account, needs, books)?;
    library(db, account, needs, books)
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

fn library(db: &Connection, account: AccountId, needs: &Needs, books: &mut Books) -> Sql<()> {
    let sql = rows::select_image!(
        "image i JOIN generation g ON g.id = i.generation_id WHERE i.id = ?1 AND i.account_id = ?2"
    );
    let images = needs.images.iter().map(|id| id.0);
    books.images = mine(db, sql, account, images, rows::image)?;
    if needs.folders {
        let sql = "SELECT * FROM folder WHERE account_id = ?1";
        books.folders = all(db, sql, [id(account.0)], rows::folder)?;
    }
    let sql = "SELECT * FROM api_key WHERE id = ?1 AND account_id = ?2";
    let keys = needs.keys.iter().map(|id| id.0);
    books.keys = mine(db, sql, account, keys, rows::api_key)?;
    let sql = rows::select_spender!("WHERE k.id = ?1 AND k.account_id = ?2");
    let spenders = needs.spenders.iter().map(|id| id.0);
    books.spenders = mine(db, sql, account, spenders, rows::spender)?;
    let sql = "SELECT * FROM session WHERE id = ?1 AND account_id = ?2";
    let sessions = needs.sessions.iter().map(|id| id.0);
    books.sessions = mine(db, sql, account, sessions, rows::session)?;
    Ok(())
}
