//! What a decision must see, loaded under the writer's lock.

use rusqlite::{Connection, OptionalExtension, Params, Row};
use safelight_domain::{
    AccountId, Actor, Books, ChargeId, Credits, LotId, Month, Needs, Paid, Scope, Uuid,
};

use crate::{
    error::Sql,
    rows::{self, id},
};

pub fn books(connection: &Connection, of: Scope, needs: &Needs) -> Sql<Books> {
    let mut books = Books::default();
    let db = Lookup(connection);
    for challenge in &needs.challenges {
        let sql = "SELECT * FROM challenge WHERE id = ?1";
        books.challenges.extend(db.one(sql, [id(challenge.0)], rows::challenge)?);
        let sql = "SELECT u.account_id FROM challenge c JOIN user u ON u.canonical = c.canonical \
                   WHERE c.id = ?1";
        let owner = |row: &Row<'_>| Ok(AccountId(rows::uuid(row, "account_id")?));
        books.challenged = db.one(sql, [id(challenge.0)], owner)?;
    }
    if let Some(email) = &needs.email {
        let sql = "SELECT 1 FROM user WHERE canonical = ?1";
        books.email_taken = db.one(sql, [email], |_| Ok(()))?.is_some();
        let sql = "SELECT account_id, max(left_at) AS left_at FROM former WHERE canonical = ?1 \
                   HAVING count(*) > 0";
        books.email_left = db.one(sql, [email], |row| {
            Ok((AccountId(rows::uuid(row, "account_id")?), rows::time(row, "left_at")?))
        })?;
    }
    let Scope::Account(account) = of else { return Ok(books) };
    db.account(account, needs, &mut books)?;
    Ok(books)
}

/// Look-ups by prepared statements.
struct Lookup<'a>(&'a Connection);

impl Lookup<'_> {
    fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> Sql<T>,
    ) -> Sql<Option<T>> {
        self.0.prepare_cached(sql)?.query_row(params, read).optional()
    }

    fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> Sql<T>,
    ) -> Sql<Vec<T>> {
        self.0.prepare_cached(sql)?.query_map(params, read)?.collect()
    }

    /// The rows of `ids` that exist and belong to the account.
    fn mine<T>(
        &self,
        sql: &str,
        account: AccountId,
        ids: impl Iterator<Item = Uuid>,
        read: impl Fn(&Row<'_>) -> Sql<T>,
    ) -> Sql<Vec<T>> {
        let mut found = Vec::new();
        for wanted in ids {
            found.extend(self.one(sql, [id(wanted), id(account.0)], &read)?);
        }
        Ok(found)
    }

    fn account(&self, account: AccountId, needs: &Needs, books: &mut Books) -> Sql<()> {
        let sql = rows::select_person!("WHERE a.id = ?1");
        let person =
            self.one(sql, [id(account.0)], |row| Ok((rows::account(row)?, rows::user(row)?)))?;
        (books.account, books.user) = person.unzip();
        if needs.formers {
            let sql = "SELECT * FROM former WHERE account_id = ?1";
            books.formers = self.all(sql, [id(account.0)], rows::former)?;
        }
        if needs.lots {
            let sql = "SELECT * FROM lot WHERE account_id = ?1 AND remaining > 0 \
                       ORDER BY priority, expires_at, id";
            books.lots = self.all(sql, [id(account.0)], rows::lot)?;
        }
        for source in &needs.sources {
            let sql = "SELECT 1 FROM lot WHERE account_id = ?1 AND source = ?2";
            if self.one(sql, (id(account.0), &source.0), |_| Ok(()))?.is_some() {
                books.sources.push(source.clone());
            }
        }
        for key in &needs.txn_keys {
            let sql = "SELECT 1 FROM txn WHERE account_id = ?1 AND key = ?2";
            if self.one(sql, (id(account.0), key), |_| Ok(()))?.is_some() {
                books.txn_keys.push(key.clone());
            }
        }
        let sql = "SELECT * FROM render WHERE id = ?1 AND account_id = ?2";
        let renders = needs.renders.iter().map(|id| id.0);
        books.renders = self.mine(sql, account, renders, rows::render)?;
        let of_renders = books.renders.iter().map(|render| render.charge_id);
        for charge in needs.charges.iter().copied().chain(of_renders).collect::<Vec<_>>() {
            self.charge(account, charge, books)?;
        }
        self.library(account, needs, books)
    }

    /// A charge, what each lot paid for it, and those lots even when nothing is left in them.
    fn charge(&self, account: AccountId, charge: ChargeId, books: &mut Books) -> Sql<()> {
        let sql = "SELECT * FROM charge WHERE id = ?1 AND account_id = ?2";
        let Some(charge) = self.one(sql, [id(charge.0), id(account.0)], rows::charge)? else {
            return Ok(());
        };
        let sql = "SELECT l.*, -e.delta AS paid, t.actor, t.at FROM txn t JOIN entry e ON e.txn_id = t.id \
                   JOIN lot l ON l.id = e.lot_id WHERE t.charge_id = ?1 AND t.kind = 'spend' \
                   ORDER BY l.priority, l.expires_at, l.id";
        let mut by: Vec<(LotId, Credits)> = Vec::new();
        let mut key = None;
        let paid = |row: &Row<'_>| {
            let spent = (Actor(row.get("actor")?), rows::time(row, "at")?);
            Ok((rows::lot(row)?, rows::credits(row, "paid")?, spent))
        };
        for (lot, paid, (actor, at)) in self.all(sql, [id(charge.id.0)], paid)? {
            key = actor.key_id().map(|key| (key, Month::of(at)));
            by.push((lot.id, paid));
            if books.lots.iter().all(|seen| seen.id != lot.id) {
                books.lots.push(lot);
            }
        }
        books.charges.push(Paid { charge, by, key });
        Ok(())
    }

    fn library(&self, account: AccountId, needs: &Needs, books: &mut Books) -> Sql<()> {
        let sql = rows::select_image!(
            "image i JOIN generation g ON g.id = i.generation_id WHERE i.id = ?1 AND i.account_id = ?2"
        );
        let images = needs.images.iter().map(|id| id.0);
        books.images = self.mine(sql, account, images, rows::image)?;
        if needs.folders {
            let sql = "SELECT * FROM folder WHERE account_id = ?1";
            books.folders = self.all(sql, [id(account.0)], rows::folder)?;
        }
        let sql = "SELECT * FROM api_key WHERE id = ?1 AND account_id = ?2";
        let keys = needs.keys.iter().map(|id| id.0);
        books.keys = self.mine(sql, account, keys, rows::api_key)?;
        let sql = rows::select_spender!("WHERE k.id = ?1 AND k.account_id = ?2");
        let spenders = needs.spenders.iter().map(|id| id.0);
        books.spenders = self.mine(sql, account, spenders, rows::spender)?;
        let sql = "SELECT * FROM session WHERE id = ?1 AND account_id = ?2";
        let sessions = needs.sessions.iter().map(|id| id.0);
        books.sessions = self.mine(sql, account, sessions, rows::session)?;
        Ok(())
    }
}
