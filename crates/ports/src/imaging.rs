//! Turning a provider's bytes into what a gallery needs.

use async_trait::async_trait;

use crate::Fault;

/// A small picture for grids: JPEG, never larger than the original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbnail {
    /// JPEG bytes.
    pub bytes: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// A picture that was decoded and measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ingested {
    /// The bytes as they came.
    pub original: Vec<u8>,
    /// `image/jpeg`, `image/png` or `image/webp`, by content, never by claim.
    pub media_type: &'static str,
    /// True width in pixels.
    pub width: u32,
    /// True height in pixels.
    pub height: u32,
    /// Whether it is black all over, as far as an eye can tell.
    pub is_black: bool,
    /// At most 320 px wide.
    pub w320: Thumbnail,
    /// At most 640 px wide.
    pub w640: Thumbnail,
    /// A blurred stand-in of about 25 bytes (thumbhash).
    pub thumbhash: Vec<u8>,
}

/// Why bytes did not become a picture.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// They are no picture we accept; the slug says why. The same bytes will never do.
    #[error("not a usable picture: {0}")]
    Unusable(&'static str),
    /// Ours to mend.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Decodes, measures and shrinks pictures.
#[async_trait]
pub trait Imaging: Send + Sync {
    /// Reads a JPEG, PNG or WebP by its content. MUST bound the memory a hostile picture can take
    /// and the number of pictures decoded at once, and MUST NOT run on the caller's thread.
    async fn ingest(&self, original: Vec<u8>) -> Result<Ingested, IngestError>;
}
