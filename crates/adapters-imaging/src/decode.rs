//! From untrusted bytes to pixels as a browser shows them.

mod whole;

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage,
    error::LimitErrorKind,
};
use safelight_ports::IngestError;

/// The most pixels of a picture: four times the largest model we know, a tenth of a bomb.
const MAX_PIXELS: u64 = 40_000_000;
/// The longest side: what WebP can do, and well within what JPEG can, so thumbnails always can.
const MAX_SIDE: u32 = 16_384;
/// The most memory a decoder may ask for: 16 bits in four channels of the largest picture.
const MAX_ALLOC: u64 = MAX_PIXELS * 8;

/// What was in the bytes.
pub(super) struct Decoded {
    /// Upright and without transparency.
    pub picture: RgbImage,
    pub media_type: &'static str,
}

/// Reads a JPEG, PNG or WebP. Its size is judged by its header, before a pixel is decoded.
///
/// Turned upright by its EXIF orientation, because browsers do so: the true width of a picture is
/// the one it is shown with.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded, IngestError> {
    let format = image::guess_format(bytes).ok();
    let Some((format, media_type)) = format.and_then(accepted) else {
        return Err(IngestError::Unusable("not_an_image"));
    };
    if !whole::is_whole(bytes, format) {
        return Err(IngestError::Unusable("truncated_image"));
    }
    let picture = pixels(bytes, format).map_err(|error| IngestError::Unusable(slug(&error)))?;
    Ok(Decoded { picture: flat(picture), media_type })
}

fn accepted(format: ImageFormat) -> Option<(ImageFormat, &'static str)> {
    let media_type = match format {
        ImageFormat::Jpeg => "image/jpeg",
        ImageFormat::Png => "image/png",
        ImageFormat::WebP => "image/webp",
        _ => return None,
    };
    Some((format, media_type))
}

fn pixels(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, ImageError> {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_ALLOC);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MAX_PIXELS || width.max(height) > MAX_SIDE {
        let kind = LimitErrorKind::DimensionError;
        return Err(ImageError::Limits(image::error::LimitError::from_kind(kind)));
    }
    limits.reserve(decoder.total_bytes())?;
    decoder.set_limits(limits)?;
    let orientation = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn slug(error: &ImageError) -> &'static str {
    match error {
        ImageError::Limits(_) => "image_too_large",
        _ => "broken_image",
    }
}

/// In 8-bit RGB; what is transparent shows white, as on the paper the gallery prints on.
fn flat(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let rgba = picture.into_rgba8();
    let (width, height) = rgba.dimensions();
    let over_white = |channel: u8, alpha: u8| {
        let (channel, alpha) = (u32::from(channel), u32::from(alpha));
        u8::try_from((channel * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(u8::MAX)
    };
    let mut rgb = Vec::with_capacity(width as usize * height as usize * 3);
    for pixel in rgba.pixels() {
        let [red, green, blue, alpha] = pixel.0;
        rgb.extend([red, green, blue].map(|channel| over_white(channel, alpha)));
    }
    RgbImage::from_raw(width, height, rgb).expect("three bytes a pixel")
}
