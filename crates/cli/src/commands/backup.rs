//! `safelight backup`, `restore` and `verify`.
//!
//! A backup is a folder: a copy of the database, the studio's secret, the pictures when they lie
//! on this disk, and a manifest that is written last. It can be made while a server runs.

pub mod last;
mod manifest;

use std::{
    fs::{self, File},
    io,
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use safelight_adapters_sqlite::beside;
use safelight_ports::Clock;
use serde_json::json;

use manifest::{Entry, Manifest};

use crate::{
    args::Args,
    lock::Lock,
    output::print,
    private,
    progress::Progress,
    wire::{self, Places, bucket},
    world::SystemClock,
};

const DATABASE: &str = "safelight.db";
const SECRET: &str = "app_secret";
const OBJECTS: &str = "objects";
const BACKUPS: &str = "backups";

/// Makes a backup in `to`, a folder that must not exist yet, and checks it.
pub async fn run(args: &Args, to: Option<&Path>) -> anyhow::Result<()> {
    let places = Places::under(&args.data_dir)?;
    let store = wire::open_store(&places)?;
    let now = SystemClock.now();
    let usual = || {
        let stamp = now.strftime("%Y%m%d-%H%M%S").to_string();
        let named = |name: String| places.data_dir.join(BACKUPS).join(name);
        // Two within one second are told apart, and sort as they were made.
        let more = (2..10).map(|n| named(format!("{stamp}-{n}"))).find(|path| !path.exists());
        let first = named(stamp.clone());
        if first.exists() { more.unwrap_or(first) } else { first }
    };
    let to = to.map_or_else(usual, Path::to_owned);
    make_folder(&to)?;
    let progress = Progress::of("copying the database");
    store.backup(to.join(DATABASE), move |done, all| progress.at(done, all)).await?;
    let mut files = vec![DATABASE.to_owned()];
    let secret = places.data_dir.join(SECRET);
    if secret.exists() {
        copy(&secret, &to.join(SECRET))?;
        files.push(SECRET.to_owned());
    }
    // After the database, so that every picture it tells of is among them.
    if bucket::configured()?.is_none() {
        files.extend(copy_tree(&places.data_dir, &to, &mut |_| true)?);
    }
    let entries =
        files.iter().map(|path| Entry::of(&to, path)).collect::<anyhow::Result<Vec<_>>>()?;
    let bytes: u64 = entries.iter().map(|entry| entry.bytes).sum();
    let manifest = Manifest {
        format: 1,
        made_at: now.to_string(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        schema: store.facts().await?.schema,
        files: entries,
    };
    clean(&to)?;
    manifest.write(&to)?;
    last::note(&places.data_dir, now, &to)?;
    let value = json!({ "backup": to, "files": manifest.files.len(), "bytes": bytes });
    print(args.json, &value, || {
        format!("{}: {} files, {bytes} bytes, audited", to.display(), manifest.files.len())
    });
    Ok(())
}

/// Puts a backup in the place of the data folder's database, secret and pictures. What was there
/// is kept beside them.
pub fn restore(args: &Args, from: &Path, force: bool) -> anyhow::Result<()> {
    let places = Places::under(&args.data_dir)?;
    let lock = Lock::take(&places)?;
    private::narrow(&places);
    let manifest = Manifest::check(from)?;
    clean(from)?;
    let stamp = SystemClock.now().strftime("before-%Y%m%d-%H%M%S").to_string();
    let aside = put_aside(&places, &stamp, force)?;
    let secret = from.join(SECRET);
    if secret.exists() {
        copy(&secret, &places.data_dir.join(SECRET))?;
    }
    copy_tree(from, &places.data_dir, &mut |to| !to.exists())?;
    // Last: a restore that was cut off has no database and is begun again.
    copy(&from.join(DATABASE), &places.database)?;
    let steps = wire::migrate(&places, &lock)?;
    let value =
        json!({ "restored": from, "made_at": manifest.made_at, "aside": aside, "applied": steps });
    print(args.json, &value, || {
        let aside = aside.as_ref().map(|to| format!("; what was there is {}", to.display()));
        format!("restored the studio of {}{}", manifest.made_at, aside.unwrap_or_default())
    });
    Ok(())
}

/// Checks a backup, or, without one, the books and that every stored picture is where it should be.
pub async fn verify(args: &Args, backup: Option<&Path>) -> anyhow::Result<()> {
    if let Some(backup) = backup {
        let manifest = Manifest::check(backup)?;
        clean(backup)?;
        let value =
            json!({ "backup": backup, "made_at": manifest.made_at, "files": manifest.files.len() });
        print(args.json, &value, || {
            format!(
                "whole: made {}, {} files, the books audited",
                manifest.made_at,
                manifest.files.len()
            )
        });
        return Ok(());
    }
    let places = Places::under(&args.data_dir)?;
    let store = wire::open_store(&places)?;
    let findings = store.audit(SystemClock.now()).await?;
    if let Some(first) = findings.first() {
        bail!("the books are broken: {} ({} rows); see doctor --deep", first.rule, first.rows);
    }
    let app_url = super::reached_at(&places)?;
    let storage = bucket::open(&places.data_dir, &app_url, [0; 32])?.storage;
    let all = store.stored_count().await?;
    let progress = Progress::of("looking at stored pictures");
    let (mut seen, mut after, mut missing) = (0, 0, Vec::new());
    loop {
        let page = store.stored(after, 200).await?;
        let Some(last) = page.last() else { break };
        after = last.n;
        for picture in page {
            let original = storage.get(&picture.original, picture.bytes.max(1)).await?;
            let mut lacks = original.is_none_or(|bytes| bytes.len() as u64 != picture.bytes);
            for thumbnail in &picture.thumbnails {
                lacks |= storage.get(thumbnail, 16 << 20).await?.is_none();
            }
            if lacks {
                missing.push(picture.id.to_string());
            }
            seen += 1;
            progress.at(seen, all);
        }
    }
    drop(progress);
    let value = json!({ "pictures": seen, "missing": missing });
    print(args.json, &value, || {
        format!("the books are clean; {seen} pictures, {} not whole", missing.len())
    });
    ensure!(missing.is_empty(), "pictures are missing or cut short: {}", missing.join(", "));
    Ok(())
}

/// The backup's books, audited.
fn clean(backup: &Path) -> anyhow::Result<()> {
    let findings = wire::audit_copy(&backup.join(DATABASE))?;
    match findings.first() {
        None => Ok(()),
        Some(first) => bail!(
            "the backup's books are broken: {} ({} rows, e.g. {})",
            first.rule,
            first.rows,
            first.example
        ),
    }
}

/// Moves the present database out of the way, and a log whose database is gone: SQLite would write
/// its pages into the database that is put in its place.
pub fn put_aside(places: &Places, stamp: &str, force: bool) -> anyhow::Result<Option<PathBuf>> {
    let database = &places.database;
    ensure!(
        force || !database.exists(),
        "{} exists; --force keeps it under another name and restores",
        database.display()
    );
    let aside = beside(database, &format!(".{stamp}"));
    let mut first = None;
    // SQLite finds a log by its database's name. The database goes last: a restore that is cut off
    // in between finds it again.
    for ending in ["-wal", "-shm", ""] {
        let part = beside(database, ending);
        if part.exists() {
            let to = beside(&aside, ending);
            fs::rename(&part, &to)?;
            first = Some(to);
        }
    }
    Ok(first)
}

/// The newest backup in the data folder's own `backups`, by its name; one that was cut off has no
/// manifest.
pub fn newest(data_dir: &Path) -> Option<PathBuf> {
    let listed = fs::read_dir(data_dir.join(BACKUPS)).ok()?;
    let whole = listed.filter_map(|entry| Some(entry.ok()?.path()));
    whole.filter(|path| path.join(manifest::NAME).is_file()).max()
}

/// For the owner alone: it holds the secret.
fn make_folder(path: &Path) -> anyhow::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::DirBuilder::new()
        .mode(0o700)
        .create(path)
        .with_context(|| format!("{} must be a new folder", path.display()))
}

/// Copies whole or not at all, and to the disk. For the owner alone, whatever the original is.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let new = to.with_extension("copying");
    fs::copy(from, &new)
        .and_then(|_| fs::set_permissions(&new, fs::Permissions::from_mode(0o600)))
        .and_then(|()| File::open(&new)?.sync_all())
        .and_then(|()| fs::rename(&new, to))
        .with_context(|| format!("{} cannot be copied to {}", from.display(), to.display()))
}

/// Copies `objects` from one folder to another, where `wanted` says so; answers what is there. A
/// file that goes away meanwhile was deleted for good and is left out.
fn copy_tree(
    from: &Path,
    to: &Path,
    wanted: &mut dyn FnMut(&Path) -> bool,
) -> anyhow::Result<Vec<String>> {
    let mut copied = Vec::new();
    let mut folders = vec![PathBuf::from(OBJECTS)];
    while let Some(folder) = folders.pop() {
        let listed = match fs::read_dir(from.join(&folder)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            listed => listed?,
        };
        fs::create_dir_all(to.join(&folder))?;
        for entry in listed {
            let entry = entry?;
            let path = folder.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                folders.push(path);
                continue;
            }
            let target = to.join(&path);
            if wanted(&target) && copy(&from.join(&path), &target).is_err() {
                ensure!(!from.join(&path).exists(), "{} cannot be copied", path.display());
                continue;
            }
            if let Some(path) = path.to_str() {
                copied.push(path.to_owned());
            }
        }
    }
    Ok(copied)
}
