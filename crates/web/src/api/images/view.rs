//! An image as it is shown.

use poem_openapi::{Object, types::Base64};
use safelight_domain::{FolderId, GenerationId, Image, ImageId, RenderId, Timestamp};
use safelight_usecases::{Images, Urls};

use crate::wire::Text;

/// A picture that is safely stored.
#[derive(Object)]
#[oai(rename = "Image")]
pub struct ImageView {
    id: Text<ImageId>,
    render_id: Text<RenderId>,
    generation_id: Text<GenerationId>,
    prompt: String,
    model: String,
    /// The seed it was made from, decimal.
    seed: String,
    /// True width of the original in pixels.
    width: u32,
    /// True height of the original in pixels.
    height: u32,
    /// Size of the original in bytes.
    bytes: u64,
    /// `image/jpeg`, `image/png` or `image/webp`.
    media_type: String,
    /// A blurred stand-in (thumbhash), in base 64.
    thumbhash: Base64<Vec<u8>>,
    liked: bool,
    #[oai(nullable)]
    folder_id: Option<Text<FolderId>>,
    /// When it was put in the trash.
    #[oai(nullable)]
    trashed_at: Option<Text<Timestamp>>,
    created_at: Text<Timestamp>,
    urls: UrlsView,
}

/// Links to a picture's files. They lapse within hours; read the image again for fresh ones.
#[derive(Object)]
#[oai(rename = "ImageUrls")]
struct UrlsView {
    original: String,
    /// At most 320 px wide.
    w320: String,
    /// At most 640 px wide.
    w640: String,
}

impl ImageView {
    /// The view of `image`, with links that `images` signs.
    pub fn of(image: Image, images: &Images) -> Self {
        let Urls { original, w320, w640 } = images.urls(&image);
        Self {
            id: Text(image.id),
            render_id: Text(image.render_id),
            generation_id: Text(image.generation_id),
            prompt: image.prompt.as_str().to_owned(),
            model: image.model.0,
            seed: image.seed.to_string(),
            width: image.width,
            height: image.height,
            bytes: image.bytes,
            media_type: image.media_type,
            thumbhash: Base64(image.thumbhash),
            liked: image.liked,
            folder_id: image.folder_id.map(Text),
            trashed_at: image.trashed_at.map(Text),
            created_at: Text(image.created_at),
            urls: UrlsView { original, w320, w640 },
        }
    }
}
