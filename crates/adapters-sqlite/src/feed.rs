//! The feed: one thread that notices new events, from this process and from others.
//!
//! The writer rings after each commit; another process's commit shows in `PRAGMA data_version`,
//! looked at ten times a second. Either way the event rows tell whose feed grew. A look that panics
//! is tried again, from where the last good one ended.

use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak},
    thread,
    time::Duration,
};

use async_trait::async_trait;
use rusqlite::Connection;
use safelight_domain::{AccountId, Uuid};
use safelight_ports::{Fault, Feed};
use tokio::sync::Notify;

use crate::{error::Sql, record, writer::Stats};

/// How soon another process's commit is noticed.
const GLANCE: Duration = Duration::from_millis(100);

/// The pause after a look that panicked.
const PAUSE: Duration = Duration::from_secs(1);

/// Rung by the writer after each commit.
#[derive(Clone, Default)]
pub struct Bell(Arc<(Mutex<Stats>, Condvar)>);

impl Bell {
    /// Something was committed.
    pub fn ring(&self, stats: Stats) {
        *lock(&self.0.0) = stats;
        self.0.1.notify_all();
    }

    /// What the writer did so far.
    pub fn stats(&self) -> Stats {
        *lock(&self.0.0)
    }

    /// Waits for a ring, or a moment.
    fn wait(&self, batches: u64) -> u64 {
        let guard = lock(&self.0.0);
        let quiet = |stats: &mut Stats| stats.batches == batches;
        let waited = self.0.1.wait_timeout_while(guard, GLANCE, quiet);
        waited.unwrap_or_else(PoisonError::into_inner).0.batches
    }
}

/// Accounts whose feed grew and who were not told yet.
#[derive(Default)]
pub struct Changed {
    accounts: Mutex<BTreeSet<Uuid>>,
    some: Notify,
}

impl Changed {
    /// Starts the thread; it ends when nobody listens any more.
    pub fn watch(connection: Connection, bell: Bell) -> Result<Arc<Self>, Fault> {
        let changed = Arc::new(Self::default());
        let listener = Arc::downgrade(&changed);
        let from = record::newest_event(&connection).map_err(crate::error::fault)?;
        thread::Builder::new()
            .name("store-feed".to_owned())
            .spawn(move || watch(&connection, &bell, &listener, from))
            .map_err(|error| Fault::lasting("store", error))?;
        Ok(changed)
    }

    fn add(&self, grown: BTreeSet<Uuid>) {
        if !grown.is_empty() {
            lock(&self.accounts).extend(grown);
            self.some.notify_one();
        }
    }
}

fn watch(connection: &Connection, bell: &Bell, listener: &Weak<Changed>, mut from: u64) {
    let (mut batches, mut version) = (0, None);
    loop {
        batches = bell.wait(batches);
        let Some(changed) = listener.upgrade() else { return };
        let look = || -> Sql<_> {
            let now: i64 = connection.pragma_query_value(None, "data_version", |r| r.get(0))?;
            if version == Some(now) {
                return Ok(BTreeSet::new());
            }
            let grown = since(connection, &mut from)?;
            // Only now: what could not be read is read at the next glance.
            version = Some(now);
            Ok(grown)
        };
        match guarded(look) {
            Some(Ok(grown)) => changed.add(grown),
            Some(Err(error)) => tracing::warn!(%error, "the feed could not be read"),
            // Whoever watches looks again at the next change, or polls.
            None => thread::sleep(PAUSE),
        }
    }
}

/// What a look comes to, or nothing when it panics: one bad look must not end the thread that
/// everybody's live view waits for.
fn guarded<T>(look: impl FnOnce() -> T) -> Option<T> {
    let seen = catch_unwind(AssertUnwindSafe(look));
    seen.inspect_err(|_| tracing::error!("a look at the feed panicked; it is tried again")).ok()
}

/// Whose feed grew after `from`, which moves on.
fn since(connection: &Connection, from: &mut u64) -> Sql<BTreeSet<Uuid>> {
    let mut grown = connection.prepare_cached("SELECT n, account_id FROM event WHERE n > ?1")?;
    let mut rows = grown.query([*from])?;
    let (mut accounts, mut last) = (BTreeSet::new(), *from);
    while let Some(row) = rows.next()? {
        last = last.max(row.get(0)?);
        accounts.insert(Uuid::from_bytes(row.get(1)?));
    }
    *from = last;
    Ok(accounts)
}

#[async_trait]
impl Feed for Changed {
    async fn changed(&self) -> Result<AccountId, Fault> {
        loop {
            let some = self.some.notified();
            if let Some(account) = lock(&self.accounts).pop_first() {
                return Ok(AccountId(account));
            }
            some.await;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[test]
    fn a_look_that_panics_ends_nothing() {
        assert_eq!(guarded(|| -> u8 { panic!("on purpose") }), None);
        assert_eq!(guarded(|| 7), Some(7));
    }
}
