//! A zip that is handed out while it is written.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use safelight_usecases::{Error, Fault};
use serde_json::Value;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions, write::StreamWriter};

/// What was written and not yet handed out.
#[derive(Clone, Default)]
struct Piece(Arc<Mutex<Vec<u8>>>);

impl Piece {
    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Piece {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The zip. It is never rewound: sizes follow their entries, as the format allows.
pub struct Archive {
    zip: Option<ZipWriter<StreamWriter<Piece>>>,
    piece: Piece,
}

impl Archive {
    /// An empty one.
    pub fn new() -> Self {
        let piece = Piece::default();
        Self { zip: Some(ZipWriter::new_stream(piece.clone())), piece }
    }

    /// What was written since the last time.
    pub fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.piece.bytes())
    }

    /// Some rows of a JSON list in a file of its own.
    pub fn rows(
        &mut self,
        file: &str,
        first: bool,
        rows: &[Value],
        last: bool,
    ) -> Result<(), Error> {
        let zip = self.zip()?;
        if first {
            let deflated = options(CompressionMethod::Deflated);
            zip.start_file(file, deflated).map_err(broken)?;
        }
        for (n, row) in rows.iter().enumerate() {
            let before = if first && n == 0 { "[\n" } else { ",\n" };
            zip.write_all(format!("{before}{row}").as_bytes()).map_err(broken)?;
        }
        if last {
            let empty = first && rows.is_empty();
            zip.write_all(if empty { b"[]\n" } else { b"\n]\n" }).map_err(broken)?;
        }
        Ok(())
    }

    /// A picture, as it is: it is compressed already.
    pub fn picture(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let zip = self.zip()?;
        zip.start_file(name, options(CompressionMethod::Stored)).map_err(broken)?;
        zip.write_all(bytes).map_err(broken)
    }

    /// The list of entries, and the end.
    pub fn end(&mut self) -> Result<(), Error> {
        let zip = self.zip.take().ok_or_else(|| broken("it has ended"))?;
        zip.finish().map(drop).map_err(broken)
    }

    fn zip(&mut self) -> Result<&mut ZipWriter<StreamWriter<Piece>>, Error> {
        self.zip.as_mut().ok_or_else(|| broken("it has ended"))
    }
}

/// Sizes of more than 4 GiB have their place from the start: nobody knows them beforehand.
fn options(method: CompressionMethod) -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(method).unix_permissions(0o600)
}

fn broken(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Fault::lasting("the export", error).into()
}
