//! Whether there is a database to work on, or whether a new one may be made.
//!
//! Invariant: where a studio has been, no command makes an empty one in its place. A new database
//! is made only in a data folder that no studio has lived in, or when somebody asks for it by name.

use std::{ffi::OsStr, fs, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use safelight_adapters_sqlite::{Found, Unfit, beside, examine};

use super::Places;
use crate::{commands::backup, environment, output::pasteable};

/// The note in the data folder that says which database it belongs to.
const NOTE: &str = "last-database";

/// The database is not there, or cannot be used: exit code 6.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unusable(String);

/// What a command finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Present {
    /// No studio yet.
    New,
    /// A database that opens.
    There,
}

/// Looks at the database; refuses one that is missing, empty, damaged or not ours, with the mend.
pub fn look(places: &Places) -> Result<Present, Unusable> {
    let shown = places.database.display();
    match examine(&places.database) {
        Ok(Found::Database) => Ok(Present::There),
        Ok(Found::Nothing) => fresh(places, "is missing"),
        Ok(Found::Empty) => fresh(places, "is empty (0 bytes)"),
        Err(fault) => {
            Err(Unusable(format!("the database {shown}: {fault}. {}", mend(places, &fault))))
        }
    }
}

/// Refuses a new database where there is one already. A log that was left alone is no database;
/// it is for the caller to keep.
pub fn may_be_new(places: &Places) -> Result<(), Unusable> {
    let shown = places.database.display();
    match examine(&places.database) {
        Ok(Found::Nothing | Found::Empty) | Err(Unfit::LogAlone { .. }) => Ok(()),
        Ok(Found::Database) => {
            Err(Unusable(format!("there is a database already: {shown}; move it away first")))
        }
        Err(fault) => {
            Err(Unusable(format!("the database {shown}: {fault}. {}", mend(places, &fault))))
        }
    }
}

/// Remembers which database this data folder belongs to.
pub fn remember(places: &Places) -> std::io::Result<()> {
    let path = std::path::absolute(&places.database)?;
    let line = format!("{}\n", path.display());
    let note = places.data_dir.join(NOTE);
    if fs::read_to_string(&note).is_ok_and(|said| said == line) {
        return Ok(());
    }
    let new = note.with_extension("new");
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(line.as_bytes())?;
    file.sync_all()?;
    fs::rename(new, note)
}

/// Nothing lies there: fine, unless a studio has been here.
fn fresh(places: &Places, is: &str) -> Result<Present, Unusable> {
    let signs = signs(&places.data_dir);
    if signs.is_empty() {
        return Ok(Present::New);
    }
    let mut says = format!(
        "the database {} {is}, but a studio has been here: {} has {}. {}",
        places.database.display(),
        places.data_dir.display(),
        signs.join(", "),
        restore(places),
    );
    let usual = places.data_dir.join("safelight.db");
    if let Ok(noted) = fs::read_to_string(places.data_dir.join(NOTE)) {
        let noted = noted.trim();
        if Path::new(noted) != std::path::absolute(&places.database).unwrap_or_default() {
            says = format!("{says} Its database was {noted}: if it still is, mend DATABASE_URL.");
        }
    } else if usual != places.database && usual.exists() {
        says = format!("{says} There is a database {}: mend DATABASE_URL.", usual.display());
    }
    let anew = command(places, &["migrate", "--new-database"]);
    Err(Unusable(format!("{says} To begin anew with an empty studio: {anew}")))
}

/// What only a studio leaves behind.
fn signs(data_dir: &Path) -> Vec<&'static str> {
    let holds = |name: &str| {
        let listed = fs::read_dir(data_dir.join(name));
        listed.is_ok_and(|mut entries| {
            // The disk store begins with a folder for what is half written.
            entries.any(|entry| entry.is_ok_and(|entry| entry.file_name() != ".parts"))
        })
    };
    let mut signs = Vec::new();
    if data_dir.join(environment::SECRET).exists() {
        signs.push("its secret (app_secret)");
    }
    if holds("objects") {
        signs.push("its pictures (objects)");
    }
    if holds("backups") || data_dir.join("last-backup").exists() {
        signs.push("its backups");
    }
    if data_dir.join(NOTE).exists() {
        signs.push("a note of its database (last-database)");
    }
    signs
}

fn mend(places: &Places, fault: &Unfit) -> String {
    let log = beside(&places.database, "-wal");
    match fault {
        Unfit::LogAlone { .. } => format!(
            "Do not delete {}: it may hold commits. Put the database back beside it, or restore. {}",
            log.display(),
            restore(places)
        ),
        Unfit::NotADatabase | Unfit::Damaged | Unfit::CutShort { .. } => {
            format!("Stop what uses it and keep a copy of it and its -wal. {}", restore(places))
        }
        Unfit::Foreign => "Name another file: mend DATABASE_URL or --data-dir".to_owned(),
        Unfit::NotAFile => "Name a file: mend DATABASE_URL or --data-dir".to_owned(),
        Unfit::ReadOnly => "Give it and its folder to the user this runs as: chown, chmod u+w, or \
                            mount the disk for writing"
            .to_owned(),
        Unfit::Unreadable(why) => format!("{why}: give it to the user this runs as"),
        Unfit::Sql(why) => format!("SQLite says: {why}"),
    }
}

/// The words to restore with; names the newest backup of the data folder.
fn restore(places: &Places) -> String {
    let folder = backup::newest(&places.data_dir);
    let folder = folder.map_or_else(|| "FOLDER".to_owned(), |path| path.display().to_string());
    let words = ["restore", &folder, "--force"];
    // What lies there is kept under another name.
    let words = if places.database.exists() { &words[..] } else { &words[..2] };
    format!("Restore a backup: {}", command(places, words))
}

/// A command on this data folder, to be pasted.
fn command(places: &Places, words: &[&str]) -> String {
    let words = words.iter().map(OsStr::new);
    let all: Vec<_> =
        [OsStr::new("--data-dir"), places.data_dir.as_os_str()].into_iter().chain(words).collect();
    pasteable(&all)
}
