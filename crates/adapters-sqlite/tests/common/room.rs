//! A darkroom on a file of its own.

#![allow(dead_code, reason = "each test uses what it needs of it")]

use std::{
    ops::Deref,
    path::PathBuf,
    sync::{Arc, LazyLock},
};

use safelight_adapters_sqlite::{Durability, Finding, Options, Sqlite};
use safelight_testkit::{Darkroom, ManualClock, SeqIds};
use tempfile::TempDir;

/// An empty store's file, made once: a hundred tests need not sync a hundred schemas to disk.
static EMPTY: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("studio.db");
    Sqlite::migrate(&path, ManualClock::START).unwrap();
    std::fs::read(path).unwrap()
});

/// A store in a folder that goes with it.
pub struct Room {
    pub dark: Darkroom,
    pub sqlite: Sqlite,
    pub folder: Arc<TempDir>,
}

impl Deref for Room {
    type Target = Darkroom;

    fn deref(&self) -> &Darkroom {
        &self.dark
    }
}

impl Room {
    pub fn new() -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        std::fs::write(folder.path().join("studio.db"), EMPTY.as_slice()).unwrap();
        Self::open(folder)
    }

    /// Opens the folder's store once more, as after a restart.
    pub fn open(folder: Arc<TempDir>) -> Self {
        let clock = Arc::new(ManualClock::new());
        // Nothing here tests power loss, and syncing would only make it slow.
        let options = Options { durability: Durability::Off, ..Options::default() };
        let sqlite = Sqlite::open(&folder.path().join("studio.db"), clock.clone(), &options);
        let sqlite = sqlite.unwrap();
        let (store, reads) = (Arc::new(sqlite.clone()), Arc::new(sqlite.clone()));
        let watch = Arc::new(sqlite.clone());
        let dark = Darkroom { store, reads, watch, clock, ids: Arc::new(SeqIds::new()) };
        Self { dark, sqlite, folder }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("studio.db")
    }

    pub async fn audit(&self) -> Vec<Finding> {
        self.sqlite.audit(self.now()).await.unwrap()
    }
}
