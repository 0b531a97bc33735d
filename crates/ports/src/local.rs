//! Doors for the zero-key stand-ins, open only while they serve.

use async_trait::async_trait;
use safelight_domain::Timestamp;

use crate::Fault;

/// A file of the disk store, asked for by one of its own links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalFile {
    /// Its content.
    pub bytes: Vec<u8>,
    /// Its media type, as stored.
    pub media_type: String,
    /// The name to save it under, when the link says so.
    pub save_as: Option<String>,
}

/// Why a link opened nothing.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Not one of ours, altered, or lapsed. Told apart for nobody.
    #[error("the link is not valid or has lapsed")]
    Refused,
    /// The link is good and nothing is there.
    #[error("there is no such file")]
    NotFound,
    /// Ours to mend.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Serves what the disk store presigned.
#[async_trait]
pub trait LocalFiles: Send + Sync {
    /// Opens `/files/{path}?{query}`; `path` percent-decoded, `query` as it came.
    async fn open(&self, path: &str, query: &str, now: Timestamp) -> Result<LocalFile, LinkError>;
}
