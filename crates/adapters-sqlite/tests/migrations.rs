//! The schema is brought up to date once, remembered, and never guessed at.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rusqlite::Connection;
use safelight_adapters_sqlite::{MigrateError, Migration, OpenError, Options, Sqlite};
use safelight_testkit::ManualClock;
use tempfile::TempDir;

fn file() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("studio.db");
    (folder, path)
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
    assert_eq!(migrate(&path).unwrap(), [1, 2, 3, 10]);
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
    assert_eq!(remembered, "1 books 32, 2 studio 32, 3 access 32, 10 account 32");
    let facts = open(&path).unwrap().facts().await.unwrap();
    assert!(facts.version_is_safe, "{facts:?}");
    assert_eq!((facts.journal_mode.as_str(), facts.schema), ("wal", 10));
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
                OpenError::Migrate(MigrateError::Newer { found: 99, known: 10 }) => "Newer",
                other => panic!("{other}"),
            };
            assert_eq!(told, expected);
        }
    }
}

#[test]
fn an_older_file_is_not_served() {
    let (_folder, path) = file();
    assert!(matches!(open(&path), Err(OpenError::Outdated(4))));
    migrate(&path).unwrap();
    let last = "DELETE FROM migration WHERE version = 10";
    Connection::open(&path).unwrap().execute_batch(last).unwrap();
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
    assert_eq!(migrate(&path).unwrap(), [2, 3, 10]);
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
    assert_eq!(done.iter().sum::<u32>(), 16, "{done:?}");
}
