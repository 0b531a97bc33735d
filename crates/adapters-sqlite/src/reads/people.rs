//! Accounts, users and keys.

use rusqlite::Connection;
use safelight_domain::{Account, AccountId, AccountStatus, ApiKey, KeyId, User};

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
    let sql = "SELECT k.*, a.status FROM api_key k JOIN account a ON a.id = k.account_id \
               WHERE k.id = ?1";
    one(db, sql, [id(key.0)], |row| Ok((rows::api_key(row)?, rows::status(row, "status")?)))
}

pub fn keys(db: &Connection, account: AccountId) -> Sql<Vec<ApiKey>> {
    let sql = "SELECT * FROM api_key WHERE account_id = ?1 ORDER BY id DESC LIMIT 1000";
    all(db, sql, [id(account.0)], rows::api_key)
}
