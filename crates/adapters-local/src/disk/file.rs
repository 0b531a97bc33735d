//! Whole files, durable before anybody is told.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// Where files are written before they are renamed into place. No key begins with a dot.
const PARTS: &str = ".parts";

/// A folder of files named by relative paths.
#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
    /// Numbers the parts of this process.
    part: AtomicU64,
    /// Held while a file moves in or an emptied folder goes, so that neither pulls the ground
    /// from under the other.
    moving: Mutex<()>,
}

impl Folder {
    /// Opens or makes the folder, and removes parts whose writer is gone.
    pub(super) fn open(root: PathBuf) -> io::Result<Self> {
        let parts = root.join(PARTS);
        fs::create_dir_all(&parts)?;
        for part in fs::read_dir(&parts)? {
            remove_abandoned(&part?.path())?;
        }
        sync(&root)?;
        Ok(Self { root, part: AtomicU64::new(0), moving: Mutex::new(()) })
    }

    /// Writes a file or replaces it.
    pub(super) fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let n = self.part.fetch_add(1, Ordering::Relaxed);
        let part = self.root.join(PARTS).join(format!("{}-{n}", std::process::id()));
        let written = self.write_part(&part, path, bytes);
        if written.is_err() {
            // What is left is no more than litter; the error that counts is the first.
            let _ = fs::remove_file(&part);
        }
        written
    }

    fn write_part(&self, part: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = File::create(part)?;
        // Tells other processes that the writer lives; falls with it.
        file.lock()?;
        file.write_all(bytes)?;
        file.sync_all()?;
        let target = self.root.join(path);
        {
            let _moving = self.moving.lock().unwrap_or_else(PoisonError::into_inner);
            fs::create_dir_all(self.parent(&target))?;
            fs::rename(part, &target)?;
        }
        // Whoever made a folder may have crashed before its name was durable: sync them all.
        for folder in self.folders(&target) {
            sync(folder)?;
        }
        Ok(())
    }

    /// Reads a file, none if there is none; refuses more than `max` bytes.
    pub(super) fn read(&self, path: &Path, max: u64) -> io::Result<Option<Vec<u8>>> {
        let file = match File::open(self.root.join(path)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let too_large = || io::Error::new(io::ErrorKind::FileTooLarge, "larger than asked for");
        let length = file.metadata()?.len();
        if length > max {
            return Err(too_large());
        }
        let mut bytes = Vec::with_capacity(usize::try_from(length).map_err(|_| too_large())?);
        file.take(length).read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }

    /// Removes a file, if it is there, and the folders it leaves empty.
    pub(super) fn remove(&self, path: &Path) -> io::Result<()> {
        let target = self.root.join(path);
        let _moving = self.moving.lock().unwrap_or_else(PoisonError::into_inner);
        match fs::remove_file(&target) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        }
        for folder in self.folders(&target) {
            // A folder that is not empty stays, and so do those above it.
            if folder == self.root || fs::remove_dir(folder).is_err() {
                return sync(folder);
            }
        }
        Ok(())
    }

    /// The folders that hold `target`, inmost first, the root last.
    fn folders<'a>(&'a self, target: &'a Path) -> impl Iterator<Item = &'a Path> {
        target.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.root))
    }

    fn parent<'a>(&'a self, target: &'a Path) -> &'a Path {
        target.parent().unwrap_or(&self.root)
    }
}

/// Makes the names in a folder durable.
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Removes a part unless another process is writing it right now.
fn remove_abandoned(part: &Path) -> io::Result<()> {
    let file = match File::open(part) {
        Ok(file) => file,
        // Its writer has just moved it into place.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    match file.try_lock() {
        Ok(()) => fs::remove_file(part),
        Err(TryLockError::WouldBlock) => Ok(()),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
