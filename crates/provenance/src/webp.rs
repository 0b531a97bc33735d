//! WebP (RFC 9649): a RIFF file of chunks, each padded to an even length.

use crate::{Mark, Said, Unreadable, exif, xmp};

/// Flags of the extended header (RFC 9649, 2.7).
const ICC: u8 = 0x20;
const ALPHA: u8 = 0x10;
const EXIF: u8 = 0x08;
const XMP: u8 = 0x04;
const MOTION: u8 = 0x02;

/// What showing the picture needs, in the order it has to stand.
const KEPT: [&[u8; 4]; 6] = [b"ICCP", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L"];

struct Chunk<'a> {
    name: [u8; 4],
    data: &'a [u8],
}

pub fn write(file: &[u8], mark: &Mark<'_>) -> Result<Vec<u8>, Unreadable> {
    let turn = read(file)?.turn;
    let all = chunks(file)?;
    let exif = exif::write(turn, mark.parameters);
    let (mut flags, canvas) = head(&all).ok_or(Unreadable)?;
    flags = flags & (ICC | ALPHA | MOTION) | XMP | if exif.is_some() { EXIF } else { 0 };
    let header = [&[flags, 0, 0, 0], &canvas[..]].concat();
    let mut body = b"WEBP".to_vec();
    put(&mut body, *b"VP8X", &header);
    for Chunk { name, data } in all.iter().filter(|chunk| KEPT.contains(&&chunk.name)) {
        put(&mut body, *name, data);
    }
    if let Some(block) = exif {
        put(&mut body, *b"EXIF", &block);
    }
    put(&mut body, *b"XMP ", &xmp::packet(mark));
    let mut out = b"RIFF".to_vec();
    out.extend(u32::try_from(body.len()).map_err(|_| Unreadable)?.to_le_bytes());
    out.extend(body);
    Ok(out)
}

pub fn read(file: &[u8]) -> Result<Said, Unreadable> {
    let mut said = Said::default();
    for Chunk { name, data } in chunks(file)? {
        match &name {
            b"EXIF" => {
                // Some writers put the name of the JPEG segment before the block.
                let found = exif::read(data.strip_prefix(b"Exif\0\0").unwrap_or(data));
                (said.turn, said.parameters) = (found.turn, found.comment);
            }
            b"XMP " => said.xmp = Some(data.to_vec()),
            _ => {}
        }
    }
    Ok(said)
}

/// All chunks of the file, as far as the file says it goes.
fn chunks(file: &[u8]) -> Result<Vec<Chunk<'_>>, Unreadable> {
    let size = file.get(4..8).and_then(|size| size.try_into().ok()).map(u32::from_le_bytes);
    let size = size.and_then(|size| usize::try_from(size).ok()).ok_or(Unreadable)?;
    let end = size.checked_add(8).ok_or(Unreadable)?;
    let mut rest = file.get(8..end).and_then(|b| b.strip_prefix(b"WEBP")).ok_or(Unreadable)?;
    let mut all = Vec::new();
    while !rest.is_empty() {
        let (chunk, after) = chunk(rest).ok_or(Unreadable)?;
        all.push(chunk);
        rest = after;
    }
    Ok(all)
}

fn chunk(rest: &[u8]) -> Option<(Chunk<'_>, &[u8])> {
    let name = rest.get(..4)?.try_into().ok()?;
    let length = u32::from_le_bytes(rest.get(4..8)?.try_into().ok()?);
    let length = usize::try_from(length).ok()?;
    let data = rest.get(8..8_usize.checked_add(length)?)?;
    // The last padding byte is missing in files of careless writers.
    let after = rest.get(8 + length + length % 2..).unwrap_or_default();
    Some((Chunk { name, data }, after))
}

/// The flags and the canvas of the extended header the file has, or would have.
fn head(all: &[Chunk<'_>]) -> Option<(u8, [u8; 6])> {
    let first = all.first()?;
    match (&first.name, first.data) {
        (b"VP8X", [flags, _, _, _, canvas @ ..]) => Some((*flags, canvas.try_into().ok()?)),
        (b"VP8 ", [_, _, _, 0x9d, 0x01, 0x2a, w0, w1, h0, h1, ..]) => {
            let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
            Some((0, canvas(side(*w0, *w1), side(*h0, *h1))?))
        }
        (b"VP8L", [0x2f, a, b, c, d, ..]) => {
            let bits = u32::from_le_bytes([*a, *b, *c, *d]);
            let alpha = if bits >> 28 & 1 == 1 { ALPHA } else { 0 };
            Some((alpha, canvas((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1)?))
        }
        _ => None,
    }
}

/// Width and height, each less one, in three bytes.
fn canvas(width: u32, height: u32) -> Option<[u8; 6]> {
    let [w0, w1, w2, _] = width.checked_sub(1)?.to_le_bytes();
    let [h0, h1, h2, _] = height.checked_sub(1)?.to_le_bytes();
    Some([w0, w1, w2, h0, h1, h2])
}

fn put(out: &mut Vec<u8>, name: [u8; 4], data: &[u8]) {
    out.extend(name);
    out.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend(data);
    out.extend(std::iter::repeat_n(0, data.len() % 2));
}
