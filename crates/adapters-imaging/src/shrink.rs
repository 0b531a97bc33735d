//! Small versions of a picture for grids, and a blurred stand-in for the moment before they load.

use std::error::Error;

use fast_image_resize::{
    FilterType, ResizeAlg, ResizeOptions, Resizer,
    images::{TypedImage, TypedImageRef},
    pixels::U8x3,
};
use image::{ExtendedColorType, RgbImage, codecs::jpeg::JpegEncoder};
use safelight_ports::Thumbnail;

/// Small files at a quality at which a grid shows no blocks.
const QUALITY: u8 = 82;
/// The longest side thumbhash reads.
const HASH_SIDE: u32 = 100;

/// What a gallery needs of a picture.
pub(super) struct Shrunk {
    pub w320: Thumbnail,
    pub w640: Thumbnail,
    pub thumbhash: Vec<u8>,
}

type Failed = Box<dyn Error + Send + Sync>;

/// Shrinks in steps, each from the one before, and lets go of each as soon as it is done with.
pub(super) fn shrink(picture: RgbImage) -> Result<Shrunk, Failed> {
    let (width, height) = picture.dimensions();
    let middle = fit(picture, 640, scaled(height, 640, width))?;
    let w640 = encode(&middle)?;
    let small = fit(middle, 320, scaled(height, 320, width))?;
    let w320 = encode(&small)?;
    Ok(Shrunk { w320, w640, thumbhash: thumbhash(small)? })
}

/// `length * by / of`, rounded, at least one pixel.
fn scaled(length: u32, by: u32, of: u32) -> u32 {
    let (length, by, of) = (u64::from(length), u64::from(by), u64::from(of));
    u32::try_from(((length * by + of / 2) / of).max(1)).unwrap_or(u32::MAX)
}

/// Shrinks to that size; leaves alone what is not larger.
fn fit(picture: RgbImage, width: u32, height: u32) -> Result<RgbImage, Failed> {
    if width >= picture.width() && height >= picture.height() {
        return Ok(picture);
    }
    let mut small = RgbImage::new(width, height);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    // Typed, because the untyped call compiles its kernels for every kind of pixel there is.
    let from = TypedImageRef::<U8x3>::from_buffer(picture.width(), picture.height(), &picture)?;
    let mut into = TypedImage::<U8x3>::from_buffer(width, height, &mut small)?;
    Resizer::new().resize_typed(&from, &mut into, &options)?;
    Ok(small)
}

fn encode(picture: &RgbImage) -> Result<Thumbnail, Failed> {
    let (width, height) = picture.dimensions();
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode(
        picture,
        width,
        height,
        ExtendedColorType::Rgb8,
    )?;
    Ok(Thumbnail { bytes, width, height })
}

fn thumbhash(picture: RgbImage) -> Result<Vec<u8>, Failed> {
    let (w, h) = picture.dimensions();
    let long = w.max(h).max(HASH_SIDE);
    let small = fit(picture, scaled(w, HASH_SIDE, long), scaled(h, HASH_SIDE, long))?;
    let (w, h) = (small.width() as usize, small.height() as usize);
    let rgba: Vec<u8> = small.pixels().flat_map(|p| [p.0[0], p.0[1], p.0[2], 255]).collect();
    Ok(thumbhash::rgba_to_thumb_hash(w, h, &rgba))
}
