//! A big studio out of nothing, for measurements: months of people, lines and notices, written
//! past the writer's queue but under every guard of the schema.
//!
//! Pictures are missing: renders end without their `image` row, so an audit finds them.

mod names;
mod purse;
mod rows;

use std::path::Path;

use rusqlite::Connection;
use safelight_domain::{SignedDuration, Timestamp};
use safelight_ports::Fault;

use self::{names::Names, purse::Purse, rows::Rows};
use crate::{
    connect::{self, Durability},
    error::{Sql, fault},
    migrate,
    rows::micros,
};

/// How long ago its history began.
pub const HISTORY: SignedDuration = SignedDuration::from_hours(24 * 120);
/// Rows that are committed together.
const TOGETHER: u32 = 20_000;
/// One of so many people has a key.
const KEYS: usize = 5;

/// How big a studio is to be.
#[derive(Debug, Clone, Copy)]
pub struct Crowd {
    /// People, each with an account.
    pub users: u32,
    /// Lines of the journal, each of one entry; at least one a person.
    pub entries: u32,
    /// Notices of the payment provider.
    pub deliveries: u32,
}

impl Crowd {
    /// Writes it into a new file, its history ending at `now`. `at` hears how far it is.
    pub fn settle(self, path: &Path, now: Timestamp, at: impl Fn(u64, u64)) -> Result<(), Fault> {
        self.write(path, now, &at).map_err(fault)
    }

    fn write(self, path: &Path, now: Timestamp, at: &impl Fn(u64, u64)) -> Sql<()> {
        let mut db = connect::writer(Some(path), Durability::Off)?;
        migrate::migrate(&mut db, micros(now))
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        db.pragma_update(None, "cache_size", -200_000)?;
        let began = micros(now.saturating_sub(HISTORY).unwrap_or(now));
        let span = micros(now) - began;
        let moment = |n: u32, of: u32| began + span / i64::from(of.max(1)) * i64::from(n);
        let all = u64::from(self.entries) + u64::from(self.deliveries);
        self.lines(&db, moment, |n| at(n, all))?;
        self.notices(&db, moment, |n| at(u64::from(self.entries) + n, all))?;
        db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
    }

    /// People join one after the other, and whoever is there gets, spends and buys.
    fn lines(self, db: &Connection, moment: impl Fn(u32, u32) -> i64, at: impl Fn(u64)) -> Sql<()> {
        let mut rows = Rows::new(db, Names::new());
        let mut purses = Vec::<Purse>::new();
        let mut done = 0;
        db.execute_batch("BEGIN")?;
        while done < self.entries {
            let now = moment(done, self.entries);
            // Half of them were there after a fifth of the time.
            let users = u64::from(self.users);
            let part = users * u64::from(done) / u64::from(self.entries);
            let there = (part / 2 + (part * 5 / 2).min(users / 2) + 1).min(users);
            if (purses.len() as u64) < there {
                purses.push(Purse::join(&mut rows, purses.len(), now)?);
                if purses.len().is_multiple_of(KEYS) {
                    rows.key(purses[purses.len() - 1].account, now)?;
                }
                done += 1;
            } else {
                let whose = rows.names.below(purses.len());
                done += purses[whose].act(&mut rows, now)?;
            }
            if rows.since_commit >= TOGETHER {
                rows.since_commit = 0;
                db.execute_batch("COMMIT; BEGIN")?;
                at(done.into());
            }
        }
        db.execute_batch("COMMIT")
    }

    fn notices(
        self,
        db: &Connection,
        moment: impl Fn(u32, u32) -> i64,
        at: impl Fn(u64),
    ) -> Sql<()> {
        let mut rows = Rows::new(db, Names::new());
        db.execute_batch("BEGIN")?;
        for n in 0..self.deliveries {
            rows.notice(n, moment(n, self.deliveries))?;
            if n % TOGETHER == TOGETHER - 1 {
                db.execute_batch("COMMIT; BEGIN")?;
                at(n.into());
            }
        }
        db.execute_batch("COMMIT")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is measured is what was asked for, and its books hold.
    #[test]
    fn a_crowd_is_as_big_as_asked_and_its_books_hold() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("crowd.db");
        let now: Timestamp = "2026-05-01T12:00:00Z".parse().unwrap();
        let crowd = Crowd { users: 40, entries: 2_000, deliveries: 300 };
        crowd.settle(&path, now, |_, _| {}).unwrap();
        let db = Connection::open(&path).unwrap();
        let count = |table: &str| {
            let sql = format!("SELECT count(*) FROM {table}");
            db.query_row(&sql, [], |row| row.get::<_, u32>(0)).unwrap()
        };
        assert_eq!(["user", "account", "delivery"].map(count), [40, 40, 300]);
        assert!((2_000..2_004).contains(&count("txn")) && count("entry") == count("txn"));
        assert!(count("render WHERE state = 'stored'") > 200 && count("pack_order") > 5);
        assert!(count("txn WHERE kind = 'refund'") > 10 && count("api_key") == 8);
        let findings = crate::audit_file(&path, now).unwrap();
        let rules: Vec<_> = findings.iter().map(|finding| finding.rule).collect();
        assert!(rules.iter().all(|rule| rule.contains("picture")), "{findings:#?}");
    }
}
