//! PNG (PNG specification, third edition): chunks of a length, a name, bytes and a checksum.

use crate::{Mark, Said, Unreadable, exif, xmp};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
const WORDS: &[u8] = b"parameters";
const PACKET: &[u8] = b"XML:com.adobe.xmp";
/// Chunks a decoder may do without, but colours and motion may not.
const KEPT: [&[u8; 4]; 16] = [
    b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"mDCV", b"cLLI", b"sBIT", b"tRNS", b"bKGD",
    b"hIST", b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT",
];

struct Chunk<'a> {
    name: [u8; 4],
    data: &'a [u8],
    /// As it is in the file, with its length and its checksum.
    whole: &'a [u8],
}

pub fn write(file: &[u8], mark: &Mark<'_>) -> Result<Vec<u8>, Unreadable> {
    let turn = read(file)?.turn;
    let mut out = SIGNATURE.to_vec();
    for chunk in chunks(file) {
        let Chunk { name, whole, .. } = chunk?;
        if name[0].is_ascii_uppercase() || KEPT.contains(&&name) {
            out.extend(whole);
        }
        if name == *b"IHDR" {
            out.extend(made(*b"iTXt", &text(PACKET, &xmp::packet(mark))));
            if let Some(parameters) = mark.parameters {
                out.extend(made(*b"iTXt", &text(WORDS, parameters.as_bytes())));
            }
            if let Some(block) = exif::write(turn, None) {
                out.extend(made(*b"eXIf", &block));
            }
        }
    }
    Ok(out)
}

pub fn read(file: &[u8]) -> Result<Said, Unreadable> {
    let mut said = Said::default();
    for chunk in chunks(file) {
        let Chunk { name, data, .. } = chunk?;
        let (keyword, rest) = split(data);
        match (&name, keyword) {
            (b"iTXt", PACKET) => said.xmp = international(rest).map(<[u8]>::to_vec),
            (b"iTXt", WORDS) => {
                let text = international(rest).map(|text| String::from_utf8_lossy(text).into());
                said.parameters = text;
            }
            // Latin-1, as others write it.
            (b"tEXt", WORDS) => {
                said.parameters = Some(rest.iter().map(|byte| char::from(*byte)).collect());
            }
            (b"eXIf", _) => said.turn = exif::read(data).turn,
            _ => {}
        }
    }
    Ok(said)
}

/// The chunks up to and with `IEND`; what follows it is no part of the picture.
fn chunks(file: &[u8]) -> impl Iterator<Item = Result<Chunk<'_>, Unreadable>> {
    let mut rest = file.strip_prefix(SIGNATURE).ok_or(Unreadable);
    let mut ended = false;
    std::iter::from_fn(move || {
        if ended {
            return None;
        }
        let next = rest.and_then(|rest| chunk(rest).ok_or(Unreadable));
        match &next {
            Ok((found, after)) => {
                ended = found.name == *b"IEND";
                rest = Ok(after);
            }
            Err(_) => ended = true,
        }
        Some(next.map(|(found, _)| found))
    })
}

fn chunk(rest: &[u8]) -> Option<(Chunk<'_>, &[u8])> {
    let length = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?);
    let size = usize::try_from(length).ok()?.checked_add(12)?;
    let (whole, after) = rest.split_at_checked(size)?;
    let name = whole[4..8].try_into().ok()?;
    Some((Chunk { name, data: &whole[8..size - 4], whole }, after))
}

fn made(name: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut chunk = u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes().to_vec();
    chunk.extend(name);
    chunk.extend(data);
    let sum = crc32fast::hash(&chunk[4..]);
    chunk.extend(sum.to_be_bytes());
    chunk
}

/// Keyword, no compression, no language, no translated keyword, the text in UTF-8.
fn text(keyword: &[u8], text: &[u8]) -> Vec<u8> {
    [keyword, b"\0\0\0\0\0", text].concat()
}

/// The text of an `iTXt` chunk behind its keyword, if it is not compressed.
fn international(rest: &[u8]) -> Option<&[u8]> {
    let (0, rest) = (*rest.first()?, rest.get(2..)?) else { return None };
    Some(split(split(rest).1).1)
}

/// What is before a zero byte, and what is behind it.
fn split(data: &[u8]) -> (&[u8], &[u8]) {
    let at = data.iter().position(|byte| *byte == 0).unwrap_or(data.len());
    (&data[..at], data.get(at + 1..).unwrap_or_default())
}
