//! A stored picture in a page: its placeholder, its thumbnail, and the box that holds its place.

use safelight_domain::Image;
use safelight_usecases::Images;
use serde::Serialize;

use crate::thumb;

/// What a page needs to show a picture.
#[derive(Debug, Serialize)]
pub struct PictureView {
    pub id: String,
    /// The blur shown until it is there.
    pub hash: String,
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
            ratio: nearest(image.width, image.height),
        }
    }
}

/// The stylesheet's ratio classes are finite, so that no page needs a style of its own.
fn nearest(width: u32, height: u32) -> &'static str {
    const CLASSES: [(&str, f64); 5] = [
        ("r1-1", 1.0),
        ("r4-3", 4.0 / 3.0),
        ("r3-4", 3.0 / 4.0),
        ("r16-9", 16.0 / 9.0),
        ("r9-16", 9.0 / 16.0),
    ];
    let own = f64::from(width.max(1)) / f64::from(height.max(1));
    let off = |ratio: f64| (own / ratio).ln().abs();
    let nearer = |a: &&(_, f64), b: &&(_, f64)| off(a.1).total_cmp(&off(b.1));
    CLASSES.iter().min_by(nearer).map_or("r1-1", |(class, _)| class)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn any_picture_has_a_box() {
        for (width, height, class) in [
            (1024, 1024, "r1-1"),
            (1024, 768, "r4-3"),
            (768, 1024, "r3-4"),
            (1024, 576, "r16-9"),
            (576, 1024, "r9-16"),
            (2048, 900, "r16-9"),
            (1000, 0, "r16-9"),
        ] {
            assert_eq!(nearest(width, height), class, "{width} × {height}");
        }
    }
}
