//! JPEG (ITU-T T.81, annex B): segments of a marker, a length and bytes; scans with coded data
//! between them.

use crate::{Mark, Said, Unreadable, exif, xmp};

const EXIF: &[u8] = b"Exif\0\0";
const PACKET: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

const SOI: [u8; 2] = [0xff, 0xd8];
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const APP0: u8 = 0xe0;
const APP1: u8 = 0xe1;
const APP2: u8 = 0xe2;
const APP14: u8 = 0xee;
const APP15: u8 = 0xef;
const COMMENT: u8 = 0xfe;

struct Segment<'a> {
    marker: u8,
    data: &'a [u8],
    /// As it is in the file; a scan with its coded data.
    whole: &'a [u8],
}

pub fn write(file: &[u8], mark: &Mark<'_>) -> Result<Vec<u8>, Unreadable> {
    let said = read(file)?;
    let mut ours = Vec::new();
    if let Some(block) = exif::write(said.turn, mark.parameters) {
        ours.extend(made(EXIF, &block)?);
    }
    ours.extend(made(PACKET, &xmp::packet(mark))?);
    let mut out = SOI.to_vec();
    // JFIF says it is the first segment; ours follows it, or is first itself.
    let mut ours = Some(ours);
    for segment in segments(file) {
        let segment = segment?;
        let jfif = segment.marker == APP0 && segment.data.starts_with(b"JFIF\0");
        if !jfif {
            out.extend(ours.take().unwrap_or_default());
        }
        if jfif || is_kept(&segment) {
            out.extend(segment.whole);
        }
    }
    Ok(out)
}

/// Whether a picture would look different without it.
fn is_kept(segment: &Segment<'_>) -> bool {
    match segment.marker {
        APP2 => segment.data.starts_with(b"ICC_PROFILE\0"),
        APP14 => segment.data.starts_with(b"Adobe"),
        APP0..=APP15 | COMMENT => false,
        _ => true,
    }
}

pub fn read(file: &[u8]) -> Result<Said, Unreadable> {
    let mut said = Said::default();
    for segment in segments(file) {
        let Segment { marker, data, .. } = segment?;
        if marker != APP1 {
            continue;
        }
        if let Some(block) = data.strip_prefix(EXIF) {
            let found = exif::read(block);
            said.turn = said.turn.or(found.turn);
            said.parameters = said.parameters.or(found.comment);
        } else if let Some(packet) = data.strip_prefix(PACKET) {
            said.xmp = Some(packet.to_vec());
        }
    }
    Ok(said)
}

/// The segments up to and with the end of the image; what follows it is no part of the picture.
fn segments(file: &[u8]) -> impl Iterator<Item = Result<Segment<'_>, Unreadable>> {
    let mut rest = file.strip_prefix(&SOI).ok_or(Unreadable);
    let mut ended = false;
    std::iter::from_fn(move || {
        if ended {
            return None;
        }
        let next = rest.and_then(|rest| segment(rest).ok_or(Unreadable));
        match &next {
            Ok((found, after)) => {
                ended = found.marker == EOI;
                rest = Ok(after);
            }
            Err(_) => ended = true,
        }
        Some(next.map(|(found, _)| found))
    })
}

fn segment(rest: &[u8]) -> Option<(Segment<'_>, &[u8])> {
    // A marker may be led by any number of fill bytes.
    let fill = rest.iter().take_while(|byte| **byte == 0xff).count();
    let rest = rest.get(fill.checked_sub(1)?..)?;
    let marker = *rest.get(1)?;
    let (data, size): (&[u8], usize) = match marker {
        EOI | 0x01 | 0xd0..=0xd7 => (&[], 2),
        _ => {
            let length = usize::from(u16::from_be_bytes(rest.get(2..4)?.try_into().ok()?));
            (rest.get(4..2 + length)?, 2 + length)
        }
    };
    let size = if marker == SOS { size + coded(rest.get(size..)?) } else { size };
    let (whole, after) = rest.split_at_checked(size)?;
    Some((Segment { marker, data, whole }, after))
}

/// How long a scan's coded data is: up to a marker that is neither stuffed nor a restart.
fn coded(data: &[u8]) -> usize {
    let ends = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0 | 0xd0..=0xd7 | 0xff);
    data.windows(2).position(ends).unwrap_or(data.len())
}

fn made(name: &[u8], data: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let length = u16::try_from(2 + name.len() + data.len()).map_err(|_| Unreadable)?;
    Ok([&[0xff, APP1], &length.to_be_bytes()[..], name, data].concat())
}
