//! The store as the composition root sees it: open it once, hand out its ports.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use r2d2::Pool;
use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::Connection;
use safelight_domain::{Changes, Mac, Moment, Quota, Receipt, Render, Rule, Timestamp};
use safelight_ports::{
    Claimed, ClaimedDeliveries, Clock, CommitError, Dispatch, Fault, Feed, Store,
};
use tokio::sync::Semaphore;

use crate::{
    audit::{self, Finding},
    connect::{self, Durability},
    error::{Sql, fault},
    feed::{Bell, Changed},
    migrate::{self, MigrateError, Migration},
    writer::{Ask, Done, Noted, Writer, noted},
};

/// The oldest SQLite without the WAL-reset bug, which can lose commits (sqlite.org/wal.html).
const SAFE: i32 = 3_051_003;

/// Connections that read for readiness and figures alone.
const WATCHERS: u32 = 1;

/// How to open a store.
#[derive(Clone)]
pub struct Options {
    /// When a commit counts as done.
    pub durability: Durability,
    /// Connections that read for requests at the same time, at most.
    pub readers: u32,
    /// What happens after an I/O error at COMMIT, when nobody knows what is on disk, and when the
    /// writer cannot go on.
    pub stop: fn() -> !,
}

impl Default for Options {
    fn default() -> Self {
        Self { durability: Durability::Full, readers: 4, stop: || std::process::abort() }
    }
}

/// Why a store was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The schema does not fit this binary.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// The schema is older than this binary and may not be changed now.
    #[error("the database lacks {0} schema steps; stop the server and run `safelight migrate`")]
    Outdated(usize),
    /// Linked against an SQLite that can lose commits.
    #[error("SQLite {0} can lose commits in WAL mode; build with 3.51.3 or later")]
    Unsafe(&'static str),
    /// Something failed.
    #[error("the database could not be opened")]
    Fault(#[from] Fault),
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Fault(fault(error))
    }
}

/// What a doctor asks about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// SQLite's version.
    pub version: &'static str,
    /// Whether that version is free of the WAL-reset bug.
    pub version_is_safe: bool,
    /// `wal`, if all is well.
    pub journal_mode: String,
    /// The schema's last step.
    pub schema: u32,
}

/// The store on one SQLite file. Clones share the writer.
#[derive(Clone)]
pub struct Sqlite {
    writer: Writer,
    bell: Bell,
    pool: Pool<SqliteConnectionManager>,
    /// Free readers. One who goes away before it began leaves the line, and nothing is read for
    /// them.
    readers: Arc<Semaphore>,
    /// A reader that only readiness and figures use, so that they answer whatever is being read.
    watcher: Arc<Semaphore>,
    feed: Option<Arc<Changed>>,
}

impl Sqlite {
    /// Opens the file. Its schema must be up to date; see [`Sqlite::migrate`].
    pub fn open(path: &Path, clock: Arc<dyn Clock>, options: &Options) -> Result<Self, OpenError> {
        let version = rusqlite::version();
        if rusqlite::version_number() < SAFE {
            return Err(OpenError::Unsafe(version));
        }
        let connection = connect::writer(Some(path), options.durability)?;
        match migrate::pending_migrations(&connection)?.len() {
            0 => {}
            missing => return Err(OpenError::Outdated(missing)),
        }
        let bell = Bell::default();
        let writer = Writer::start(connection, clock, bell.clone(), options.stop)
            .map_err(|error| Fault::lasting("store", error))?;
        let pool = pool(path, options.readers + WATCHERS);
        let mut watcher = Connection::open_with_flags(path, connect::reader_flags())?;
        connect::reader(&mut watcher)?;
        let feed = Some(Changed::watch(watcher, bell.clone())?);
        let (readers, watcher) = places(options.readers);
        Ok(Self { writer, bell, pool, readers, watcher, feed })
    }

    /// The same code on a database in memory, to measure what durability costs. It serves no
    /// reads and no feed.
    pub fn in_memory(clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let mut connection = connect::writer(None, Durability::Off)?;
        migrate::migrate(&mut connection, 0)?;
        let bell = Bell::default();
        let writer = Writer::start(connection, clock, bell.clone(), || std::process::abort())
            .map_err(|error| Fault::lasting("store", error))?;
        let (readers, watcher) = places(1);
        let pool = pool(Path::new(":memory:"), 1 + WATCHERS);
        Ok(Self { writer, bell, pool, readers, watcher, feed: None })
    }

    /// Brings the file's schema up to date, making the file when there is none; answers the steps
    /// that were applied. Only while nobody serves from it.
    pub fn migrate(path: &Path, now: Timestamp) -> Result<Vec<Migration>, OpenError> {
        let mut connection = connect::writer(Some(path), Durability::Full)?;
        Ok(migrate::migrate(&mut connection, now.as_microsecond())?)
    }

    /// Wakes for accounts whose feed grew.
    pub fn feed(&self) -> Option<Arc<dyn Feed>> {
        self.feed.clone().map(|feed| feed as Arc<dyn Feed>)
    }

    /// Transactions committed and members they answered, since the start.
    pub fn commits(&self) -> (u64, u64) {
        let stats = self.bell.stats();
        (stats.batches, stats.members)
    }

    /// What a doctor asks about.
    pub async fn facts(&self) -> Result<Facts, Fault> {
        self.read(|db| {
            let sql = "SELECT coalesce(max(version), 0) FROM migration";
            Ok(Facts {
                version: rusqlite::version(),
                version_is_safe: rusqlite::version_number() >= SAFE,
                journal_mode: db.pragma_query_value(None, "journal_mode", |row| row.get(0))?,
                schema: db.query_row(sql, [], |row| row.get(0))?,
            })
        })
        .await
    }

    /// What the last server believed of the clock.
    pub async fn clock_noted(&self) -> Result<Option<Noted>, Fault> {
        self.read(|db| noted(db)).await
    }

    /// How many accounts have a journal that is ahead of `now` by more than a few minutes: a clock
    /// was ahead when they were last written.
    pub async fn accounts_ahead(&self, now: Timestamp) -> Result<u64, Fault> {
        let sql = "SELECT count(*) FROM account WHERE last_at > ?1 + 300000000";
        self.read(move |db| db.query_row(sql, [now.as_microsecond()], |row| row.get(0))).await
    }

    /// Audits the whole books, the schema's guards and the file itself; answers what is wrong.
    /// Reads everything: minutes on a big database, and never in the way of a commit.
    pub async fn audit(&self, now: Timestamp) -> Result<Vec<Finding>, Fault> {
        self.read(move |db| audit::audit(db, now)).await
    }

    /// Runs a read on a blocking thread, as soon as a reader is free.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Connection) -> Sql<T> + Send + 'static,
    ) -> Result<T, Fault> {
        self.read_by(&self.readers, read).await
    }

    /// The same, without waiting for those who read for pages.
    pub(crate) async fn watch<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Connection) -> Sql<T> + Send + 'static,
    ) -> Result<T, Fault> {
        self.read_by(&self.watcher, read).await
    }

    async fn read_by<T: Send + 'static>(
        &self,
        readers: &Arc<Semaphore>,
        read: impl FnOnce(&mut Connection) -> Sql<T> + Send + 'static,
    ) -> Result<T, Fault> {
        // How many may wait here is bounded by who asks: requests have lanes, drivers have hands.
        let place = Arc::clone(readers).acquire_owned().await;
        let place = place.map_err(|closed| Fault::lasting("store", closed))?;
        let pool = self.pool.clone();
        let task = tokio::task::spawn_blocking(move || {
            // It stays taken until the read is done, also when nobody waits for it any more.
            let _place = place;
            let mut connection = pool.get().map_err(|error| Fault::passing("store", error))?;
            read(&mut connection).map_err(fault)
        });
        task.await.map_err(|error| Fault::lasting("store", error))?
    }
}

fn misanswered() -> Fault {
    Fault::lasting("store", "the writer answered another question")
}

/// Free readers for all, and for readiness and figures.
fn places(readers: u32) -> (Arc<Semaphore>, Arc<Semaphore>) {
    let places = |count| Arc::new(Semaphore::new(usize::try_from(count).unwrap_or(1)));
    (places(readers), places(WATCHERS))
}

fn pool(path: &Path, readers: u32) -> Pool<SqliteConnectionManager> {
    let path: PathBuf = path.to_owned();
    let manager = SqliteConnectionManager::file(path)
        .with_flags(connect::reader_flags())
        .with_init(connect::reader);
    Pool::builder()
        .max_size(readers)
        .min_idle(Some(0))
        .connection_timeout(Duration::from_secs(5))
        .test_on_check_out(false)
        .build_unchecked(manager)
}

#[async_trait]
impl Store for Sqlite {
    async fn commit(&self, changes: Changes) -> Result<Receipt, CommitError> {
        let Done::Committed(receipt) = self.writer.ask(Ask::Commit(Box::new(changes))).await?
        else {
            return Err(misanswered().into());
        };
        Ok(receipt)
    }

    async fn dispatch(&self, order: Dispatch) -> Result<Vec<Render>, Fault> {
        let Done::Renders(renders) = self.work(Ask::Dispatch(order)).await? else {
            return Err(misanswered());
        };
        Ok(renders)
    }

    async fn claim_overdue(
        &self,
        due: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<Vec<Render>, Fault> {
        let Done::Renders(renders) = self.work(Ask::ClaimOverdue { due, until, limit }).await?
        else {
            return Err(misanswered());
        };
        Ok(renders)
    }

    async fn claim(&self, due: Timestamp, until: Timestamp, limit: u16) -> Result<Claimed, Fault> {
        let Done::Claimed(claimed) = self.work(Ask::Claim { due, until, limit }).await? else {
            return Err(misanswered());
        };
        Ok(claimed)
    }

    async fn claim_deliveries(
        &self,
        due: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<ClaimedDeliveries, Fault> {
        let Done::ClaimedDeliveries(claimed) =
            self.work(Ask::ClaimDeliveries { due, until, limit }).await?
        else {
            return Err(misanswered());
        };
        Ok(claimed)
    }

    async fn take_over(&self, now: Timestamp, latest: Timestamp) -> Result<u64, Fault> {
        self.count(Ask::TakeOver { now, latest }).await
    }

    async fn prune(
        &self,
        feed: Timestamp,
        keys: Timestamp,
        formers: Timestamp,
    ) -> Result<u64, Fault> {
        self.count(Ask::Prune { feed, keys, formers }).await
    }

    async fn take(&self, rule: Rule, owner: Mac, now: Timestamp) -> Result<Quota, Fault> {
        let Done::Taken(quota) = self.work(Ask::Take { rule, owner, now }).await? else {
            return Err(misanswered());
        };
        Ok(quota)
    }

    async fn clock(&self, note: bool) -> Result<Moment, Fault> {
        let Done::Clock(moment) = self.work(Ask::Clock { note }).await? else {
            return Err(misanswered());
        };
        Ok(moment)
    }

    async fn accept_clock(&self) -> Result<(), Fault> {
        self.count(Ask::AcceptClock).await.map(drop)
    }
}

impl Sqlite {
    /// Asks for what is answered by a number.
    pub(crate) async fn count(&self, ask: Ask) -> Result<u64, Fault> {
        let Done::Counted(rows) = self.work(ask).await? else { return Err(misanswered()) };
        Ok(rows)
    }

    /// Asks for what no rule can refuse.
    async fn work(&self, ask: Ask) -> Result<Done, Fault> {
        self.writer.ask(ask).await.map_err(|error| match error {
            CommitError::Fault(fault) => fault,
            CommitError::Refused(refusal) => Fault::lasting("store", refusal),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        atomic::{AtomicBool, Ordering},
        mpsc,
    };

    use safelight_testkit::ManualClock;
    use tempfile::TempDir;

    use super::*;

    fn one_reader() -> (TempDir, Sqlite) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("safelight.db");
        Sqlite::migrate(&path, Timestamp::UNIX_EPOCH).unwrap();
        let options = Options { readers: 1, ..Options::default() };
        let store = Sqlite::open(&path, Arc::new(ManualClock::new()), &options).unwrap();
        (folder, store)
    }

    #[tokio::test]
    async fn a_read_nobody_waits_for_any_more_is_not_begun() {
        let (_folder, store) = one_reader();
        let (begun, begins) = tokio::sync::oneshot::channel();
        let (end, ends) = mpsc::channel::<()>();
        let long = store.read(move |_| {
            begun.send(()).unwrap();
            let _ = ends.recv();
            Ok(())
        });
        let long = std::pin::pin!(long);
        let read = Arc::new(AtomicBool::new(false));
        let noted = Arc::clone(&read);
        let second = store.read(move |_| {
            noted.store(true, Ordering::Relaxed);
            Ok(())
        });
        let while_it_lasts = async {
            begins.await.unwrap();
            // It stands in line, and its caller goes away.
            let mut second = Box::pin(second);
            tokio::select! {
                biased;
                _ = &mut second => panic!("the only reader is taken"),
                () = tokio::task::yield_now() => {}
            }
            drop(second);
            // Readiness does not wait for the readers.
            store.watch(|_| Ok(())).await.unwrap();
            end.send(()).unwrap();
        };
        let (long, ()) = tokio::join!(long, while_it_lasts);
        long.unwrap();
        store.read(|_| Ok(())).await.unwrap();
        assert!(!read.load(Ordering::Relaxed), "it was read for nobody");
    }
}
