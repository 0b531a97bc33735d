//! A bucket in memory.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use safelight_domain::{ObjectKey, Timestamp};
use safelight_ports::{Fault, LINK_SECONDS, Presign, Storage, link_date};
use tokio::sync::watch;

/// Media type and bytes of one object.
type Object = (String, Vec<u8>);

/// A [`Storage`] that forgets everything when it is dropped.
#[derive(Debug, Default)]
pub struct MemoryStorage {
    objects: Mutex<BTreeMap<String, Object>>,
    held: watch::Sender<bool>,
    waiting: AtomicUsize,
}

impl MemoryStorage {
    /// An empty bucket.
    pub fn new() -> Self {
        Self::default()
    }

    /// All keys, sorted.
    pub fn keys(&self) -> Vec<String> {
        self.objects().keys().cloned().collect()
    }

    /// Media type and bytes of an object.
    pub fn object(&self, key: &ObjectKey) -> Option<(String, Vec<u8>)> {
        self.objects().get(&key.0).cloned()
    }

    /// From now on no put ends.
    pub fn hold(&self) {
        self.held.send_replace(true);
    }

    /// Every put ends again.
    pub fn release(&self) {
        self.held.send_replace(false);
    }

    /// How many puts wait to be released.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::SeqCst)
    }

    fn objects(&self) -> MutexGuard<'_, BTreeMap<String, Object>> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Storage for MemoryStorage {
    async fn put(&self, key: &ObjectKey, media_type: &str, bytes: Vec<u8>) -> Result<(), Fault> {
        let mut held = self.held.subscribe();
        self.waiting.fetch_add(1, Ordering::SeqCst);
        // The sender is this storage's own, so it is there.
        let _ = held.wait_for(|held| !held).await;
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        self.objects().insert(key.0.clone(), (media_type.to_owned(), bytes));
        Ok(())
    }

    async fn get(&self, key: &ObjectKey, max: u64) -> Result<Option<Vec<u8>>, Fault> {
        match self.objects().get(&key.0) {
            Some((_, bytes)) if bytes.len() as u64 > max => {
                Err(Fault::lasting("storage", "the object is larger than asked for"))
            }
            found => Ok(found.map(|(_, bytes)| bytes.clone())),
        }
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), Fault> {
        self.objects().remove(&key.0);
        Ok(())
    }

    /// `memory://{key}?until={unix}`, with `&save={name}` where one is asked for.
    fn presign(&self, key: &ObjectKey, how: &Presign, now: Timestamp) -> String {
        let until = link_date(now) + i64::from(LINK_SECONDS);
        let link = format!("memory://{}?until={until}", key.0);
        match how {
            Presign::Show => link,
            Presign::Save(name) => format!("{link}&save={name}"),
        }
    }
}
