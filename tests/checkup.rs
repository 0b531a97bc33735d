//! The doctor looks at the machine and the upkeep: each misconfiguration is seeded, and exactly its
//! check fires.

use std::{
    fs::{self, File, Permissions},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::Command,
};

use safelight_domain::{
    Actor, Change, Changes, Credits, Grant, LedgerChange, LotId, LotKind, SignedDuration, SourceRef,
};
use safelight_ports::{Clock, Store};
use safelight_testkit::people::ada;
use safelight_tests::{Place, TestStudio};
use serde_json::Value;

/// A place with a database, on which something is then broken.
fn place() -> Place {
    let place = Place::new("");
    place.print(&["migrate"]);
    place
}

fn database(place: &Place) -> PathBuf {
    place.data().join("safelight.db")
}

/// Checks that are neither fine nor mere facts, of a doctor that is run like this.
fn fired_by(mut command: Command) -> Vec<(String, String)> {
    let out = command.output().expect("the doctor runs");
    let report: Value = serde_json::from_slice(&out.stdout).expect("one JSON document");
    let text = |check: &Value, name: &str| check[name].as_str().expect("text").to_owned();
    let checks = report["checks"].as_array().expect("checks").iter();
    let checks = checks.map(|check| (text(check, "id"), text(check, "level")));
    checks.filter(|(_, level)| level == "warn" || level == "fail").collect()
}

fn fired(place: &Place) -> Vec<(String, String)> {
    fired_by(place.command(&["doctor", "--json"]))
}

fn only(id: &str, level: &str) -> Vec<(String, String)> {
    vec![(id.to_owned(), level.to_owned())]
}

#[test]
fn what_stands_in_front_is_looked_at() {
    const HTTPS: (&str, &str) = ("APP_URL", "https://studio.example.com");
    let config = |proxies: &str| {
        format!(
            "stand_ins = [\"painter\", \"disk\", \"checkout\"]\n[limits]\ntrusted_proxies = [{proxies}]\n"
        )
    };
    let named = config("\"127.0.0.1\"");
    for (config, settings, expected) in [
        (named.clone(), &[HTTPS][..], vec![]),
        (config(""), &[HTTPS], only("proxy", "warn")),
        (named.clone(), &[HTTPS, ("BIND", "0.0.0.0:8080")], only("bind", "warn")),
        (config(""), &[("BIND", "0.0.0.0:8080")], only("bind", "warn")),
        (config(""), &[("BIND", "here")], only("bind", "fail")),
        (config(""), &[("METRICS_BIND", "here")], only("metrics", "fail")),
        (config(""), &[("METRICS_BIND", "0.0.0.0:9464")], only("metrics", "warn")),
        (config(""), &[("METRICS_BIND", "127.0.0.1:9464")], vec![]),
    ] {
        let place = Place::new(&config).with(settings);
        place.print(&["backup"]);
        assert_eq!(fired(&place), expected, "{config}{settings:?}");
    }
    let place = Place::new(&named).with(&[HTTPS]);
    assert_eq!(fired(&place), only("backup", "warn"), "in production somebody backs up");
}

#[test]
fn files_others_may_read_are_told() {
    let mode = |path: PathBuf, mode| {
        fs::set_permissions(path, Permissions::from_mode(mode)).expect("a mode");
    };
    let place = place();
    assert_eq!(fired(&place), [], "what the studio makes is its owner's");
    mode(place.data(), 0o755);
    assert_eq!(fired(&place), only("data-folder-mode", "warn"));
    mode(place.data(), 0o777);
    assert_eq!(fired(&place), only("data-folder-mode", "fail"));
    mode(place.data(), 0o700);

    let elsewhere = tempfile::tempdir().expect("a folder");
    let path = elsewhere.path().join("studio.db");
    let place = Place::new("").with(&[("DATABASE_URL", &format!("sqlite:{}", path.display()))]);
    place.print(&["migrate"]);
    mode(path.clone(), 0o600);
    assert_eq!(fired(&place), []);
    mode(path, 0o644);
    assert_eq!(fired(&place), only("database-mode", "warn"));

    let secret = elsewhere.path().join("secret");
    fs::write(&secret, "0123456789abcdef0123456789abcdef").expect("a secret");
    mode(secret.clone(), 0o600);
    let place = Place::new("").with(&[("APP_SECRET_FILE", secret.to_str().expect("text"))]);
    assert_eq!(fired(&place), []);
    mode(secret.clone(), 0o644);
    assert_eq!(fired(&place), only("secret-files", "warn"));
    let typed = Place::new("").with(&[("APP_SECRET", "changemechangemechangemechangeme")]);
    assert_eq!(fired(&typed), only("app-secret-weak", "warn"));
}

#[test]
fn a_process_that_may_open_few_files_is_told() {
    let place = place();
    let doctor = place.command(&["doctor", "--json"]);
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -n 256; exec \"$0\" \"$@\""]).arg(doctor.get_program());
    shell.args(doctor.get_args());
    shell.env_clear().env("METRICS_BIND", "off");
    assert_eq!(fired_by(shell), only("open-files", "warn"));
}

/// Sparse files: they look big and take no room.
#[test]
fn a_full_disk_and_a_log_that_is_never_moved_home_are_told() {
    let grow = |path: PathBuf, size| {
        let file = File::options().write(true).create(true).truncate(false).open(path);
        file.and_then(|file| file.set_len(size)).expect("a sparse file");
    };
    let place = place();
    grow(place.data().join("safelight.db-wal"), 300 << 20);
    assert_eq!(fired(&place), only("wal", "warn"));

    let place = self::place();
    grow(database(&place), 1 << 43);
    assert_eq!(fired(&place), only("disk-space", "warn"));
}

#[test]
fn a_backup_that_is_old_is_told() {
    let place = place();
    place.print(&["backup"]);
    assert_eq!(fired(&place), []);
    fs::write(place.data().join("last-backup"), "2026-01-01T00:00:00Z\n/backups\n")
        .expect("a note");
    assert_eq!(fired(&place), only("backup", "warn"));
}

#[test]
fn addresses_nobody_can_type_are_told_and_their_owners_let_in() {
    let place = place();
    place.print(&["users", "create", "kim@b\u{fc}cher.example"]);
    place.print(&["users", "create", "eve@example.com"]);
    assert_eq!(fired(&place), []);
    let db = rusqlite::Connection::open(database(&place)).expect("it opens");
    let sql = "UPDATE user SET email = ?2, canonical = ?2 WHERE canonical = ?1";
    db.execute(sql, ["kim@xn--bcher-kva.example", "kim@b\u{fc}cher.example"]).expect("as before");
    assert_eq!(fired(&place), only("addresses", "warn"));
    db.execute(sql, ["eve@example.com", "eve\u{200b}@example.com"]).expect("as before");
    let twice = [only("addresses", "warn"), only("addresses", "warn")].concat();
    assert_eq!(fired(&place), twice);
    let sql = "SELECT lower(hex(account_id)) FROM user WHERE email LIKE 'eve%'";
    let account: String = db.query_row(sql, [], |row| row.get(0)).expect("an id");
    let refused = place.run(&["login-link", "eve\u{200b}@example.com"]);
    let says = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(says.contains("remove the invisible character U+200B"), "{says}");
    assert!(place.print(&["login-link", &account]).contains("/sign-in/link/"));
    assert!(place.print(&["users", "show", &account]).contains("eve"));
    // Who is kept apart is found by the old spelling.
    assert!(place.print(&["login-link", "KIM@b\u{fc}cher.example"]).contains("/sign-in/link/"));
}

#[test]
fn a_damaged_file_is_told() {
    let place = place();
    let path = database(&place);
    // The page of a table nobody asks on the way: the file opens all the same.
    let db = rusqlite::Connection::open(&path).expect("it opens");
    let ask = |sql| db.query_row(sql, [], |row| row.get::<_, usize>(0)).expect("a number");
    let page = ask("SELECT rootpage FROM sqlite_schema WHERE name = 'quota'");
    let size = ask("PRAGMA page_size");
    db.close().expect("it closes");
    let mut bytes = fs::read(&path).expect("a database");
    bytes[(page - 1) * size..page * size].fill(0x5a);
    fs::write(&path, bytes).expect("the damage");
    assert_eq!(fired(&place), only("integrity", "fail"));
}

/// A studio whose server died long ago, as a place.
async fn abandoned(break_it: impl AsyncFnOnce(&TestStudio)) -> Place {
    let studio = TestStudio::open().await;
    break_it(&studio).await;
    let from = studio.path().to_owned();
    let place = Place::new("");
    place.print(&["migrate"]);
    for name in ["safelight.db", "safelight.db-wal"] {
        // The log may have been moved home already.
        let _ = fs::copy(from.join(name), place.data().join(name));
    }
    drop(studio);
    place
}

#[tokio::test]
async fn renders_nobody_looks_after_and_lots_nobody_swept_are_told() {
    let waiting = abandoned(async |studio| {
        studio.request(&ada(), 2, 1).await;
    });
    assert_eq!(fired(&waiting.await), only("renders", "warn"));
    let overdue = abandoned(async |studio| {
        studio.request(&ada(), 2, 1).await;
        studio.studio.pipeline.run_due().await.expect("they are sent");
    });
    assert_eq!(fired(&overdue.await), only("renders", "warn"));
    let lapsed = abandoned(async |studio| {
        let (person, now) = (ada(), studio.setup.clock.now());
        let grant = Grant {
            lot: LotId(studio.id()),
            kind: LotKind::Promo,
            amount: Credits::new(5).expect("few"),
            expires_at: now + SignedDuration::from_hours(1),
            source: SourceRef::parse("a-test").unwrap(),
            reason: None,
        };
        let changes = vec![Change::Ledger(LedgerChange::Grant(grant, Actor::system()))];
        studio.store.commit(Changes::of(person.account.id, changes)).await.expect("it is given");
    });
    assert_eq!(fired(&lapsed.await), only("dead-lots", "warn"));
    let quiet = abandoned(async |_| {});
    assert_eq!(fired(&quiet.await), []);
}

#[test]
fn a_clock_behind_what_was_seen_and_journals_ahead_of_it_are_told() {
    let change = |place: &Place, sql: &str| {
        let db = rusqlite::Connection::open(database(place)).expect("it opens");
        db.execute_batch(sql).expect("it is changed");
    };
    // A server was sure of a time that is a year ahead.
    let place = place();
    change(&place, "INSERT INTO clock(id, seen_at) VALUES(1, (unixepoch() + 31536000) * 1000000)");
    assert_eq!(fired(&place), only("clock", "warn"));
    let told = place.print(&["clock", "show"]);
    assert!(told.contains("behind") && told.contains("safelight clock accept"), "{told}");
    // Its operator knows better.
    let told = place.print(&["clock", "accept"]);
    assert!(told.contains("believed"), "{told}");
    assert_eq!(fired(&place), []);
    // An account whose journal was written by a clock that was ahead.
    let ahead = "UPDATE account SET last_at = last_at + 3456000000000";
    let guard = "SELECT sql FROM sqlite_schema WHERE name = 'account_moves_by_txn'";
    place.member("ada@example.com", 5);
    let db = rusqlite::Connection::open(database(&place)).expect("it opens");
    let guard: String = db.query_row(guard, [], |row| row.get(0)).expect("the guard");
    change(&place, &format!("DROP TRIGGER account_moves_by_txn; {ahead}; {guard};"));
    assert_eq!(fired(&place), only("account-clocks", "warn"));
}
