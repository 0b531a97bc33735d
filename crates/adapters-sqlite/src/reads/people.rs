//! Everybody, for the operator: found by words or by id, walked by when they joined.

use async_trait::async_trait;
use rusqlite::{Connection, Row, params};
use safelight_domain::{AccountId, KeyId, PaymentMode, Timestamp, Uuid};
use safelight_ports::{
    Crowd, Fault, KeyFilter, OwnedKey, Page, Paged, People, PeopleFilter, Profile, Standing,
};

use super::{all, every_key, limit, one, paged};
use crate::{
    Sqlite,
    error::Sql,
    rows::{self, id, micros},
};

#[async_trait]
impl People for Sqlite {
    async fn people(
        &self,
        filter: &PeopleFilter,
        now: Timestamp,
        page: Page,
    ) -> Result<Paged<Profile>, Fault> {
        let filter = filter.clone();
        self.read(move |db| people(db, &filter, now, page)).await
    }

    async fn person(&self, id: AccountId, now: Timestamp) -> Result<Option<Profile>, Fault> {
        self.read(move |db| person(db, id, now)).await
    }

    async fn person_named(&self, name: &str) -> Result<Option<AccountId>, Fault> {
        let name = name.to_owned();
        self.read(move |db| named(db, &name)).await
    }

    async fn crowd(&self) -> Result<Crowd, Fault> {
        self.read(|db| crowd(db)).await
    }

    async fn customers(&self, id: AccountId) -> Result<Vec<(PaymentMode, String)>, Fault> {
        self.read(move |db| customers(db, id)).await
    }

    async fn all_keys(
        &self,
        filter: &KeyFilter,
        now: Timestamp,
        page: Page,
    ) -> Result<Paged<OwnedKey>, Fault> {
        let filter = filter.clone();
        self.read(move |db| every_key::page(db, &filter, now, page)).await
    }

    async fn owned_key(&self, id: KeyId) -> Result<Option<OwnedKey>, Fault> {
        self.read(move |db| every_key::one_of_them(db, id)).await
    }
}

/// What [`profile`] reads; `?1` is the time at which lots must be alive.
const PROFILE: &str = "SELECT a.id, a.status, a.balance, a.debt, a.seq, a.last_at, \
    a.created_at AS opened_at, a.closes_at, a.closing, u.id AS user_id, u.email, u.canonical, u.role, \
    u.created_at, (SELECT coalesce(sum(remaining), 0) FROM lot WHERE account_id = a.id \
    AND remaining > 0 AND expires_at > ?1) AS spendable, \
    EXISTS(SELECT 1 FROM pack_order WHERE account_id = a.id AND state = 'paid') AS paying, \
    (SELECT max(seen_at) FROM session WHERE account_id = a.id) AS seen_at";

/// A page of people; each standing walks an index of its own.
pub fn page_sql(filter: &PeopleFilter) -> String {
    let (sign, order) = if filter.oldest_first { (">", "ASC") } else { ("<", "DESC") };
    let holds = match filter.standing {
        Standing::Everyone => "",
        Standing::InDebt => " AND a.debt > 0",
        Standing::Blocked => " AND a.status = 'frozen'",
        Standing::Leaving => " AND a.closes_at IS NOT NULL AND a.status <> 'closed'",
        Standing::Admins => " AND u.role = 'admin'",
        Standing::Paying => {
            " AND EXISTS(SELECT 1 FROM pack_order WHERE account_id = a.id AND state = 'paid')"
        }
    };
    if filter.address.is_some() {
        // The words are numbered by when their person joined; from nobody on is from the end.
        let end = if filter.oldest_first { "0" } else { "9223372036854775807" };
        return format!(
            "{PROFILE} FROM person_words w CROSS JOIN person_place p ON p.n = w.rowid \
             CROSS JOIN account a ON a.id = p.account_id JOIN user u ON u.account_id = a.id \
             WHERE person_words MATCH ?4 AND w.rowid {sign} \
             coalesce((SELECT n FROM person_place WHERE account_id = ?2), {end}){holds} \
             ORDER BY w.rowid {order} LIMIT ?3"
        );
    }
    let from = match filter.standing {
        Standing::Everyone => "account a CROSS JOIN user u ON u.account_id = a.id",
        Standing::InDebt => {
            "account a INDEXED BY account_in_debt CROSS JOIN user u ON u.account_id = a.id"
        }
        Standing::Blocked => {
            "account a INDEXED BY account_blocked CROSS JOIN user u ON u.account_id = a.id"
        }
        Standing::Leaving => {
            "account a INDEXED BY account_to_close CROSS JOIN user u ON u.account_id = a.id"
        }
        Standing::Admins => {
            return format!(
                "{PROFILE} FROM user u INDEXED BY user_admin CROSS JOIN account a \
                 ON a.id = u.account_id WHERE u.role = 'admin' AND u.account_id {sign} ?2 \
                 ORDER BY u.account_id {order} LIMIT ?3"
            );
        }
        Standing::Paying => {
            // Each buyer once, however many orders they paid.
            return format!(
                "{PROFILE} FROM (SELECT DISTINCT account_id FROM pack_order INDEXED BY order_of_payer \
                 WHERE state = 'paid' AND account_id {sign} ?2 ORDER BY account_id {order} \
                 LIMIT ?3) o CROSS JOIN account a ON a.id = o.account_id \
                 CROSS JOIN user u ON u.account_id = a.id ORDER BY a.id {order}"
            );
        }
    };
    format!("{PROFILE} FROM {from} WHERE a.id {sign} ?2{holds} ORDER BY a.id {order} LIMIT ?3")
}

/// Text as a phrase of the index: quotes in it are doubled, and nothing in it is an operator.
pub fn phrase(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

pub fn people(
    db: &Connection,
    filter: &PeopleFilter,
    now: Timestamp,
    page: Page,
) -> Sql<Paged<Profile>> {
    let end = if filter.oldest_first { 0 } else { u128::MAX };
    let from = page.after.map_or(end, |cursor| cursor.0).to_be_bytes();
    let sql = page_sql(filter);
    let items = match filter.address.as_deref().map(phrase) {
        Some(words) => all(db, &sql, params![micros(now), from, limit(page), words], profile)?,
        None => all(db, &sql, params![micros(now), from, limit(page)], profile)?,
    };
    Ok(paged(items, page, |profile| profile.account.id.0.as_u128()))
}

pub fn person(db: &Connection, account: AccountId, now: Timestamp) -> Sql<Option<Profile>> {
    let sql =
        format!("{PROFILE} FROM account a JOIN user u ON u.account_id = a.id WHERE a.id = ?2");
    one(db, &sql, params![micros(now), id(account.0)], profile)
}

fn profile(row: &Row<'_>) -> Sql<Profile> {
    Ok(Profile {
        account: rows::account(row)?,
        user: rows::user(row)?,
        credits: rows::credits(row, "spendable")?,
        paying: row.get("paying")?,
        seen_at: rows::time_or_none(row, "seen_at")?,
    })
}

pub fn named(db: &Connection, name: &str) -> Sql<Option<AccountId>> {
    let read = |row: &Row<'_>| Ok(AccountId(rows::uuid(row, "account_id")?));
    let Ok(uuid) = Uuid::try_parse(name) else {
        let sql = "SELECT account_id FROM customer \
                   WHERE mode IN ('play', 'test', 'live') AND customer = ?1 LIMIT 1";
        return one(db, sql, [name], read);
    };
    let account = one(db, "SELECT id AS account_id FROM account WHERE id = ?1", [id(uuid)], read)?;
    if account.is_some() {
        return Ok(account);
    }
    one(db, "SELECT account_id FROM user WHERE id = ?1", [id(uuid)], read)
}

pub fn customers(db: &Connection, account: AccountId) -> Sql<Vec<(PaymentMode, String)>> {
    let sql = "SELECT mode, customer FROM customer WHERE account_id = ?1 ORDER BY mode";
    let named = all(db, sql, [id(account.0)], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mode = |word: &str| PaymentMode::ALL.into_iter().find(|mode| mode.as_str() == word);
    let read = |(word, name): (String, String)| {
        mode(&word).map(|mode| (mode, name)).ok_or_else(|| rows::foreign("the mode", word))
    };
    named.into_iter().map(read).collect()
}

pub const CROWD: &str = "SELECT (SELECT count(*) FROM user) AS everyone, \
    (SELECT count(*) FROM account INDEXED BY account_in_debt WHERE debt > 0) AS in_debt, \
    (SELECT count(*) FROM account INDEXED BY account_blocked WHERE status = 'frozen') AS blocked, \
    (SELECT count(*) FROM account INDEXED BY account_to_close \
      WHERE closes_at IS NOT NULL AND status <> 'closed') AS leaving, \
    (SELECT count(*) FROM user INDEXED BY user_admin WHERE role = 'admin') AS admins, \
    (SELECT count(DISTINCT account_id) FROM pack_order INDEXED BY order_of_payer \
      WHERE state = 'paid') AS paying";

pub fn crowd(db: &Connection) -> Sql<Crowd> {
    db.prepare_cached(CROWD)?.query_row([], |row| {
        Ok(Crowd {
            everyone: row.get("everyone")?,
            in_debt: row.get("in_debt")?,
            blocked: row.get("blocked")?,
            leaving: row.get("leaving")?,
            admins: row.get("admins")?,
            paying: row.get("paying")?,
        })
    })
}
