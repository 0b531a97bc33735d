//! A bucket in memory.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use safelight_domain::{ObjectKey, Timestamp};
use safelight_ports::{Fault, LINK_SECONDS, Presign, Storage, link_date};

/// Media type and bytes of one object.
type Object = (String, Vec<u8>);

/// A [`Storage`] that forgets everything when it is dropped.
#[derive(Debug, Default)]
pub struct MemoryStorage(Mutex<BTreeMap<String, Object>>);

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

    fn objects(&self) -> MutexGuard<'_, BTreeMap<String, Object>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Storage for MemoryStorage {
    async fn put(&self, key: &ObjectKey, media_type: &str, bytes: Vec<u8>) -> Result<(), Fault> {
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
