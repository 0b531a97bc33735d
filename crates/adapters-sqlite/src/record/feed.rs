//! Rows of an account's feed.

use rusqlite::params;
use safelight_domain::FeedWrite;

use super::RowWriter;
use crate::{
    error::Sql,
    rows::{id, micros},
};

impl RowWriter<'_> {
    pub(super) fn record_feed(&self, write: &FeedWrite) -> Sql<()> {
        let me = id(self.account.0);
        match write {
            FeedWrite::Event(name, subject) => self.one(
                "INSERT INTO event(account_id, name, subject, at) VALUES(?1, ?2, ?3, ?4)",
                params![me, name.as_str(), id(*subject), micros(self.now)],
            ),
        }
    }
}
