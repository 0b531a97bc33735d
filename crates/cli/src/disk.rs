//! What the system says of the disk under the data folder.

use std::{ffi::OsString, path::Path};

/// Bytes an ordinary process may still write there.
pub fn free(dir: &Path) -> std::io::Result<u64> {
    let told = rustix::fs::statvfs(dir)?;
    Ok(told.f_bavail.saturating_mul(told.f_frsize))
}

/// Bytes of a database and of its write-ahead log; what is not there has none.
pub fn sizes(database: &Path) -> [u64; 2] {
    let mut wal = OsString::from(database);
    wal.push("-wal");
    [database, Path::new(&wal)].map(|path| std::fs::metadata(path).map_or(0, |about| about.len()))
}
