//! Files of the studio are for their owner alone, whatever the umask and the folder: they hold
//! addresses, digests of keys, and the secret.

use std::{
    fs::{self, Permissions},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use rustix::{fs::Mode, process};
use safelight_adapters_sqlite::beside;

use crate::wire::Places;

/// What this program makes directly in a data folder.
const NAMES: [&str; 8] = [
    "app_secret",
    "backups",
    "demo-key",
    "last-backup",
    "last-database",
    "lock",
    "objects",
    "play-checkout.json",
];

/// From here on this process makes files of mode 600 and folders of mode 700.
pub fn by_default() {
    process::umask(Mode::RWXG | Mode::RWXO);
}

/// What others may read, write or look into, with its mode. A folder that lets nobody in keeps what
/// is in it; a database elsewhere counts by its own mode, for its folder is not the studio's.
pub fn open_to_others(places: &Places) -> Vec<(PathBuf, u32)> {
    let entered = mode(&places.data_dir).is_none_or(|mode| mode & 0o011 != 0);
    let mut open = wider(places);
    open.retain(|(path, _)| entered || path.parent() != Some(&*places.data_dir));
    open
}

/// What has a wider mode than its owner's alone, whatever folder it is in.
fn wider(places: &Places) -> Vec<(PathBuf, u32)> {
    let in_folder = NAMES.iter().map(|name| places.data_dir.join(name));
    let database = ["", "-wal", "-shm", ".lock"].map(|ending| beside(&places.database, ending));
    let mut wider: Vec<_> = in_folder
        .chain(database)
        .filter_map(|path| mode(&path).map(|mode| (path, mode)))
        .filter(|(_, mode)| mode & 0o077 != 0)
        .collect();
    wider.sort();
    wider.dedup();
    wider
}

/// Takes away what others may do with them, and with the data folder, saying so in the log. A
/// folder that holds the working directory or that several people share is left alone.
pub fn narrow(places: &Places) {
    let mut open = wider(places);
    if let Some(mode) = mode(&places.data_dir)
        && mode & 0o077 != 0
        && is_ours_alone(&places.data_dir)
    {
        open.push((places.data_dir.clone(), mode));
    }
    for (path, mode) in open {
        let (shown, had) = (path.display(), format!("{mode:o}"));
        match fs::set_permissions(&path, Permissions::from_mode(mode & 0o700)) {
            Ok(()) => {
                let now = format!("{:o}", mode & 0o700);
                tracing::warn!(path = %shown, had, now, "others could open it; now its owner alone can");
            }
            Err(error) => {
                tracing::warn!(path = %shown, had, %error, "others can open it; run chmod go= on it");
            }
        }
    }
}

fn is_ours_alone(folder: &Path) -> bool {
    let here = std::env::current_dir().ok();
    let folder = fs::canonicalize(folder).ok();
    let holds_us = match (&here, &folder) {
        (Some(here), Some(folder)) => here.starts_with(folder),
        (_, _) => true,
    };
    let about = folder.and_then(|folder| fs::metadata(folder).ok());
    !holds_us
        && about.is_some_and(|about| {
            about.uid() == process::geteuid().as_raw() && about.mode() & 0o1000 == 0
        })
}

fn mode(path: &Path) -> Option<u32> {
    fs::metadata(path).ok().map(|about| about.permissions().mode() & 0o777)
}
