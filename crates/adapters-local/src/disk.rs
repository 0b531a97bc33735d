//! A private bucket in a folder, with signed links that lapse.
//!
//! Invariant: a file under a key is always whole. Bytes are written aside, synced, renamed into
//! place and the folders synced, before a put answers.

mod file;
mod link;
mod path;
#[cfg(test)]
mod tests;

use std::{fmt, io, path::PathBuf, sync::Arc};

use async_trait::async_trait;
use safelight_domain::{ObjectKey, Timestamp};
use safelight_ports::{Fault, LinkError, LocalFile, LocalFiles, Presign, Storage};
use tokio::sync::Semaphore;

use file::Folder;
use link::Links;

/// The largest file a link opens: well above any picture, well below the memory of a small host.
const MAX_SERVED: u64 = 256 << 20;

/// Files that are read and written at once: a slow disk takes so many threads and no more.
const AT_ONCE: usize = 4;

/// A [`Storage`] on a local disk, which serves its own links as [`LocalFiles`].
pub struct DiskStore {
    folder: Arc<Folder>,
    places: Arc<Semaphore>,
    links: Links,
}

impl DiskStore {
    /// Opens the store in `root`, making the folder if there is none and clearing away what a
    /// crash left half written. Links begin with `base_url` and are signed with `secret`.
    pub fn open(root: PathBuf, base_url: String, secret: [u8; 32]) -> Result<Self, Fault> {
        let folder = Folder::open(root).map_err(|error| failed(&error))?;
        let places = Arc::new(Semaphore::new(AT_ONCE));
        Ok(Self { folder: Arc::new(folder), places, links: Links::new(base_url, secret) })
    }

    /// Runs `work` where it may block, as soon as there is a place. Who goes away before that
    /// leaves the line.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Folder) -> io::Result<T> + Send + 'static,
    ) -> Result<T, Fault> {
        let place = Arc::clone(&self.places).acquire_owned().await;
        let place = place.map_err(|closed| Fault::passing("storage", closed))?;
        let folder = Arc::clone(&self.folder);
        let work = move || {
            // It stays taken until the work is done, also when nobody waits for it any more.
            let _place = place;
            work(&folder)
        };
        match tokio::task::spawn_blocking(work).await {
            Ok(done) => done.map_err(|error| failed(&error)),
            Err(stopped) => Err(Fault::passing("storage", stopped)),
        }
    }
}

#[async_trait]
impl Storage for DiskStore {
    /// The media type is told by the key's ending from then on, so one that does not fit is
    /// refused.
    async fn put(&self, key: &ObjectKey, media_type: &str, bytes: Vec<u8>) -> Result<(), Fault> {
        let path = path::parse(&key.0).ok_or_else(|| not_a_key(key))?;
        if path::media_type(&key.0) != media_type {
            let says = format!("{} is not stored as {media_type}", key.0);
            return Err(Fault::lasting("storage", says));
        }
        self.blocking(move |folder| folder.write(&path, &bytes)).await
    }

    async fn get(&self, key: &ObjectKey, max: u64) -> Result<Option<Vec<u8>>, Fault> {
        let path = path::parse(&key.0).ok_or_else(|| not_a_key(key))?;
        self.blocking(move |folder| folder.read(&path, max)).await
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), Fault> {
        let path = path::parse(&key.0).ok_or_else(|| not_a_key(key))?;
        self.blocking(move |folder| folder.remove(&path)).await
    }

    fn presign(&self, key: &ObjectKey, how: &Presign, now: Timestamp) -> String {
        self.links.sign(&key.0, how, now)
    }
}

#[async_trait]
impl LocalFiles for DiskStore {
    async fn open(&self, path: &str, query: &str, now: Timestamp) -> Result<LocalFile, LinkError> {
        // The signature comes first: an altered link never reaches the disk.
        let save_as = self.links.check(path, query, now).ok_or(LinkError::Refused)?;
        let file = path::parse(path).ok_or(LinkError::Refused)?;
        let bytes = self.blocking(move |folder| folder.read(&file, MAX_SERVED)).await?;
        let bytes = bytes.ok_or(LinkError::NotFound)?;
        Ok(LocalFile { bytes, media_type: path::media_type(path).to_owned(), save_as })
    }
}

impl fmt::Debug for DiskStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DiskStore").field("folder", &self.folder).finish_non_exhaustive()
    }
}

fn not_a_key(key: &ObjectKey) -> Fault {
    Fault::lasting("storage", format!("{:?} is not a key of this store", key.0))
}

/// A full disk or a race with another process may pass; being forbidden or too large does not.
fn failed(error: &io::Error) -> Fault {
    let says = error.to_string();
    match error.kind() {
        io::ErrorKind::PermissionDenied
        | io::ErrorKind::AlreadyExists
        | io::ErrorKind::NotADirectory
        | io::ErrorKind::IsADirectory
        | io::ErrorKind::FileTooLarge => Fault::lasting("storage", says),
        _ => Fault::passing("storage", says),
    }
}
