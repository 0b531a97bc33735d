//! The little of EXIF that JPEG and WebP need for `parameters`, and all need for the way a picture
//! is turned (CIPA DC-008, Exif 3.0; TIFF 6.0).

const ORIENTATION: u16 = 0x0112;
const EXIF_IFD: u16 = 0x8769;
const VERSION: u16 = 0x9000;
const USER_COMMENT: u16 = 0x9286;

const SHORT: u16 = 3;
const LONG: u16 = 4;
const UNDEFINED: u16 = 7;

/// What we look for in a TIFF block.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Exif {
    /// How the picture is turned, 2 to 8.
    pub turn: Option<u16>,
    /// The user's comment, where other programs look for `parameters` too.
    pub comment: Option<String>,
}

/// A TIFF block holding these, most significant byte first; none when there is nothing to hold.
pub fn write(turn: Option<u16>, comment: Option<&str>) -> Option<Vec<u8>> {
    let turned = turn.map(|turn| entry(ORIENTATION, SHORT, 1, u32::from(turn) << 16));
    if turned.is_none() && comment.is_none() {
        return None;
    }
    let mut block = b"MM\0\x2a\0\0\0\x08".to_vec();
    let entries = u16::from(turned.is_some()) + u16::from(comment.is_some());
    // Eight bytes before, a count, entries of twelve, the place of the next directory.
    let after = 8 + 2 + 12 * u32::from(entries) + 4;
    block.extend(entries.to_be_bytes());
    block.extend(turned.into_iter().flatten());
    if comment.is_some() {
        block.extend(entry(EXIF_IFD, LONG, 1, after));
    }
    block.extend([0; 4]);
    if let Some(comment) = comment {
        let mut text = b"UNICODE\0".to_vec();
        text.extend(comment.encode_utf16().flat_map(u16::to_be_bytes));
        block.extend(2_u16.to_be_bytes());
        block.extend(entry(VERSION, UNDEFINED, 4, u32::from_be_bytes(*b"0232")));
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        block.extend(entry(USER_COMMENT, UNDEFINED, length, after + 2 + 12 * 2 + 4));
        block.extend([0; 4]);
        block.extend(text);
    }
    Some(block)
}

fn entry(tag: u16, kind: u16, count: u32, value: u32) -> [u8; 12] {
    let mut entry = [0; 12];
    entry[..2].copy_from_slice(&tag.to_be_bytes());
    entry[2..4].copy_from_slice(&kind.to_be_bytes());
    entry[4..8].copy_from_slice(&count.to_be_bytes());
    entry[8..].copy_from_slice(&value.to_be_bytes());
    entry
}

/// Reads a TIFF block; what is broken in it is not there.
pub fn read(block: &[u8]) -> Exif {
    let Some(tiff) = Tiff::of(block) else { return Exif::default() };
    let first = tiff.long(4).unwrap_or(0);
    let turn = tiff.find(first, ORIENTATION).and_then(|at| tiff.short(at + 8));
    let comment = tiff
        .find(first, EXIF_IFD)
        .and_then(|at| tiff.long(at + 8))
        .and_then(|directory| tiff.find(directory, USER_COMMENT))
        .and_then(|at| tiff.comment(at));
    Exif { turn: turn.filter(|turn| (2..=8).contains(turn)), comment }
}

struct Tiff<'a> {
    block: &'a [u8],
    big: bool,
}

impl<'a> Tiff<'a> {
    fn of(block: &'a [u8]) -> Option<Self> {
        match block {
            [b'M', b'M', 0, 0x2a, ..] => Some(Self { block, big: true }),
            [b'I', b'I', 0x2a, 0, ..] => Some(Self { block, big: false }),
            _ => None,
        }
    }

    fn short(&self, at: usize) -> Option<u16> {
        let bytes = self.block.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if self.big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    fn long(&self, at: usize) -> Option<usize> {
        let bytes = self.block.get(at..at.checked_add(4)?)?.try_into().ok()?;
        let long = if self.big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) };
        usize::try_from(long).ok()
    }

    /// Where a directory's entry for `tag` begins.
    fn find(&self, directory: usize, tag: u16) -> Option<usize> {
        let count = usize::from(self.short(directory)?);
        (0..count)
            .map(|n| directory + 2 + n * 12)
            .take_while(|at| at + 12 <= self.block.len())
            .find(|at| self.short(*at) == Some(tag))
    }

    fn comment(&self, entry: usize) -> Option<String> {
        let (length, at) = (self.long(entry + 4)?, self.long(entry + 8)?);
        let text = self.block.get(at..at.checked_add(length)?)?;
        let (code, text) = text.split_at_checked(8)?;
        if code == b"UNICODE\0" {
            let unit = |pair: &[u8]| {
                let pair = [pair[0], pair[1]];
                if self.big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
            };
            let units: Vec<_> = text.chunks_exact(2).map(unit).collect();
            return String::from_utf16(&units).ok();
        }
        code.starts_with(b"ASCII").then(|| String::from_utf8_lossy(text).into_owned())
    }
}
