//! The account, its person and their addresses.

use rusqlite::Connection;
use safelight_domain::{AccountId, Books, Mac};

use crate::{
    error::Sql,
    lookup::{all, one},
    reads::access,
    rows::{self, id},
};

/// Loads the current owner of an address, and the account that left it last.
pub fn email(db: &Connection, email: Option<&str>, books: &mut Books) -> Sql<()> {
    let Some(email) = email else { return Ok(()) };
    let sql = "SELECT 1 FROM user WHERE canonical = ?1";
    books.email_taken = one(db, sql, [email], |_| Ok(()))?.is_some();
    let sql = "SELECT account_id, max(left_at) AS left_at FROM former WHERE canonical = ?1 \
               HAVING count(*) > 0";
    books.email_left = one(db, sql, [email], |row| {
        Ok((AccountId(rows::uuid(row, "account_id")?), rows::time(row, "left_at")?))
    })?;
    Ok(())
}

/// Loads whether a mailbox opened an account before.
pub fn mailbox(db: &Connection, mailbox: Option<&Mac>, books: &mut Books) -> Sql<()> {
    if let Some(mailbox) = mailbox {
        books.mailbox_used = access::mailbox_used(db, mailbox)?;
    }
    Ok(())
}

pub fn person(db: &Connection, account: AccountId, formers: bool, books: &mut Books) -> Sql<()> {
    let sql = rows::select_person!("WHERE a.id = ?1");
    let found = one(db, sql, [id(account.0)], |row| Ok((rows::account(row)?, rows::user(row)?)))?;
    (books.account, books.user) = found.unzip();
    if formers {
        let sql = "SELECT * FROM former WHERE account_id = ?1";
        books.formers = all(db, sql, [id(account.0)], rows::former)?;
    }
    Ok(())
}
