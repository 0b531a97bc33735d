//! After an I/O error at COMMIT nobody is answered and the process stops.
//!
//! A real one: the child may not make files beyond a size, and its log reaches it. What a failing
//! sync does is decided by the same line and not shown here.
#![cfg(unix)]

#[path = "common/room.rs"]
mod room;

use std::{env, process::Command, sync::Arc};

use room::Room;
use safelight_adapters_sqlite::{Options, Sqlite};
use safelight_domain::NEVER;
use safelight_testkit::{Darkroom, ManualClock, SeqIds, people::ada};

const FOLDER: &str = "SAFELIGHT_TEST_FOLDER";
const STOPPED: i32 = 42;

#[tokio::test]
async fn nobody_is_answered_and_the_process_stops() {
    let room = Room::new();
    let ada = room.join(&ada()).await;
    room.commit(ada, vec![room.gift(100_000, NEVER)]).await.unwrap();
    // Blocks of 512 bytes; the signal would end the child before SQLite hears of the error.
    let limited = "trap '' XFSZ; ulimit -f 4096; exec \"$0\" \"$@\"";
    let child = Command::new("sh")
        .args(["-c", limited])
        .arg(env::current_exe().unwrap())
        .args(["the_child", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
        .env(FOLDER, room.folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    assert_eq!(
        child.status.code(),
        Some(STOPPED),
        "{said}\n{}",
        String::from_utf8_lossy(&child.stderr)
    );
    let answered = said.lines().filter(|line| line.ends_with("answered")).count();
    assert!(answered > 0 && !said.contains("a fault"), "{said}");

    let again = Room::open(Arc::clone(&room.folder));
    let shown = again.reads.generations(ada, safelight_ports::Page { after: None, limit: 60_000 });
    assert_eq!(shown.await.unwrap().items.len(), answered, "all that was answered, nothing else");
    assert_eq!(again.audit().await, []);
}

#[tokio::test]
#[ignore = "run by the test above, as a process of its own"]
async fn the_child() {
    let path = std::path::PathBuf::from(env::var(FOLDER).unwrap()).join("studio.db");
    let clock = Arc::new(ManualClock::new());
    let options = Options { stop: || std::process::exit(STOPPED), ..Options::default() };
    let sqlite = Sqlite::open(&path, clock.clone(), &options).unwrap();
    let (store, reads) = (Arc::new(sqlite.clone()), Arc::new(sqlite.clone()));
    let watch = Arc::new(sqlite);
    let room = Darkroom { store, reads, watch, clock, ids: Arc::new(SeqIds::new()) };
    for n in 0..10_000 {
        let (changes, _) = room.request(ada().account.id, 4, 1);
        match room.store.commit(changes).await {
            Ok(_) => println!("{n} answered"),
            Err(error) => println!("{n} was told of a fault: {error}"),
        }
    }
}
