//! Writes as rows, in order, one file a noun. A write that breaks a rule meets the schema's guards
//! here.

mod account;
mod attempt;
mod audit;
mod deletion;
mod event;
mod feed;
mod folder;
mod generation;
mod image;
mod key;
mod ledger;
mod order;
mod render;
mod session;
mod task;

use rusqlite::{Connection, Params};
use safelight_domain::{AccountId, Timestamp, Uuid, Write};

use crate::error::Sql;

/// Records `writes` of one commit to the rows of `account`, or of nobody.
pub fn all(
    connection: &Connection,
    account: Option<AccountId>,
    writes: &[Write],
    now: Timestamp,
) -> Sql<()> {
    // No row has the nil id, so nothing of nobody's can touch an account's rows.
    let account = account.unwrap_or(AccountId(Uuid::nil()));
    let rows = RowWriter { db: connection, account, now };
    writes.iter().try_for_each(|write| rows.record(write))
}

struct RowWriter<'a> {
    db: &'a Connection,
    account: AccountId,
    now: Timestamp,
}

impl RowWriter<'_> {
    /// A statement that may touch any number of rows.
    fn run(&self, sql: &str, params: impl Params) -> Sql<usize> {
        self.db.prepare_cached(sql)?.execute(params)
    }

    /// A statement that must touch exactly one row: the decision saw it a moment ago.
    fn one(&self, sql: &str, params: impl Params) -> Sql<()> {
        match self.run(sql, params)? {
            1 => Ok(()),
            n => Err(rusqlite::Error::StatementChangedRows(n)),
        }
    }

    /// A statement that may find nothing to do.
    fn run_any(&self, sql: &str, params: impl Params) -> Sql<()> {
        self.run(sql, params).map(drop)
    }

    fn record(&self, write: &Write) -> Sql<()> {
        match write {
            Write::Account(write) => self.record_account(write),
            Write::Attempt(write) => self.record_attempt(write),
            Write::Audit(write) => self.record_audit(write),
            Write::Deletion(write) => self.record_deletion(write),
            Write::Event(write) => self.record_event(write),
            Write::Feed(write) => self.record_feed(write),
            Write::Folder(write) => self.record_folder(write),
            Write::Generation(write) => self.record_generation(write),
            Write::Image(write) => self.record_image(write),
            Write::Key(write) => self.record_key(write),
            Write::Ledger(write) => self.record_ledger(write),
            Write::Order(write) => self.record_order(write),
            Write::Render(write) => self.record_render(write),
            Write::Session(write) => self.record_session(write),
            Write::Task(write) => self.record_task(write),
        }
    }
}

/// The number of the newest feed row: where a feed that starts now stands.
pub fn newest_event(connection: &Connection) -> Sql<u64> {
    let sql = "SELECT coalesce(max(n), 0) FROM event";
    connection.prepare_cached(sql)?.query_row([], |row| row.get(0))
}
