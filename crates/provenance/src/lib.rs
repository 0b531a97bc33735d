//! Says in a picture's file how it was made, and takes the words out again.
//!
//! A file is rewritten from what showing it needs: its coded pixels bit for bit, its colours and
//! the way it is turned. All else it came with is left out, then ours is put in: an XMP packet with
//! the digital source type, which carries no words of a person's, and `parameters`, which do.
//! Invariant: [`write`] of its own result changes nothing, and without parameters no byte of any
//! earlier ones is left.

mod exif;
mod jpeg;
mod parameters;
mod png;
#[cfg(test)]
mod tests;
mod webp;
mod xmp;

pub use parameters::Parameters;

/// Where a picture comes from, in the words of the trade (IPTC NewsCodes: Digital Source Type).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Made by a model that was trained on samples.
    TrainedAlgorithmicMedia,
    /// Drawn by a program that was trained on nothing.
    AlgorithmicMedia,
}

/// What a file shall say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark<'a> {
    /// Where the picture comes from.
    pub source: Source,
    /// What made it: a model's name (IPTC Photo Metadata 2025.1: AI System Used).
    pub system: &'a str,
    /// The studio's name (XMP: `xmp:CreatorTool`).
    pub tool: &'a str,
    /// What it was made from, as [`Parameters`] writes it; none for a file that may go anywhere.
    pub parameters: Option<&'a str>,
}

/// What a file says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// Where the picture comes from, if it is one of the sources we write.
    pub source: Option<Source>,
    /// The `parameters` text.
    pub parameters: Option<String>,
}

/// The bytes are no JPEG, PNG or WebP, or end before the picture does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a whole JPEG, PNG or WebP file")]
pub struct Unreadable;

/// What each kind of file holds, apart from its pixels.
#[derive(Default)]
struct Said {
    xmp: Option<Vec<u8>>,
    parameters: Option<String>,
    /// How the picture is turned (TIFF 6.0, tag 274); none or 1 as it is stored.
    turn: Option<u16>,
}

/// The same picture, saying what `mark` says and nothing else.
pub fn write(file: &[u8], mark: &Mark<'_>) -> Result<Vec<u8>, Unreadable> {
    match file {
        [0xff, 0xd8, ..] => jpeg::write(file, mark),
        [0x89, b'P', b'N', b'G', ..] => png::write(file, mark),
        [b'R', b'I', b'F', b'F', ..] => webp::write(file, mark),
        _ => Err(Unreadable),
    }
}

/// What a file says of itself.
pub fn read(file: &[u8]) -> Result<Found, Unreadable> {
    let said = match file {
        [0xff, 0xd8, ..] => jpeg::read(file),
        [0x89, b'P', b'N', b'G', ..] => png::read(file),
        [b'R', b'I', b'F', b'F', ..] => webp::read(file),
        _ => Err(Unreadable),
    }?;
    let source = said.xmp.as_deref().and_then(xmp::source);
    Ok(Found { source, parameters: said.parameters })
}
