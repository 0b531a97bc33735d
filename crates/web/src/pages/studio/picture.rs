//! A stored picture in a page: its placeholder, its thumbnail, and the box that holds its place.

use std::sync::Arc;

use safelight_domain::Image;
use safelight_usecases::Images;
use serde::Serialize;

use crate::{ratio::ratio, thumb};

/// What a page needs to show a picture.
#[derive(Debug, Serialize)]
pub struct PictureView {
    pub id: String,
    /// The blur shown until it is there.
    #[serde(serialize_with = "thumb::as_text")]
    pub hash: Arc<str>,
    /// Its thumbnail, signed for some hours.
    pub src: String,
    pub width: u32,
    pub height: u32,
    /// What it was made from, for those who cannot see it.
    pub alt: String,
    /// The class of the ratio nearest to its own.
    pub ratio: &'static str,
}

impl PictureView {
    /// The view of `image`, with links that `images` signs.
    pub fn of(image: &Image, images: &Images) -> Self {
        Self {
            id: image.id.to_string(),
            hash: thumb::data_uri(&image.thumbhash),
            src: images.urls(image).w640,
            width: image.width,
            height: image.height,
            alt: image.prompt.as_str().to_owned(),
            ratio: ratio(image.width, image.height),
        }
    }
}
