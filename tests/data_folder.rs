//! The data folder, its database and its settings, through the real binary: no command makes a
//! second, empty studio, and no two processes work on one.

use std::{
    fs::{self, File, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use safelight_tests::{Client, Place, Server};
use serde_json::Value;

fn told(out: &Output) -> String {
    String::from_utf8_lossy(&out.stderr).into_owned()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path of text")
}

fn database(place: &Place) -> PathBuf {
    place.data().join("safelight.db")
}

fn cut(path: &Path, to: impl Fn(u64) -> u64) {
    let file = File::options().write(true).open(path).expect("it opens");
    file.set_len(to(file.metadata().expect("its size").len())).expect("it is cut");
}

/// A studio with a member, a stored picture, and a backup in its data folder.
fn lived_in() -> Place {
    let place = Place::new("[painter]\nseconds = [0.02, 0.1]\n");
    let key = place.member("ada@example.com", 10);
    let server = Server::start(&place);
    let client = Client::new(&server.url, &key);
    client.wait_for(client.generate("a lighthouse", 1)["id"].as_str().expect("an id"));
    assert!(server.terminate());
    place.print(&["backup"]);
    place
}

/// The level and the words of the doctor's check of the database.
fn diagnosed(place: &Place) -> (String, String) {
    let out = place.run(&["doctor", "--json"]);
    let report: Value = serde_json::from_slice(&out.stdout).expect("one JSON document");
    let checks = report["checks"].as_array().expect("checks");
    let check = checks.iter().find(|check| check["id"] == "database").expect("a check");
    let word = |name: &str| check[name].as_str().expect("text").to_owned();
    (word("level"), word("says"))
}

#[test]
fn every_form_of_a_database_url_leads_to_the_one_file() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().canonicalize().expect("a path").join("my studio.db");
    let place = Place::new("").with(&[("DATABASE_URL", &format!("sqlite:{}", text(&file)))]);
    place.print(&["users", "create", "ada@example.com"]);
    let encoded = text(&file).replace(' ', "%20");
    for url in [
        format!("sqlite://{encoded}"),
        format!("sqlite:///{encoded}"),
        format!("sqlite:{encoded}"),
        format!("file:{encoded}"),
        format!("SQLITE:{encoded}"),
    ] {
        let mut command = place.command(&["users", "show", "ada@example.com"]);
        let out = out_of(command.env("DATABASE_URL", &url));
        assert!(out.status.success(), "{url}: {}", told(&out));
    }
    for (url, says) in [
        (format!("sqlite:{encoded}?mode=ro"), "mode"),
        ("postgres://ada:s3cret@db.example/studio".to_owned(), "not supported yet"),
        (format!("sqlite:{}", text(dir.path())), "is a folder"),
        (format!("sqlite:{}/none/studio.db", text(dir.path())), "no folder"),
        ("sqlite:".to_owned(), "names no file"),
        // One that is not there while a studio has been here: a typo.
        (format!("sqlite:{}/other.db", text(dir.path())), "mend DATABASE_URL"),
    ] {
        for command in [&["users", "show", "ada@example.com"][..], &["serve"], &["doctor"]] {
            let mut command = place.command(command);
            command.env("DATABASE_URL", &url).env("BIND", "127.0.0.1:0");
            let out = command.output().expect("the binary runs");
            assert!(!out.status.success(), "{url}");
            let all = told(&out) + &String::from_utf8_lossy(&out.stdout);
            assert!(all.contains(says) && !all.contains("s3cret"), "{url}: {all}");
        }
    }
    let others = fs::read_dir(dir.path()).expect("it is listed");
    let others = others.map(|entry| entry.expect("an entry").file_name());
    let others = others.filter(|name| !name.to_string_lossy().starts_with("my studio.db"));
    assert_eq!(others.collect::<Vec<_>>(), Vec::<std::ffi::OsString>::new(), "nothing was made");
    assert!(!database(&place).exists());
}

fn out_of(command: &mut Command) -> Output {
    command.output().expect("the binary runs")
}

#[test]
fn no_empty_studio_begins_where_one_has_been() {
    type Damage = fn(&Place);
    let damages: [(&str, Damage, &str); 6] = [
        ("emptied", |place| cut(&database(place), |_| 0), "is empty (0 bytes)"),
        ("halved", |place| cut(&database(place), |length| length / 2), "cut short"),
        ("gone", |place| fs::remove_file(database(place)).expect("removed"), "is missing"),
        (
            "a text",
            |place| fs::write(database(place), "not a database at all").expect("written"),
            "not an SQLite database",
        ),
        (
            "another application's",
            |place| {
                fs::remove_file(database(place)).expect("removed");
                let db = rusqlite::Connection::open(database(place)).expect("it opens");
                db.execute_batch("CREATE TABLE notes(t TEXT)").expect("a table");
            },
            "another application",
        ),
        (
            "its log alone",
            |place| {
                fs::rename(database(place), place.data().join("safelight.db-wal")).expect("moved");
            },
            "Do not delete",
        ),
    ];
    for (how, damage, says) in damages {
        let place = lived_in();
        damage(&place);
        let lies_there = || {
            let all = ["safelight.db", "safelight.db-wal"].map(|name| place.data().join(name));
            all.map(|path| fs::read(path).ok())
        };
        let before = lies_there();
        for command in [
            &["serve", "--bind", "127.0.0.1:0"][..],
            &["users", "show", "a@b.example"],
            &["migrate"],
        ] {
            let out = place.run(command);
            let told = told(&out);
            assert_eq!(out.status.code(), Some(6), "{how}: {told}");
            assert!(told.contains(says), "{how}: {told}");
            assert!(told.contains("mend") || told.contains("restore "), "{how}: {told}");
        }
        let (level, words) = diagnosed(&place);
        assert!(level == "fail" && words.contains(says), "{how}: {words}");
        assert!(lies_there() == before, "{how}: what is left was touched");
        // The words to restore with, as they stand there.
        let backups = place.data().join("backups");
        let backup = fs::read_dir(backups).expect("backups").next().expect("one").expect("one");
        place.print(&["restore", text(&backup.path()), "--force"]);
        place.print(&["users", "show", "ada@example.com"]);
        place.audit();
    }
}

#[test]
fn a_new_studio_begins_where_none_has_been_or_by_name() {
    let place = lived_in();
    fs::remove_file(database(&place)).expect("removed");
    assert_eq!(place.run(&["migrate"]).status.code(), Some(6));
    place.print(&["migrate", "--new-database"]);
    place.print(&["users", "create", "bob@example.com"]);
    let out = place.run(&["migrate", "--new-database"]);
    assert_eq!(out.status.code(), Some(6), "there is one now: {}", told(&out));

    let fresh = Place::new("");
    fs::create_dir(fresh.data()).expect("a folder");
    fs::write(database(&fresh), "").expect("a file made by touch");
    fresh.print(&["users", "create", "ada@example.com"]);
    // The doctor comes first, before the secret or anything else is there.
    let asked_first = Place::new("");
    assert!(asked_first.run(&["doctor"]).status.success());
    asked_first.print(&["users", "create", "ada@example.com"]);
}

#[test]
fn a_database_that_was_killed_in_use_opens_and_one_that_lost_pages_does_not() {
    let place = Place::new("");
    place.member("ada@example.com", 10);
    let server = Server::start(&place);
    // A reader of what was there before keeps all that comes later in the log.
    let reader = rusqlite::Connection::open(database(&place)).expect("it opens");
    let keep = rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
    reader.set_db_config(keep, true).expect("a setting");
    reader.execute_batch("BEGIN; SELECT count(*) FROM account").expect("it reads");
    place.print(&["users", "create", "bob@example.com"]);
    server.kill();
    drop(reader);
    let log = place.data().join("safelight.db-wal");
    assert!(fs::metadata(&log).expect("a log").len() > 0, "what came last is in the log alone");
    let kept = fs::read(database(&place)).expect("the database");
    cut(&database(&place), |length| length / 2);
    let out = place.run(&["users", "show", "bob@example.com"]);
    assert_eq!(out.status.code(), Some(6), "{}", told(&out));
    fs::write(database(&place), kept).expect("it is put back");
    place.print(&["users", "show", "bob@example.com"]);
    place.audit();
}

#[test]
fn a_database_of_a_newer_release_and_one_that_is_read_only_are_refused() {
    let newer = Place::new("");
    newer.print(&["migrate"]);
    let db = rusqlite::Connection::open(database(&newer)).expect("it opens");
    db.execute("INSERT INTO migration VALUES(9999, 'later', x'00', 0)", []).expect("a later step");
    drop(db);
    let out = newer.run(&["serve", "--bind", "127.0.0.1:0"]);
    assert!(told(&out).contains("use a newer safelight"), "{}", told(&out));
    assert_eq!(diagnosed(&newer).0, "fail");

    let place = Place::new("");
    place.print(&["migrate"]);
    fs::set_permissions(database(&place), Permissions::from_mode(0o444)).expect("a mode");
    let out = place.run(&["serve", "--bind", "127.0.0.1:0"]);
    assert_eq!(out.status.code(), Some(6), "{}", told(&out));
    assert!(told(&out).contains("read-only"), "{}", told(&out));
    assert_eq!(diagnosed(&place).0, "fail");
}

#[test]
fn one_database_has_one_server_whatever_folder_and_path_lead_to_it() {
    let first = Place::new("");
    first.print(&["migrate"]);
    let server = Server::start(&first);
    let elsewhere = tempfile::tempdir().expect("a folder");
    let (soft, hard) = (elsewhere.path().join("soft.db"), elsewhere.path().join("hard.db"));
    std::os::unix::fs::symlink(database(&first), &soft).expect("a link");
    fs::hard_link(database(&first), &hard).expect("a hard link");
    for path in [database(&first), soft, hard.clone()] {
        let second = Place::new("").with(&[("DATABASE_URL", &format!("sqlite:{}", text(&path)))]);
        let out = second.run(&["serve", "--bind", "127.0.0.1:0"]);
        let told = told(&out);
        assert_eq!(out.status.code(), Some(5), "{}: {told}", path.display());
        assert!(told.contains("in use by"), "{told}");
        if path != hard {
            let pid = format!("process {}", server.pid());
            assert!(told.contains(&pid) && told.contains(text(&first.data())), "{told}");
        }
        // Restoring into a database that is served would pull it out from under the server.
        let out = second.run(&["migrate"]);
        assert_eq!(out.status.code(), Some(5), "{}", String::from_utf8_lossy(&out.stderr));
    }
    assert!(server.terminate());
    let second =
        Place::new("").with(&[("DATABASE_URL", &format!("sqlite:{}", text(&database(&first))))]);
    assert!(Server::start(&second).terminate(), "nobody holds it any more");
}

#[test]
fn a_link_leads_to_the_server_that_runs_and_hints_can_be_pasted() {
    let place = Place::new("");
    place.print(&["users", "create", "ada@example.com"]);
    let server = Server::start(&place);
    let link = place.print(&["login-link", "ada@example.com"]);
    assert!(link.starts_with(&format!("{}/sign-in/link/", server.url)), "{link}");
    // What the shell says of BIND and APP_URL is not what the server listens to.
    let mut command = place.command(&["login-link", "ada@example.com"]);
    command.env("BIND", "127.0.0.1:1").env("APP_URL", "http://127.0.0.1:2");
    let out = out_of(&mut command);
    assert!(String::from_utf8_lossy(&out.stdout).starts_with(&server.url), "{out:?}");
    server.kill();
    // What a server that was killed left behind is not believed.
    let mut command = place.command(&["login-link", "ada@example.com"]);
    let out = out_of(command.env("BIND", "127.0.0.1:9876"));
    assert!(String::from_utf8_lossy(&out.stdout).starts_with("http://127.0.0.1:9876/"), "{out:?}");
    let hint = told(&out);
    let hint = hint.lines().find_map(|line| line.split_once("once one does: ")).expect("a hint").1;
    let words = Command::new("sh").args(["-c", &format!("printf '%s\\n' {hint}")]).output();
    let words = String::from_utf8(words.expect("a shell").stdout).expect("text");
    let words: Vec<_> = words.lines().collect();
    assert_eq!(words[0], text(safelight_tests::binary()), "{hint}");
    assert!(words.contains(&text(&place.data())) && words.contains(&"serve"), "{hint}");
}

#[test]
fn a_demo_keeps_to_its_folder_and_its_hint_can_be_pasted() {
    let place = Place::new("");
    let dir = place.data().with_file_name("my demo");
    let demo = |dir: &Path| {
        let mut command = place.command(&["demo", "--dir", text(dir)]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    for start in ["the first", "the second, on the same folder"] {
        let mut running = demo(&dir).spawn().expect("it starts");
        let out = std::io::BufReader::new(running.stdout.take().expect("its words"));
        let words = std::io::BufRead::lines(out).map_while(Result::ok);
        let words: Vec<_> = words.take_while(|line| !line.contains("four pictures")).collect();
        let at = words.iter().position(|line| line == "To make another:").expect("a hint");
        let hint = Command::new("sh").args(["-c", words[at + 2].trim()]).output().expect("a shell");
        let link = String::from_utf8_lossy(&hint.stdout).into_owned();
        let url = words.iter().find_map(|line| line.trim().strip_prefix("address")).expect("a url");
        assert!(link.starts_with(&format!("{}/sign-in/link/", url.trim())), "{start}: {hint:?}");
        let second = demo(&dir).output().expect("it runs");
        assert_eq!(second.status.code(), Some(5), "{start}: {}", told(&second));
        assert!(told(&second).contains(url.trim()), "{start}: {}", told(&second));
        running.kill().expect("it is stopped");
        running.wait().expect("it ends");
        assert_eq!(wide(&dir), Vec::<String>::new(), "{start}");
    }
    let studio = Place::new("");
    studio.print(&["migrate"]);
    let out = out_of(&mut demo(&studio.data()));
    assert!(told(&out).contains("not of a demo"), "{}", told(&out));
    let out = out_of(demo(&dir).env("DATABASE_URL", "sqlite:other.db"));
    assert!(told(&out).contains("without DATABASE_URL"), "{}", told(&out));
}

#[test]
fn a_blank_setting_means_absent_and_an_address_that_is_none_is_told() {
    let place = Place::new("");
    let run = |args: &[&str], settings: &[(&str, &str)]| {
        let mut command = Command::new(safelight_tests::binary());
        command.args(args).current_dir(place.data().parent().expect("a folder"));
        command.env("METRICS_BIND", "off").env("APP_SECRET", "too-short");
        command.envs(settings.iter().copied()).output().expect("it runs")
    };
    let blank = [("DATA_DIR", ""), ("SAFELIGHT_CONFIG", " "), ("BIND", "")];
    let out = run(&["openapi"], &blank);
    assert!(out.status.success(), "{}", told(&out));
    // It gets as far as the secret; the usual folder is the one it worked in.
    let out = run(&["serve", "--bind", "127.0.0.1:0"], &blank);
    assert!(told(&out).contains("APP_SECRET has 9"), "{}", told(&out));
    assert!(database(&place).exists());
    for bind in ["8080", ":8080", "localhost:8080", "127.0.0.1:99999"] {
        let out = run(&["serve"], &[("BIND", bind)]);
        assert_eq!(out.status.code(), Some(2), "{bind}");
        assert!(told(&out).contains("such as 127.0.0.1:8080"), "{bind}: {}", told(&out));
    }
}

/// Every file the binary makes, in a folder others may look into, with the most generous umask.
#[test]
fn every_file_is_its_owners_alone_whatever_the_folder_and_the_umask() {
    let place = Place::new("[painter]\nseconds = [0.02, 0.1]\n");
    fs::create_dir(place.data()).expect("a folder");
    fs::set_permissions(place.data(), Permissions::from_mode(0o755)).expect("a mode");
    let generous = |args: &[&str]| {
        let command = place.command(args);
        let mut shell = Command::new("sh");
        shell.args(["-c", "umask 000; exec \"$0\" \"$@\""]).arg(command.get_program());
        shell.args(command.get_args()).env("METRICS_BIND", "off").current_dir(place.data());
        shell
    };
    let elsewhere = tempfile::tempdir().expect("a folder");
    let backup = elsewhere.path().join("backup");
    for args in [
        &["users", "create", "ada@example.com"][..],
        &["credits", "grant", "ada@example.com", "9", "--reason", "a test"],
        &["keys", "create", "ada@example.com"],
        &["backup"],
        &["backup", text(&backup)],
        &["restore", text(&backup), "--force"],
    ] {
        let out = out_of(&mut generous(args));
        assert!(out.status.success(), "{args:?}: {}", told(&out));
    }
    assert_eq!(wide(elsewhere.path()), Vec::<String>::new());
    assert_eq!(wide(&place.data()), Vec::<String>::new());
}

/// What others may open under a folder, itself left out.
fn wide(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("it is listed") {
        let path = entry.expect("an entry").path();
        let mode = fs::metadata(&path).expect("its mode").permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            found.push(format!("{} {mode:o}", path.display()));
        }
        if path.is_dir() {
            found.extend(wide(&path));
        }
    }
    found
}

#[test]
fn what_others_could_open_is_narrowed_at_the_start_and_said() {
    let place = lived_in();
    let open = |path: &Path, mode| {
        fs::set_permissions(path, Permissions::from_mode(mode)).expect("a mode");
    };
    for name in ["safelight.db", "last-backup", "lock"] {
        open(&place.data().join(name), 0o644);
    }
    open(&place.data().join("backups"), 0o755);
    open(&place.data(), 0o755);
    let out = place.run(&["doctor", "--json"]);
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(said.contains("others may open") && said.contains("last-backup"), "{said}");
    let server = Server::start(&place);
    assert_eq!(wide(&place.data()), Vec::<String>::new());
    let mode = fs::metadata(place.data()).expect("its mode").permissions().mode() & 0o777;
    assert_eq!(mode, 0o700);
    assert!(server.terminate());
    assert!(place.log().contains("now its owner alone can"), "{}", place.log());
}

/// Every command that prints, with a reader that is gone and on a full disk.
#[test]
fn a_reader_that_goes_away_is_no_failure_and_a_full_disk_is() {
    let place = lived_in();
    let man = place.data().with_file_name("man");
    let new = place.data().with_file_name("new");
    let backup = place.data().with_file_name("backup");
    place.print(&["backup", text(&backup)]);
    for args in [
        &["--help"][..],
        &["--version"],
        &["serve", "--help"],
        &["openapi"],
        &["doctor"],
        &["doctor", "--json"],
        &["users", "show", "ada@example.com"],
        &["users", "show", "ada@example.com", "--json"],
        &["admin", "grant", "ada@example.com"],
        &["login-link", "ada@example.com"],
        &["credits", "show", "ada@example.com"],
        &["keys", "create", "ada@example.com"],
        &["keys", "list", "ada@example.com"],
        &["audit", "list"],
        &["costs"],
        &["webhooks", "list"],
        &["reconcile"],
        &["migrate"],
        &["verify"],
        &["verify", text(&backup)],
        &["completions", "bash"],
        &["man"],
        &["bench", "presign", "--links", "10"],
    ] {
        // `--help` stands alone: it takes no data folder.
        let run = |out: Stdio| {
            place.command(args).stdout(out).stderr(Stdio::piped()).output().expect("it runs")
        };
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let out = run(writer.into());
        assert_eq!(out.status.code(), Some(0), "{args:?}: {}", told(&out));
        assert!(!told(&out).contains("panicked"), "{args:?}: {}", told(&out));
        let full = File::options().write(true).open("/dev/full").expect("the full device");
        let out = run(full.into());
        assert_eq!(out.status.code(), Some(1), "{args:?}: {}", told(&out));
        assert!(told(&out).contains("cannot be written"), "{args:?}: {}", told(&out));
        assert!(!told(&out).contains("panicked"), "{args:?}: {}", told(&out));
    }
    // These write files too; they are run once each.
    for args in [&["new", text(&new)][..], &["man", text(&man)], &["backup"]] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let out = place.command(args).stdout(writer).output().expect("it runs");
        assert_eq!(out.status.code(), Some(0), "{args:?}: {}", told(&out));
    }
    // Errors have nowhere to go either.
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut command = place.command(&["users", "show", "nobody@example.com"]);
    assert_eq!(command.stderr(writer).output().expect("it runs").status.code(), Some(4));
}
