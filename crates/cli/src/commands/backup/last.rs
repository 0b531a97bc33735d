//! The note a backup leaves in the data folder, wherever it went itself: when, and where to.

use std::path::Path;

use safelight_domain::Timestamp;

const NAME: &str = "last-backup";

/// A backup was made in `to`.
pub fn note(data_dir: &Path, at: Timestamp, to: &Path) -> std::io::Result<()> {
    std::fs::write(data_dir.join(NAME), format!("{at}\n{}\n", to.display()))
}

/// When the last backup was made; none when there was none, or the note cannot be read.
pub fn noted(data_dir: &Path) -> Option<Timestamp> {
    let text = std::fs::read_to_string(data_dir.join(NAME)).ok()?;
    text.lines().next()?.parse().ok()
}
