//! Where pictures lie: the operator's private bucket.

use async_trait::async_trait;
use safelight_domain::{ObjectKey, Timestamp};

use crate::Fault;

/// What a presigned link should make the browser do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presign {
    /// Show it.
    Show,
    /// Save it under this file name.
    Save(String),
}

/// A private object store.
#[async_trait]
pub trait Storage: Send + Sync {
    /// Stores an object; the same key again overwrites. MUST be durable before it answers.
    async fn put(&self, key: &ObjectKey, media_type: &str, bytes: Vec<u8>) -> Result<(), Fault>;

    /// Reads an object, none if there is none. Refuses more than `max` bytes.
    async fn get(&self, key: &ObjectKey, max: u64) -> Result<Option<Vec<u8>>, Fault>;

    /// Deletes an object; deleting what is not there is fine.
    async fn delete(&self, key: &ObjectKey) -> Result<(), Fault>;

    /// A link that lapses within hours: the same text all through an hour, so browsers cache it.
    fn presign(&self, key: &ObjectKey, how: &Presign, now: Timestamp) -> String;
}
