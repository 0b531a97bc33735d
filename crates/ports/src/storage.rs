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

/// How long a link lives from its [`link_date`] on, in seconds: two hours, so at least 58 minutes
/// from when it is made.
pub const LINK_SECONDS: u32 = 7_200;

/// The date of a link made `now`, in seconds since 1970: the hour, so that one text serves all
/// through it and browsers cache it. In its first two minutes it is still the hour before, so that
/// clocks which differ a little agree on the text and no server sees a date in its future.
pub fn link_date(now: Timestamp) -> i64 {
    const SLACK: i64 = 120;
    const HOUR: i64 = 3_600;
    (now.as_second() - SLACK).div_euclid(HOUR) * HOUR
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
