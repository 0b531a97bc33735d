//! Who serves from a data folder and from a database, or changes its schema: one process at a time.
//!
//! Invariant: two processes never work on one database, whatever the paths they know it by. Three
//! locks see to it, each let go by the system when its process ends, however it ends: on `lock` in
//! the data folder, on a file beside the database (links followed), and on the database's own inode
//! (a hard link is another path to it). The two files say who holds them and where it serves.

use std::{
    fmt,
    fs::{self, File, TryLockError},
    io::{self, Read},
    mem::ManuallyDrop,
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::OnceLock,
    time::Duration,
};

use anyhow::Context;
use safelight_adapters_sqlite::beside;
use serde::{Deserialize, Serialize};

use crate::wire::Places;

/// How often the lock is tried before it counts as in use, and the pause between two tries.
const PATIENCE: u32 = 20;
const MOMENT: Duration = Duration::from_millis(50);
/// The lock's name in the data folder.
const NAME: &str = "lock";

/// What a holder says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Its process.
    pub pid: u32,
    /// Its data folder.
    pub data_dir: PathBuf,
    /// Where people reach it; none until it serves.
    pub serves: Option<String>,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (pid, data_dir) = (self.pid, self.data_dir.display());
        match &self.serves {
            Some(url) => {
                write!(f, "a running server (process {pid}, data folder {data_dir}, {url})")
            }
            None => write!(f, "another safelight (process {pid}, data folder {data_dir})"),
        }
    }
}

/// Somebody else has the folder or the database.
#[derive(Debug, thiserror::Error)]
#[error("{} is in use by {}; stop it first", what.display(), Self::by(holder.as_ref()))]
pub struct InUse {
    what: PathBuf,
    holder: Option<Holder>,
}

impl InUse {
    fn by(holder: Option<&Holder>) -> String {
        holder.map_or_else(|| "a running server".to_owned(), Holder::to_string)
    }
}

/// Held while it lives.
#[derive(Debug)]
pub struct Lock {
    files: [File; 2],
    /// The database itself, once there is one. Never closed: POSIX would drop the locks SQLite
    /// holds on it in this process (sqlite.org/howtocorrupt.html, 2.2).
    inode: OnceLock<ManuallyDrop<File>>,
    me: Holder,
}

impl Lock {
    /// Takes the lock, or tells who has it. Waits a moment first: a server that is just stopping,
    /// or a command that brings the schema up to date, lets go by itself.
    pub async fn wait_for(places: &Places) -> anyhow::Result<Self> {
        for _ in 0..PATIENCE {
            match Self::take(places) {
                Err(error) if error.downcast_ref::<InUse>().is_some() => {}
                taken => return taken,
            }
            tokio::time::sleep(MOMENT).await;
        }
        Self::take(places)
    }

    /// Takes the lock, or tells who has it.
    pub fn take(places: &Places) -> anyhow::Result<Self> {
        let me = Holder {
            pid: std::process::id(),
            data_dir: std::path::absolute(&places.data_dir)?,
            serves: None,
        };
        let folder = held(&places.data_dir.join(NAME), &places.data_dir)?;
        let database = held(&beside_database(&places.database), &places.database)?;
        let lock = Self { files: [folder, database], inode: OnceLock::new(), me };
        lock.hold_database(places)?;
        lock.write(&lock.me);
        Ok(lock)
    }

    /// Locks the database's own file, when it is there: to be called again once it was made.
    pub fn hold_database(&self, places: &Places) -> anyhow::Result<()> {
        let path = &places.database;
        if self.inode.get().is_some() || !path.exists() || !inodes_can_be_locked(path) {
            return Ok(());
        }
        let file = ManuallyDrop::new(File::open(path).with_context(|| path.display().to_string())?);
        match file.try_lock() {
            Ok(()) => {
                // Nobody else sets it: the lock has one owner.
                let _ = self.inode.set(file);
                Ok(())
            }
            Err(TryLockError::WouldBlock) => Err(InUse { what: path.clone(), holder: None }.into()),
            Err(TryLockError::Error(error)) => {
                tracing::debug!(%error, "this file system locks no files by themselves");
                Ok(())
            }
        }
    }

    /// Lets other processes know where this one serves.
    pub fn announce(&self, serves: &str) {
        self.write(&Holder { serves: Some(serves.to_owned()), ..self.me.clone() });
    }

    /// On a full disk the lock holds all the same; only what it says is missing.
    fn write(&self, holder: &Holder) {
        let text = serde_json::to_vec(holder).unwrap_or_default();
        for file in &self.files {
            if let Err(error) = file.set_len(0).and_then(|()| file.write_all_at(&text, 0)) {
                tracing::warn!(%error, "other commands cannot be told where this one serves");
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(file) = self.inode.get() {
            // The process's end lets go of it in any case.
            let _ = file.unlock();
        }
    }
}

/// Who works on the database or in the data folder right now. What a process left behind that has
/// ended is not believed: nobody holds the lock.
pub fn holder(places: &Places) -> Option<InUse> {
    let files = [
        (beside_database(&places.database), &places.database),
        (places.data_dir.join(NAME), &places.data_dir),
    ];
    files.into_iter().find_map(|(path, what)| {
        let file = File::open(&path).ok()?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => {
                Some(InUse { what: what.clone(), holder: written(&file) })
            }
            Ok(()) | Err(TryLockError::Error(_)) => None,
        }
    })
}

/// Where the server of this database is reached, as it says itself; none while no server runs.
pub fn served_at(places: &Places) -> Option<String> {
    holder(places)?.holder?.serves
}

fn held(path: &Path, what: &Path) -> anyhow::Result<File> {
    let mut options = File::options();
    let opened = options.read(true).write(true).create(true).truncate(false).mode(0o600).open(path);
    let file = opened.with_context(|| format!("{} cannot be opened", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(InUse { what: what.to_owned(), holder: written(&file) }.into())
        }
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("{} cannot be locked", path.display()))
        }
    }
}

/// What a lock's file says; none while its holder is just writing it.
fn written(mut file: &File) -> Option<Holder> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

/// Beside the database itself, wherever a link to it lies.
fn beside_database(database: &Path) -> PathBuf {
    let followed = fs::canonicalize(database).or_else(|_| -> io::Result<PathBuf> {
        let parent = database.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = fs::canonicalize(parent.unwrap_or(Path::new(".")))?;
        Ok(parent.join(database.file_name().unwrap_or_default()))
    });
    beside(&followed.unwrap_or_else(|_| database.to_owned()), ".lock")
}

/// Where a lock of the whole file is apart from the byte ranges SQLite locks. On a network file
/// system it is one of them, and SQLite itself would be kept out.
#[cfg(target_os = "linux")]
fn inodes_can_be_locked(path: &Path) -> bool {
    // statfs(2): NFS, SMB, CIFS, SMB2, 9P.
    const NETWORK: [u64; 5] = [0x6969, 0x517b, 0xff53_4d42, 0xfe53_4d42, 0x0102_1997];
    rustix::fs::statfs(path).is_ok_and(|told| {
        u64::try_from(told.f_type).is_ok_and(|kind| !NETWORK.contains(&(kind & 0xffff_ffff)))
    })
}

/// Elsewhere both kinds of lock are one.
#[cfg(not(target_os = "linux"))]
fn inodes_can_be_locked(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(root: &Path, data: &str, database: &Path) -> Places {
        let data_dir = root.join(data);
        fs::create_dir_all(&data_dir).unwrap();
        Places { data_dir, database: database.to_owned() }
    }

    #[test]
    fn a_database_has_one_holder_by_whatever_path() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        let database = root.join("a/safelight.db");
        let first = places(root, "a", &database);
        let lock = Lock::take(&first).unwrap();
        fs::write(&database, "").unwrap();
        lock.hold_database(&first).unwrap();
        lock.announce("http://127.0.0.1:9");
        fs::create_dir(root.join("other")).unwrap();
        fs::hard_link(&database, root.join("other/hard.db")).unwrap();
        std::os::unix::fs::symlink(&database, root.join("other/soft.db")).unwrap();
        std::os::unix::fs::symlink(root.join("a"), root.join("folder")).unwrap();
        let names = ["a/safelight.db", "other/soft.db", "folder/safelight.db", "other/hard.db"];
        for name in names {
            let second = places(root, "b", &root.join(name));
            let error = Lock::take(&second).unwrap_err();
            let told = format!("{error:#}");
            assert!(error.downcast_ref::<InUse>().is_some(), "{name}: {told}");
            if name != "other/hard.db" {
                assert!(told.contains(&format!("process {}", std::process::id())), "{told}");
                assert!(told.contains(&root.join("a").display().to_string()), "{told}");
                assert_eq!(served_at(&second).as_deref(), Some("http://127.0.0.1:9"), "{name}");
            }
        }
        drop(lock);
        assert_eq!(served_at(&first), None, "what is left behind is not believed");
        Lock::take(&first).unwrap();
    }
}
