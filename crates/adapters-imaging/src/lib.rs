//! Decodes, measures and shrinks what a provider delivered.
//!
//! Invariant: hostile bytes cost a bounded amount of memory and a bounded number of threads, and
//! end as [`IngestError::Unusable`], never as a crash. What was delivered is handed back as it came.

mod decode;
mod shrink;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use image::RgbImage;
use safelight_ports::{Fault, Imaging, IngestError, Ingested, Thumbnail};
use tokio::sync::{Semaphore, oneshot};

/// An [`Imaging`] that works on threads of its own, a fixed number at once.
#[derive(Debug)]
pub struct Imager {
    permits: Arc<Semaphore>,
}

impl Imager {
    /// Decodes at most `permits` pictures at once, at least one. A usual picture of a
    /// megapixel takes some 10 MB meanwhile, the largest that is accepted at most half a gigabyte.
    pub fn new(permits: usize) -> Self {
        Self { permits: Arc::new(Semaphore::new(permits.max(1))) }
    }

    /// Runs `work` on a thread of its own once there is a permit. None if it panicked.
    async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Option<T>, Fault> {
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        let permit = permit.map_err(|closed| Fault::passing("imaging", closed))?;
        let (done, result) = oneshot::channel();
        let work = move || {
            // The permit goes with the work, not with whoever waits for it: they may hang up.
            let _permit = permit;
            let _ = done.send(work());
        };
        let thread = std::thread::Builder::new().name("imaging".to_owned());
        thread.spawn(work).map_err(|error| Fault::passing("imaging", error))?;
        Ok(result.await.ok())
    }
}

#[async_trait]
impl Imaging for Imager {
    /// Slugs of what is unusable: `not_an_image` (by content: only JPEG, PNG and WebP are),
    /// `image_too_large` (more than 40 megapixels, or a side beyond 16,384), `truncated_image` (ends too early) and
    /// `broken_image` (anything else a decoder trips over).
    async fn ingest(&self, original: Vec<u8>) -> Result<Ingested, IngestError> {
        // A decoder that panics has met bytes nobody thought of: theirs to answer for.
        let ingested = self.apart(move || ingest(original)).await?;
        ingested.unwrap_or(Err(IngestError::Unusable("broken_image")))
    }
}

fn ingest(original: Vec<u8>) -> Result<Ingested, IngestError> {
    let decode::Decoded { picture, media_type } = decode::decode(&original)?;
    let (width, height) = picture.dimensions();
    let is_black = is_black(&picture);
    let shrunk = shrink::shrink(picture).map_err(|error| Fault::lasting("imaging", error))?;
    // A small JPEG is its own best thumbnail.
    let lightest = |thumbnail: Thumbnail| {
        let unshrunk = (thumbnail.width, thumbnail.height) == (width, height);
        let heavier = thumbnail.bytes.len() > original.len();
        let own = media_type == "image/jpeg" && unshrunk && heavier;
        if own { Thumbnail { bytes: original.clone(), ..thumbnail } } else { thumbnail }
    };
    let (w320, w640) = (lightest(shrunk.w320), lightest(shrunk.w640));
    let thumbhash = shrunk.thumbhash;
    Ok(Ingested { w320, w640, thumbhash, original, media_type, width, height, is_black })
}

/// The most a channel of black may show: what lossy coding makes of it.
const BLACK: u8 = 4;

/// Whether every pixel is black. The first that is not ends the search, so that this costs a
/// usual picture nothing.
fn is_black(picture: &RgbImage) -> bool {
    picture.as_raw().iter().all(|channel| *channel <= BLACK)
}
