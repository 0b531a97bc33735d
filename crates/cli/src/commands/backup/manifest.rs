//! What a backup says it holds: every file with its size and digest.
//!
//! Whoever can change a backup can change its manifest too: this finds damage, not forgery. Keep
//! backups where only the operator writes.

use std::{
    fs::File,
    io::{self, Read},
    path::{Component, Path},
};

use anyhow::{Context, bail, ensure};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::progress::Progress;

/// The manifest's file name.
pub const NAME: &str = "manifest.json";

/// What a backup holds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The layout of the folder; this is the first.
    pub format: u32,
    /// When the copy of the database was taken.
    pub made_at: String,
    /// The version that made it.
    pub version: String,
    /// The schema of its database.
    pub schema: u32,
    /// All its files but this one.
    pub files: Vec<Entry>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Where it is, from the backup's folder on.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
}

impl Entry {
    /// The file at `path` under `root`, as it is.
    pub fn of(root: &Path, path: &str) -> anyhow::Result<Self> {
        let mut file = File::open(root.join(path)).with_context(|| format!("{path} is missing"))?;
        let mut hash = Sha256::new();
        let mut buffer = vec![0; 1 << 20];
        let mut bytes = 0;
        loop {
            match file.read(&mut buffer)? {
                0 => break,
                n => {
                    hash.update(&buffer[..n]);
                    bytes += n as u64;
                }
            }
        }
        let sha256 = hash.finalize().iter().fold(String::new(), |mut text, byte| {
            use std::fmt::Write;
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        });
        Ok(Self { path: path.to_owned(), bytes, sha256 })
    }
}

impl Manifest {
    /// Reads the manifest of a backup and checks every file against it.
    pub fn check(root: &Path) -> anyhow::Result<Self> {
        let path = root.join(NAME);
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("{} is no backup: it has no {NAME}", root.display()))?;
        let manifest: Self = serde_json::from_str(&text)
            .with_context(|| format!("{} is damaged; use another backup", path.display()))?;
        ensure!(
            manifest.format == 1,
            "this backup has format {}, newer than this safelight",
            manifest.format
        );
        let progress = Progress::of("checking the backup");
        for (n, entry) in (1..).zip(&manifest.files) {
            let inside =
                Path::new(&entry.path).components().all(|c| matches!(c, Component::Normal(_)));
            ensure!(inside, "the backup's manifest names {:?}, outside of it", entry.path);
            let found = Entry::of(root, &entry.path)?;
            if found.bytes != entry.bytes {
                bail!(
                    "{} is {} bytes long and should be {}; use another backup",
                    entry.path,
                    found.bytes,
                    entry.bytes
                );
            }
            ensure!(
                found == *entry,
                "{} was changed since it was made; use another backup",
                entry.path
            );
            progress.at(n, manifest.files.len() as u64);
        }
        Ok(manifest)
    }

    /// Writes it into its backup. A backup without one is not whole.
    pub fn write(&self, root: &Path) -> io::Result<()> {
        let text = serde_json::to_string_pretty(self)?;
        let path = root.join(NAME);
        std::fs::write(&path, text)?;
        File::open(&path)?.sync_all()?;
        File::open(root)?.sync_all()
    }
}
