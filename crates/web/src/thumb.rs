//! What is shown until a picture is there: its thumbhash, as a tiny PNG inside the page.
//!
//! The PNG is written here: the compressor and its checksum are in this crate already, for styles
//! and modules, and no image library is needed for sixteen pixels.
//!
//! Making one costs more than all else of a tile, and a gallery shows the same forty again and
//! again, so each is made once and kept. It is kept in memory and not in the database: the hash
//! says everything, in 25 bytes, and a column of 900 would make every row of a page that much
//! heavier to read.

use std::{
    collections::HashMap,
    io::Write,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compression, Crc, write::ZlibEncoder};
use serde::Serializer;

/// As wide or high as a placeholder gets, in pixels. A thumbhash holds no finer detail, and the
/// style sheet blurs it.
const SIDE: usize = 16;

/// How many placeholders each of the two generations holds. One is under 1,100 bytes with its key
/// and its place in the table, so all of them are at most 9 MB.
const KEPT: usize = 4_096;
/// A longer hash is no thumbhash, and is not worth keeping.
const LONGEST: usize = 32;

/// Placeholders made lately, and those made before them.
#[derive(Default)]
struct Made {
    young: HashMap<Box<[u8]>, Arc<str>>,
    old: HashMap<Box<[u8]>, Arc<str>>,
}

static MADE: LazyLock<Mutex<Made>> = LazyLock::new(Mutex::default);

impl Made {
    fn find(&mut self, hash: &[u8], kept: usize) -> Option<Arc<str>> {
        if let Some(uri) = self.young.get(hash) {
            return Some(Arc::clone(uri));
        }
        let (hash, uri) = self.old.remove_entry(hash)?;
        self.keep(hash, Arc::clone(&uri), kept);
        Some(uri)
    }

    /// Keeps one. When there are too many, those not asked for since the last time are forgotten.
    fn keep(&mut self, hash: Box<[u8]>, uri: Arc<str>, kept: usize) {
        if self.young.len() >= kept {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(hash, uri);
    }
}

/// Rows of pixels, each red, green, blue, alpha.
struct Pixels {
    width: usize,
    rows: Vec<Vec<u8>>,
}

/// The picture a thumbhash stands for, as an address for `src`. One that cannot be read is a clear
/// pixel: a picture without a placeholder is still a picture.
pub fn data_uri(hash: &[u8]) -> Arc<str> {
    let made = || MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if hash.len() > LONGEST {
        return make(hash).into();
    }
    if let Some(uri) = made().find(hash, KEPT) {
        return uri;
    }
    // Made without the lock: two who miss the same one make it twice, and nobody waits.
    let uri: Arc<str> = make(hash).into();
    made().keep(hash.into(), Arc::clone(&uri), KEPT);
    uri
}

/// Writes it as text: serde knows shared text only with a feature of its own.
pub fn as_text<S: Serializer>(uri: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(uri)
}

fn make(hash: &[u8]) -> String {
    let pixels = decode(hash).unwrap_or_else(|| Pixels { width: 1, rows: vec![vec![0; 4]] });
    format!("data:image/png;base64,{}", BASE64_STANDARD.encode(png(&pixels)))
}

/// Every other pixel of the decoded hash, which is 32 on its longer side.
fn decode(hash: &[u8]) -> Option<Pixels> {
    let (width, height, rgba) = thumbhash::thumb_hash_to_rgba(hash).ok()?;
    let step = width.max(height).div_ceil(SIDE);
    if width < step || height < step {
        return None;
    }
    let row = |line: &[u8]| line.chunks_exact(4).step_by(step).flatten().copied().collect();
    let rows: Vec<Vec<u8>> = rgba.chunks_exact(width * 4).step_by(step).map(row).collect();
    Some(Pixels { width: width.div_ceil(step), rows })
}

/// A PNG of 8 bits a channel (PNG specification, third edition, 5 and 11.2).
fn png(pixels: &Pixels) -> Vec<u8> {
    let side = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_be_bytes();
    let mut header = [side(pixels.width), side(pixels.rows.len())].concat();
    header.extend([8, 6, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in [(b"IHDR", header), (b"IDAT", packed(&pixels.rows)), (b"IEND", vec![])] {
        let mut sum = Crc::new();
        sum.update(kind);
        sum.update(&data);
        file.extend(side(data.len()));
        file.extend(kind);
        file.extend(&data);
        file.extend(sum.sum().to_be_bytes());
    }
    file
}

/// Each row as its difference to the one above, which is small in a blur, then compressed.
fn packed(rows: &[Vec<u8>]) -> Vec<u8> {
    const UP: u8 = 2;
    let mut plain = Vec::new();
    let mut above = vec![0; rows.first().map_or(0, Vec::len)];
    for row in rows {
        plain.push(UP);
        plain.extend(row.iter().zip(&above).map(|(here, above)| here.wrapping_sub(*above)));
        above.clone_from(row);
    }
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing to a Vec cannot fail.
    let _ = encoder.write_all(&plain);
    encoder.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Read back by a decoder that is not ours.
    fn read(uri: &str) -> image::RgbaImage {
        let text = uri.strip_prefix("data:image/png;base64,").expect("it is a PNG");
        let bytes = BASE64_STANDARD.decode(text).expect("it is base 64");
        image::load_from_memory_with_format(&bytes, image::ImageFormat::Png).unwrap().to_rgba8()
    }

    /// Blue at the left, red at the right.
    fn hash(width: usize, height: usize) -> Vec<u8> {
        let across = |x: usize| u8::try_from(x * 255 / (width - 1)).unwrap();
        let row = (0..width).flat_map(|x| [across(x), 40, 255 - across(x), 255]);
        let rgba: Vec<u8> = row.collect::<Vec<_>>().repeat(height);
        thumbhash::rgba_to_thumb_hash(width, height, &rgba)
    }

    #[test]
    fn a_placeholder_has_the_pictures_shape_and_colours() {
        for (width, height, shape) in [(80, 60, (16, 12)), (60, 80, (12, 16)), (64, 64, (16, 16))] {
            let uri = data_uri(&hash(width, height));
            let picture = read(&uri);
            let (w, h) = picture.dimensions();
            assert!(w.abs_diff(shape.0) <= 2 && h.abs_diff(shape.1) <= 2, "{w} × {h}");
            let [left, right] = [0, w - 1].map(|x| picture.get_pixel(x, h / 2).0);
            assert!(left[2] > 180 && left[0] < 90 && left[3] == 255, "{left:?}");
            assert!(right[0] > 180 && right[2] < 90, "{right:?}");
            assert!(uri.len() < 1_000, "{} bytes for each picture of a page", uri.len());
        }
    }

    #[test]
    fn a_placeholder_is_made_once() {
        let hash = hash(70, 50);
        assert!(Arc::ptr_eq(&data_uri(&hash), &data_uri(&hash)));
        assert_eq!(*data_uri(&hash), *make(&hash));
    }

    #[test]
    fn memory_is_bounded_and_what_is_asked_for_stays() {
        let mut made = Made::default();
        let first: Arc<str> = "the first".into();
        made.keep([0; 8].into(), Arc::clone(&first), 10);
        for n in 1..=100_u64 {
            assert_eq!(made.find(&[0; 8], 10).as_ref(), Some(&first), "after {n} others");
            made.keep(n.to_be_bytes().into(), "another".into(), 10);
            assert!(made.young.len() <= 10 && made.old.len() <= 10);
        }
        assert_eq!(made.find(&1_u64.to_be_bytes(), 10), None, "what nobody asks for is forgotten");
    }

    #[test]
    fn what_is_no_thumbhash_is_a_clear_pixel() {
        for bad in [&[][..], &[0; 4], &[0; 25], &[255; 5]] {
            let picture = read(&data_uri(bad));
            assert_eq!(picture.get_pixel(0, 0).0[3], 0, "{bad:?}");
        }
    }
}
