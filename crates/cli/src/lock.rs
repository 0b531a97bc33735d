//! The data folder's lock: held by whoever serves from it or changes its schema.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    time::Duration,
};

/// How often the lock is tried before it counts as in use, and the pause between two tries.
const PATIENCE: u32 = 20;
const MOMENT: Duration = Duration::from_millis(50);

/// Somebody else has the folder.
#[derive(Debug, thiserror::Error)]
#[error("{} is in use by a running server; stop it first", .0.display())]
pub struct InUse(PathBuf);

/// Held while it lives; the system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the folder's lock, or tells that it is in use. Waits a moment first: a server that
    /// is just stopping, or a command that brings the schema up to date, lets go by itself.
    pub async fn wait_for(dir: &Path) -> anyhow::Result<Self> {
        for _ in 0..PATIENCE {
            match Self::take(dir) {
                Err(error) if error.downcast_ref::<InUse>().is_some() => {}
                taken => return taken,
            }
            tokio::time::sleep(MOMENT).await;
        }
        Self::take(dir)
    }

    /// Takes the folder's lock, or tells that it is in use.
    pub fn take(dir: &Path) -> anyhow::Result<Self> {
        let file = File::create(dir.join("lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(InUse(dir.to_owned()).into()),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}
