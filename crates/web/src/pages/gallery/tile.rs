//! A picture in a row.

use std::sync::Arc;

use safelight_domain::{Image, ImageFilter};
use safelight_usecases::{Images, Urls};
use serde::Serialize;

use super::filter;
use crate::{ratio::ratio, thumb};

/// The longest text alternative, in characters.
const ALT: usize = 160;

/// How a picture is drawn: its box is known before its bytes are.
#[derive(Serialize)]
pub struct PictureView {
    /// The class that holds its place.
    pub ratio: &'static str,
    width: u32,
    height: u32,
    /// The blurred stand-in.
    #[serde(serialize_with = "thumb::as_text")]
    hash: Arc<str>,
    alt: String,
    w320: String,
    w640: String,
    /// How wide the larger thumbnail is.
    w640_width: u32,
}

/// A picture in a row.
#[derive(Serialize)]
pub struct TileView {
    id: String,
    href: String,
    liked: bool,
    picture: PictureView,
}

impl PictureView {
    /// The view of `image`, with links that `images` signs; and the link to the original.
    pub fn of(image: &Image, images: &Images) -> (Self, String) {
        let Urls { original, w320, w640 } = images.urls(image);
        let view = Self {
            ratio: ratio(image.width, image.height),
            width: image.width,
            height: image.height,
            hash: thumb::data_uri(&image.thumbhash),
            alt: alt(image.prompt.as_str()),
            w320,
            w640,
            w640_width: image.width.min(640),
        };
        (view, original)
    }
}

impl TileView {
    /// The view of `image`; its page walks `filter`.
    pub fn of(image: &Image, images: &Images, filter: &ImageFilter) -> Self {
        Self {
            id: image.id.to_string(),
            href: filter::image(image.id, filter),
            liked: image.liked,
            picture: PictureView::of(image, images).0,
        }
    }
}

/// What the picture shows, for those who do not see it: the prompt, shortened at a word.
fn alt(prompt: &str) -> String {
    let words = prompt.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((cut, _)) = words.char_indices().nth(ALT) else { return words };
    let kept = &words[..cut];
    format!("{} …", kept.rsplit_once(' ').map_or(kept, |(whole, _)| whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alternative_is_the_prompt_cut_at_a_word() {
        assert_eq!(alt("a red\nfox"), "a red fox");
        let long = "word ".repeat(50);
        let short = alt(&long);
        assert!(short.ends_with("word …") && short.chars().count() <= ALT + 2, "{short}");
        assert_eq!(alt(&"é".repeat(161)).chars().count(), ALT + 2);
    }
}
