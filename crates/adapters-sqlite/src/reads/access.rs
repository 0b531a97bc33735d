//! Accounts, users and keys.

use rusqlite::Connection;
use safelight_domain::{
    Account, AccountId, AccountStatus, ApiKey, Challenge, ChallengeId, Email, KeyId, Mac, Session,
    SessionHash, Spender, User,
};

use super::{all, one};
use crate::{
    error::Sql,
    rows::{self, id},
};

pub fn account(db: &Connection, account: AccountId) -> Sql<Option<(Account, User)>> {
    let sql = rows::select_person!("WHERE a.id = ?1");
    one(db, sql, [id(account.0)], |row| Ok((rows::account(row)?, rows::user(row)?)))
}

pub fn account_of(db: &Connection, email: &str) -> Sql<Option<(Account, User)>> {
    let sql = rows::select_person!("WHERE u.canonical = ?1");
    one(db, sql, [email], |row| Ok((rows::account(row)?, rows::user(row)?)))
}

pub fn key(db: &Connection, key: KeyId) -> Sql<Option<(ApiKey, AccountStatus)>> {
    let sql = "SELECT k.*, CASE WHEN a.status = 'open' AND a.closes_at IS NOT NULL THEN 'frozen' \
               ELSE a.status END AS status FROM api_key k JOIN account a ON a.id = k.account_id \
               WHERE k.id = ?1";
    one(db, sql, [id(key.0)], |row| Ok((rows::api_key(row)?, rows::status(row, "status")?)))
}

pub fn keys(db: &Connection, account: AccountId) -> Sql<Vec<Spender>> {
    let sql = rows::select_spender!("WHERE k.account_id = ?1 ORDER BY k.id DESC LIMIT 1000");
    all(db, sql, [id(account.0)], rows::spender)
}

pub fn spender(db: &Connection, account: AccountId, key: KeyId) -> Sql<Option<Spender>> {
    let sql = rows::select_spender!("WHERE k.id = ?1 AND k.account_id = ?2");
    one(db, sql, [id(key.0), id(account.0)], rows::spender)
}

pub fn session(db: &Connection, hash: SessionHash) -> Sql<Option<(Session, User, AccountStatus)>> {
    let sql = "SELECT * FROM session WHERE hash = ?1";
    let Some(session) = one(db, sql, [hash], rows::session)? else { return Ok(None) };
    let person = account(db, session.account_id)?;
    Ok(person.map(|(account, user)| (session, user, account.status)))
}

pub fn sessions(db: &Connection, account: AccountId) -> Sql<Vec<Session>> {
    let sql = "SELECT * FROM session WHERE account_id = ?1 AND ended_at IS NULL \
               ORDER BY id DESC LIMIT 100";
    all(db, sql, [id(account.0)], rows::session)
}

/// True when a mailbox opened an account before.
pub fn mailbox_used(db: &Connection, digest: &Mac) -> Sql<bool> {
    let sql = "SELECT 1 FROM mailbox WHERE digest = ?1";
    Ok(one(db, sql, [digest], |_| Ok(()))?.is_some())
}

/// Accounts whose mailbox is not noted yet.
pub fn unnoted(db: &Connection, limit: u16) -> Sql<Vec<(AccountId, Email)>> {
    let sql = "SELECT account_id, email, canonical FROM user INDEXED BY user_mailbox_unnoted \
               WHERE mailbox_noted = 0 ORDER BY account_id LIMIT ?1";
    all(db, sql, [limit], |row| Ok((AccountId(rows::uuid(row, "account_id")?), rows::email(row)?)))
}

pub fn challenge(db: &Connection, challenge: ChallengeId) -> Sql<Option<Challenge>> {
    one(db, "SELECT * FROM challenge WHERE id = ?1", [id(challenge.0)], rows::challenge)
}
