//! From colours to a file: a little grain, corners that fall off, sRGB, JPEG.

use image::{ExtendedColorType, codecs::jpeg::JpegEncoder};

use super::{colour::Lab, noise::Noise, scene::Frame};

/// High enough that soft gradients do not break into steps.
const QUALITY: u8 = 90;
/// Standard width of the grain, in lightness.
const GRAIN: f32 = 0.014;
/// Steps of the table from linear light to sRGB.
const STEPS: usize = 4_096;

/// The picture as a JPEG of exactly the frame's size.
pub(super) fn jpeg(frame: Frame, picture: &[Lab], grain: Noise) -> image::ImageResult<Vec<u8>> {
    let curve = curve();
    let mut pixels = Vec::with_capacity(picture.len() * 3);
    let mut colours = picture.iter();
    for row in 0..frame.height {
        let y = frame.y(row);
        for (column, colour) in (0..frame.width).zip(colours.by_ref()) {
            let x = frame.x(column);
            let corner = 0.10 * (x * x + y * y);
            // Two specks make a triangle: softer than one.
            let speck = grain.speck(column, row) + grain.speck(row + 7_919, column) - 1.0;
            let light = colour.lift(GRAIN * speck).lift(-corner * colour.l).linear();
            pixels.extend(light.map(|channel| curve[step(channel)]));
        }
    }
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode(
        &pixels,
        frame.width,
        frame.height,
        ExtendedColorType::Rgb8,
    )?;
    Ok(bytes)
}

/// The place in the table for linear light: by its square root, so shadows get their share.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "clamped into the table"
)]
fn step(light: f32) -> usize {
    (light.clamp(0.0, 1.0).sqrt() * (STEPS - 1) as f32 + 0.5) as usize
}

/// sRGB (IEC 61966-2-1) of every step.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "from 0 to 255"
)]
fn curve() -> Vec<u8> {
    (0..STEPS)
        .map(|n| {
            let light = (n as f32 / (STEPS - 1) as f32).powi(2);
            let coded = if light <= 0.003_130_8 {
                12.92 * light
            } else {
                1.055 * light.powf(1.0 / 2.4) - 0.055
            };
            (coded * 255.0 + 0.5) as u8
        })
        .collect()
}
