//! Two processes on one file: the command line beside the server.

#[path = "common/room.rs"]
mod room;

use std::{
    collections::BTreeSet,
    env,
    path::PathBuf,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use room::Room;
use safelight_adapters_sqlite::{Options, Sqlite};
use safelight_domain::{AccountId, NEVER, Uuid};
use safelight_ports::{Ids, Page};
use safelight_testkit::{
    Darkroom, ManualClock,
    people::{ada, grace},
};

const PATH: &str = "SAFELIGHT_TEST_PATH";
const SPENDS: usize = 150;

/// Ids that no other process of this test makes.
struct OwnIds(u64, AtomicU64);

impl Ids for OwnIds {
    fn next(&self) -> Uuid {
        Uuid::from_u64_pair(self.0, self.1.fetch_add(1, Ordering::Relaxed))
    }
}

/// Spends one credit so many times, and tells which charges were acknowledged.
async fn spend(room: &Darkroom, of: AccountId) -> Vec<Uuid> {
    let mut acknowledged = Vec::new();
    while acknowledged.len() < SPENDS {
        let (id, spend) = room.charge(1);
        room.commit(of, vec![spend]).await.unwrap();
        acknowledged.push(id.0);
    }
    acknowledged
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_write_and_nothing_is_lost() {
    let before = Room::new();
    let (ada, grace) = (before.join(&ada()).await, before.join(&grace()).await);
    before.commit(ada, vec![before.gift(1_000, NEVER)]).await.unwrap();
    // A feed tells what comes after it was opened: nothing of the above.
    let room = Room::open(Arc::clone(&before.folder));
    drop(before);
    let feed = room.sqlite.feed().unwrap();

    let child = Command::new(env::current_exe().unwrap())
        .args(["the_child", "--exact", "--ignored", "--nocapture"])
        .env(PATH, room.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // Only the child touches Grace's account: hearing of her is hearing of the child.
    let heard = async { while feed.changed().await.unwrap() != grace {} };
    tokio::time::timeout(Duration::from_mins(1), heard).await.expect("the child is heard of");
    let mut acknowledged: BTreeSet<_> = spend(&room, ada).await.into_iter().collect();

    let output = tokio::task::spawn_blocking(|| child.wait_with_output()).await.unwrap().unwrap();
    assert!(output.status.success());
    let told = String::from_utf8(output.stdout).unwrap();
    let told = told.lines().filter_map(|line| line.strip_prefix("spent "));
    acknowledged.extend(told.map(|id| id.parse::<Uuid>().unwrap()));
    assert_eq!(acknowledged.len(), 2 * SPENDS);

    let lines = room.reads.lines(ada, Page { after: None, limit: 5_000 }).await.unwrap().items;
    let charged: BTreeSet<_> = lines.iter().filter_map(|line| Some(line.charge?.0)).collect();
    assert_eq!(charged, acknowledged);
    assert!(lines.iter().rev().zip(1..).all(|(line, seq)| line.seq == seq), "no gaps");
    assert_eq!(room.balance(ada).await, 1_010 - 300);
    assert_eq!(room.audit().await, []);
}

#[tokio::test]
#[ignore = "run by the test above, as a process of its own"]
async fn the_child() {
    let path = PathBuf::from(env::var(PATH).unwrap());
    let clock = Arc::new(ManualClock::new());
    let sqlite = Sqlite::open(&path, clock.clone(), &Options::default()).unwrap();
    let (store, reads) = (Arc::new(sqlite.clone()), Arc::new(sqlite.clone()));
    let watch = Arc::new(sqlite);
    let ids = Arc::new(OwnIds(1, AtomicU64::new(1)));
    let room = Darkroom { store, reads, watch, clock, ids };
    let (_, first) = room.charge(1);
    room.commit(grace().account.id, vec![first]).await.unwrap();
    for id in spend(&room, ada().account.id).await {
        println!("spent {id}");
    }
}
