use async_trait::async_trait;
use safelight_domain::{ObjectKey, Timestamp};
use safelight_ports::{Fault, Presign, Storage};

use super::Metered;

#[async_trait]
impl Storage for Metered<dyn Storage> {
    async fn put(&self, key: &ObjectKey, media_type: &str, bytes: Vec<u8>) -> Result<(), Fault> {
        self.metrics.storage.plain("put", self.inner.put(key, media_type, bytes)).await
    }

    async fn get(&self, key: &ObjectKey, max: u64) -> Result<Option<Vec<u8>>, Fault> {
        self.metrics.storage.plain("get", self.inner.get(key, max)).await
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), Fault> {
        self.metrics.storage.plain("delete", self.inner.delete(key)).await
    }

    /// Not counted: it is arithmetic, at memory speed.
    fn presign(&self, key: &ObjectKey, how: &Presign, now: Timestamp) -> String {
        self.inner.presign(key, how, now)
    }
}
