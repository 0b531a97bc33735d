//! What lies where a database should be is known before anything is written there.

use std::{
    fs::{self, File, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use rusqlite::Connection;
use safelight_adapters_sqlite::{Found, Sqlite, Unfit, beside, examine};
use safelight_testkit::ManualClock;
use tempfile::TempDir;

fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("studio.db");
    (folder, path)
}

/// A database whose last server was killed: some of it is in the log alone.
fn killed() -> (TempDir, PathBuf) {
    let (from, path) = place();
    Sqlite::migrate(&path, ManualClock::START).unwrap();
    let db = Connection::open(&path).unwrap();
    // The file ends with pages of rows, not of the schema, whatever the schema is.
    db.execute_batch(
        "CREATE TABLE filler(t BLOB); \
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) \
         INSERT INTO filler SELECT randomblob(4000) FROM n; \
         PRAGMA wal_checkpoint(TRUNCATE);",
    )
    .unwrap();
    db.pragma_update(None, "wal_autocheckpoint", 0).unwrap();
    db.execute_batch(
        "CREATE TABLE more(t TEXT); \
         INSERT INTO more SELECT hex(randomblob(2000)) FROM \
         (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50) \
          SELECT i FROM n)",
    )
    .unwrap();
    let (to, copy) = place();
    for ending in ["", "-wal"] {
        fs::copy(beside(&path, ending), beside(&copy, ending)).unwrap();
    }
    drop((db, from));
    (to, copy)
}

fn cut(path: &Path, to: impl Fn(u64) -> u64) {
    let file = File::options().write(true).open(path).unwrap();
    file.set_len(to(file.metadata().unwrap().len())).unwrap();
}

#[test]
fn what_can_be_used_is_told_apart() {
    let (_folder, path) = place();
    assert_eq!(examine(&path).unwrap(), Found::Nothing);
    fs::write(&path, "").unwrap();
    assert_eq!(examine(&path).unwrap(), Found::Empty);
    Sqlite::migrate(&path, ManualClock::START).unwrap();
    assert_eq!(examine(&path).unwrap(), Found::Database);
}

#[test]
fn a_database_is_made_for_its_owner_alone() {
    let (folder, path) = place();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    Sqlite::migrate(&path, ManualClock::START).unwrap();
    let _open = Connection::open(&path).unwrap();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", entry.path().display());
    }
}

#[test]
fn a_file_with_a_log_is_whole_while_each_page_is_in_one_of_them() {
    let (_folder, path) = killed();
    let before = [fs::read(&path).unwrap(), fs::read(beside(&path, "-wal")).unwrap()];
    assert_eq!(examine(&path).unwrap(), Found::Database);
    let after = [fs::read(&path).unwrap(), fs::read(beside(&path, "-wal")).unwrap()];
    assert!(before == after, "looking changes nothing");
    // The log covers only what came last. Where a page of the schema is among those that are gone,
    // SQLite finds that itself; where none is, it would read zeros.
    let mut counted = 0;
    for pages in [8, 16, 32, 48] {
        let (_folder, path) = killed();
        cut(&path, |length| length - pages * 4_096);
        for _ in 0..2 {
            let told = examine(&path).unwrap_err();
            let short = matches!(told, Unfit::CutShort { want, have } if have < want);
            assert!(short || matches!(told, Unfit::Damaged), "{pages}: {told}");
            counted += usize::from(short);
        }
    }
    assert!(counted > 0, "no cut was found by counting");
}

#[test]
fn what_cannot_be_used_is_named() {
    type Damage = fn(&Path);
    let damages: [(&str, Damage); 8] = [
        ("cut short", |path| cut(path, |length| length / 2)),
        ("cut short", |path| cut(path, |length| length - 4_096)),
        ("cut short", |path| cut(path, |_| 50)),
        ("not an SQLite database", |path| fs::write(path, "a text, and a long one").unwrap()),
        ("another application", |path| {
            fs::remove_file(path).unwrap();
            let db = Connection::open(path).unwrap();
            db.execute_batch("CREATE TABLE notes(t TEXT)").unwrap();
        }),
        ("another application", |path| {
            Connection::open(path).unwrap().pragma_update(None, "application_id", 7).unwrap();
        }),
        ("read-only", |path| fs::set_permissions(path, Permissions::from_mode(0o444)).unwrap()),
        ("not a regular file", |path| {
            fs::remove_file(path).unwrap();
            fs::create_dir(path).unwrap();
        }),
    ];
    for (says, damage) in damages {
        let (_folder, path) = place();
        Sqlite::migrate(&path, ManualClock::START).unwrap();
        damage(&path);
        let told = examine(&path).expect_err(says).to_string();
        assert!(told.contains(says), "{says}: {told}");
    }
    for emptied in [true, false] {
        let (_folder, path) = killed();
        if emptied {
            cut(&path, |_| 0);
        } else {
            fs::remove_file(&path).unwrap();
        }
        let told = examine(&path).unwrap_err();
        assert!(matches!(told, Unfit::LogAlone { empty } if empty == emptied), "{told}");
        assert!(beside(&path, "-wal").exists(), "the log is kept");
    }
}
