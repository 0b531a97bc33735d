//! Imaging without pixels, for tests that are about something else.

use async_trait::async_trait;
use safelight_domain::Seed;
use safelight_ports::{Imaging, IngestError, Ingested, Thumbnail};

use crate::picture;

/// Takes whatever begins like a JPEG, PNG or WebP for a picture of 64 × 64, undecoded. Only the
/// scripted provider's picture of seed 0 is black to it.
#[derive(Debug, Clone, Copy, Default)]
pub struct TinyImaging;

#[async_trait]
impl Imaging for TinyImaging {
    async fn ingest(&self, original: Vec<u8>) -> Result<Ingested, IngestError> {
        let media_type = match original.as_slice() {
            [0xff, 0xd8, 0xff, ..] => "image/jpeg",
            [0x89, b'P', b'N', b'G', ..] => "image/png",
            [b'R', b'I', b'F', b'F', ..] => "image/webp",
            _ => return Err(IngestError::Unusable("not_an_image")),
        };
        let thumbnail = Thumbnail { bytes: vec![0xff, 0xd8, 0xff, 0xd9], width: 64, height: 64 };
        Ok(Ingested {
            is_black: original == picture(Seed(0)),
            original,
            media_type,
            width: 64,
            height: 64,
            w320: thumbnail.clone(),
            w640: thumbnail,
            thumbhash: vec![0; 25],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_takes_scripted_pictures_and_no_others() {
        let ingest = |bytes| TinyImaging.ingest(bytes);
        let taken = ingest(picture(Seed(7))).await.unwrap();
        assert_eq!((taken.media_type, taken.width), ("image/png", 64));
        assert_eq!(taken.original, picture(Seed(7)));
        assert!(matches!(
            ingest(b"<svg/>".to_vec()).await,
            Err(IngestError::Unusable("not_an_image"))
        ));
    }
}
