//! The schema is brought up to date once, remembered, and never guessed at.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rusqlite::Connection;
use safelight_adapters_sqlite::{
    MigrateError, Migration, OpenError, Options, Sqlite, pending_migrations,
};
use safelight_testkit::ManualClock;
use tempfile::TempDir;

fn file() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("studio.db");
    (folder, path)
}

/// The numbers of all steps.
fn all() -> Vec<u32> {
    let empty = Connection::open_in_memory().unwrap();
    pending_migrations(&empty).unwrap().iter().map(|step| step.version).collect()
}

/// The number of the last step.
fn last() -> u32 {
    *all().last().unwrap()
}

fn migrate(path: &Path) -> Result<Vec<u32>, OpenError> {
    let done = Sqlite::migrate(path, ManualClock::START)?;
    Ok(done.iter().map(|step: &Migration| step.version).collect())
}

fn open(path: &Path) -> Result<Sqlite, OpenError> {
    Sqlite::open(path, Arc::new(ManualClock::new()), &Options::default())
}

#[tokio::test]
async fn a_fresh_file_gets_every_step_once() {
    let (_folder, path) = file();
    assert_eq!(migrate(&path).unwrap(), all());
    assert!(migrate(&path).unwrap().is_empty());
    let remembered: String = Connection::open(&path)
        .unwrap()
        .query_row(
            "SELECT group_concat(version || ' ' || name || ' ' || length(checksum), ', ')
             FROM (SELECT * FROM migration ORDER BY version)",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert!(remembered.starts_with("1 books 32, 2 studio 32, 3 access 32, "), "{remembered}");
    let facts = open(&path).unwrap().facts().await.unwrap();
    assert!(facts.version_is_safe, "{facts:?}");
    assert_eq!((facts.journal_mode.as_str(), facts.schema), ("wal", last()));
}

#[test]
fn another_history_is_not_touched() {
    let altered = "UPDATE migration SET checksum = x'00' WHERE version = 2";
    let newer = "INSERT INTO migration VALUES(99, 'later', x'00', 0)";
    for (history, expected) in [(altered, "Altered"), (newer, "Newer")] {
        let (_folder, path) = file();
        migrate(&path).unwrap();
        Connection::open(&path).unwrap().execute_batch(history).unwrap();
        for error in [migrate(&path).map(drop), open(&path).map(drop)] {
            let told = match error.unwrap_err() {
                OpenError::Migrate(MigrateError::Altered { version: 2 }) => "Altered",
                OpenError::Migrate(MigrateError::Newer { found: 99, known }) if known == last() => {
                    "Newer"
                }
                other => panic!("{other}"),
            };
            assert_eq!(told, expected);
        }
    }
}

#[test]
fn an_older_file_is_not_served() {
    let (_folder, path) = file();
    let steps = all().len();
    assert!(matches!(open(&path), Err(OpenError::Outdated(lacks)) if lacks == steps));
    migrate(&path).unwrap();
    let last = format!("DELETE FROM migration WHERE version = {}", last());
    Connection::open(&path).unwrap().execute_batch(&last).unwrap();
    assert!(matches!(open(&path), Err(OpenError::Outdated(1))));
}

/// A step that fails half-way leaves nothing, and the next attempt goes on from there.
#[test]
fn a_step_is_applied_whole_or_not() {
    let (_folder, path) = file();
    let db = Connection::open(&path).unwrap();
    db.execute_batch("CREATE TABLE render(in_the_way)").unwrap();
    assert!(migrate(&path).is_err());
    let tables = |name: &str| {
        let sql = "SELECT count(*) FROM sqlite_schema WHERE name = ?1";
        db.query_row(sql, [name], |row| row.get::<_, bool>(0)).unwrap()
    };
    assert!(tables("account"), "step 1 stands");
    assert!(!tables("folder") && !tables("generation"), "step 2 made them before it failed");
    db.execute_batch("DROP TABLE render").unwrap();
    assert_eq!(migrate(&path).unwrap(), all()[1..]);
    open(&path).unwrap();
}

/// Two processes that start at the same time apply each step once between them.
#[test]
fn two_migrations_at_once_do_one_work() {
    let (_folder, path) = file();
    let start = std::sync::Barrier::new(4);
    let done: Vec<u32> = std::thread::scope(|scope| {
        let run = || {
            start.wait();
            migrate(&path).unwrap()
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(run)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(done.iter().sum::<u32>(), all().iter().sum::<u32>(), "{done:?}");
}
