//! Live views: who must look again. What to show is read when it is shown.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use safelight_domain::{AccountId, Event};
use safelight_ports::{Feed, Reads};
use tokio::sync::watch;

use crate::Error;

/// Events handed out at a time.
const PAGE: u16 = 500;
/// The pause after the feed could not be read.
const PAUSE: Duration = Duration::from_secs(1);

/// One channel an account with somebody watching; memory does not grow with watchers.
#[derive(Clone)]
pub struct Live {
    reads: Arc<dyn Reads>,
    feed: Option<Arc<dyn Feed>>,
    watched: Arc<Mutex<HashMap<AccountId, watch::Sender<()>>>>,
}

impl Live {
    pub(crate) fn new(reads: Arc<dyn Reads>, feed: Option<Arc<dyn Feed>>) -> Self {
        Self { reads, feed, watched: Arc::default() }
    }

    /// Wakes whenever the account's feed grew. Sees what was there before it was made as seen.
    pub fn watch(&self, account: AccountId) -> watch::Receiver<()> {
        let mut watched = self.watched();
        let sender = watched.entry(account).or_insert_with(|| watch::channel(()).0);
        sender.subscribe()
    }

    /// Events after `seq`, oldest first; none when the reader must look at everything again.
    pub async fn events(&self, account: AccountId, seq: u64) -> Result<Option<Vec<Event>>, Error> {
        Ok(self.reads.events(account, seq, PAGE).await?)
    }

    /// The seq of the account's newest event.
    pub async fn last(&self, account: AccountId) -> Result<u64, Error> {
        Ok(self.reads.last_event(account).await?)
    }

    /// Passes the store's news on, for ever.
    pub(crate) async fn drive(&self) {
        let Some(feed) = &self.feed else { return std::future::pending().await };
        loop {
            match feed.changed().await {
                Ok(account) => self.tell(account),
                Err(error) => {
                    tracing::warn!(%error, "the feed could not be read");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    fn tell(&self, account: AccountId) {
        let mut watched = self.watched();
        if let Some(sender) = watched.get(&account)
            && sender.send(()).is_err()
        {
            // Nobody watches any more.
            watched.remove(&account);
        }
    }

    fn watched(&self) -> MutexGuard<'_, HashMap<AccountId, watch::Sender<()>>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
