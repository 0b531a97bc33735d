//! Backups made while people work, restored, audited; damaged ones refused.

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use safelight_tests::{Client, Place, Server};
use serde_json::{Value, json};

const CONFIG: &str = "[limits]\nrequests_per_minute = 10000000\nunfinished_renders = 1000000\n[painter]\nseconds = [0.02, 0.1]\n";

fn text(path: &Path) -> String {
    path.to_str().expect("a path of text").to_owned()
}

/// A studio with a stored picture, and its backup.
fn backed_up() -> (Place, String, String) {
    let place = Place::new(CONFIG);
    let key = place.member("ada@example.com", 10);
    let server = Server::start(&place);
    let client = Client::new(&server.url, &key);
    let made = client.generate("a lighthouse", 2);
    client.wait_for(made["id"].as_str().expect("an id"));
    server.kill();
    let to = text(&place.data().with_file_name("backup"));
    place.print(&["backup", &to]);
    (place, key, to)
}

#[test]
fn a_backup_under_writes_restores_clean_and_holds_what_was_acknowledged_before() {
    let place = Place::new(CONFIG);
    let key = place.member("ada@example.com", 100_000);
    let server = Server::start(&place);
    let client = Client::new(&server.url, &key);
    let first = client.generate("before the backup", 4);
    let stop = AtomicBool::new(false);
    let to = text(&place.data().with_file_name("backup"));
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let body = json!({ "prompt": "busy", "count": 1, "size": "square" });
                    client.post("/api/v1/generations", &body, None).expect("it answers");
                }
            });
        }
        place.print(&["backup", &to]);
        stop.store(true, Ordering::Relaxed);
    });
    server.kill();

    let other = Place::new(CONFIG);
    other.print(&["restore", &to]);
    other.audit();
    let server = Server::start(&other);
    let client = Client::new(&server.url, &key);
    let id = first["id"].as_str().expect("an id");
    let ended = client.wait_for(id);
    for render in ended["renders"].as_array().expect("renders") {
        assert_eq!(render["state"], "stored", "{ended:#}");
        let image = render["image_id"].as_str().expect("a picture");
        let image = client.get(&format!("/api/v1/images/{image}")).expect("it answers");
        let url = image.data()["urls"]["original"].as_str().expect("a link").to_owned();
        assert_eq!(client.fetch(&url).0, 200);
    }
    let page = client.get("/api/v1/generations?limit=100").expect("it answers");
    for made in page.data()["items"].as_array().expect("items") {
        client.wait_for(made["id"].as_str().expect("an id"));
    }
    server.kill();
    other.audit();
    other.print(&["verify"]);
}

#[test]
fn a_damaged_backup_is_refused_and_says_what_is_wrong_with_it() {
    type Damage = fn(&Path);
    let (place, _, to) = backed_up();
    place.print(&["verify", &to]);
    let damages: [(&str, Damage, &str); 5] = [
        ("truncated", |to| cut(&to.join("safelight.db")), "bytes long and should be"),
        ("altered", |to| flip(&to.join("safelight.db")), "was changed since it was made"),
        ("a file gone", |to| fs::remove_file(to.join("app_secret")).unwrap(), "is missing"),
        ("no manifest", |to| fs::remove_file(to.join("manifest.json")).unwrap(), "is no backup"),
        ("a manifest cut short", |to| cut(&to.join("manifest.json")), "is damaged"),
    ];
    for (how, damage, says) in damages {
        let copy = Path::new(&to).with_file_name(format!("copy {how}"));
        let copied = std::process::Command::new("cp").arg("-r").arg(&to).arg(&copy).status();
        assert!(copied.expect("cp runs").success());
        damage(&copy);
        let empty = Place::new(CONFIG);
        let copy = text(&copy);
        for command in [&["verify", &copy][..], &["restore", &copy]] {
            let out = empty.run(command);
            let told = String::from_utf8_lossy(&out.stderr);
            assert_eq!(out.status.code(), Some(1), "{how}: {told}");
            assert!(told.contains(says), "{how}: {told}");
        }
        assert!(!empty.data().join("safelight.db").exists(), "{how}");
    }
}

#[test]
fn a_restore_waits_for_nobody_and_keeps_what_was_there() {
    let (place, _, to) = backed_up();
    let server = Server::start(&place);
    assert_eq!(place.run(&["restore", &to, "--force"]).status.code(), Some(5), "in use");
    server.kill();
    let out = place.run(&["restore", &to]);
    assert!(String::from_utf8_lossy(&out.stderr).contains("--force"), "{out:?}");
    place.print(&["credits", "grant", "ada@example.com", "5", "--reason", "after the backup"]);
    let done: Value =
        serde_json::from_str(&place.print(&["restore", &to, "--force", "--json"])).expect("JSON");
    let aside = done["aside"].as_str().expect("the old database");
    assert!(Path::new(aside).exists());
    let shown = place.print(&["credits", "show", "ada@example.com", "--json"]);
    let shown: Value = serde_json::from_str(&shown).expect("JSON");
    assert_eq!(shown["credits"], 8, "{shown:#}");
    place.audit();
}

#[test]
fn verify_finds_a_picture_that_is_gone_or_cut_short() {
    let (place, ..) = backed_up();
    place.print(&["verify"]);
    let pictures = place.data().join("objects/images");
    let original = walk(&pictures).into_iter().find(|path| text(path).contains("original"));
    cut(&original.expect("a stored picture"));
    let out = place.run(&["verify"]);
    assert_eq!(out.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&out.stderr).contains("missing or cut short"), "{out:?}");
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

fn cut(path: &Path) {
    let bytes = fs::read(path).unwrap();
    fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
}

fn flip(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}
