//! Whether a file goes on to its end. Decoders differ in what they forgive: the one for JPEG
//! paints a missing rest grey and calls it good.

use image::ImageFormat;

/// Whether the end that the format prescribes is there. What lies between is not judged.
pub(super) fn is_whole(bytes: &[u8], format: ImageFormat) -> bool {
    let whole = match format {
        ImageFormat::Jpeg => jpeg(bytes),
        ImageFormat::Png => png(bytes),
        ImageFormat::WebP => webp(bytes),
        _ => None,
    };
    whole.is_some()
}

/// An end marker behind the first scan (ITU-T T.81, annex B). Segments before that are stepped
/// over, for one of them may hold a thumbnail with an end marker of its own.
fn jpeg(bytes: &[u8]) -> Option<()> {
    const END_OF_IMAGE: [u8; 2] = [0xff, 0xd9];
    const START_OF_SCAN: u8 = 0xda;
    let mut rest = bytes.get(2..)?;
    loop {
        let [0xff, marker, high, low, ..] = *rest else { return None };
        if marker == 0xff {
            // Any number of fill bytes may stand before a marker.
            rest = &rest[1..];
            continue;
        }
        rest = rest.get(2 + usize::from(u16::from_be_bytes([high, low]))..)?;
        if marker == START_OF_SCAN {
            return rest.windows(2).any(|pair| pair == END_OF_IMAGE).then_some(());
        }
    }
}

/// A chain of chunks down to `IEND` (PNG specification, 5.3: length, type, data, checksum).
fn png(bytes: &[u8]) -> Option<()> {
    let mut rest = bytes.get(8..)?;
    loop {
        let (length, data) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        rest = data.get(length.checked_add(8)?..)?;
        if data.starts_with(b"IEND") {
            return Some(());
        }
    }
}

/// As many bytes as the RIFF header says (RFC 9649, 2.3).
fn webp(bytes: &[u8]) -> Option<()> {
    let (size, rest) = bytes.get(4..)?.split_first_chunk::<4>()?;
    (rest.len() >= usize::try_from(u32::from_le_bytes(*size)).ok()?).then_some(())
}
