//! A long reader delays no commit and sees what it saw; when it leaves, the log stops growing.

#[path = "common/room.rs"]
mod room;

use room::Room;
use rusqlite::Connection;
use safelight_domain::{AccountId, NEVER};
use safelight_testkit::people::ada;

fn lines(db: &Connection) -> i64 {
    db.query_row("SELECT count(*) FROM txn", [], |row| row.get(0)).unwrap()
}

async fn commits(room: &Room, of: AccountId, n: usize) {
    for _ in 0..n {
        room.ask(of, 4).await;
    }
}

#[tokio::test]
async fn a_reader_sees_its_moment_and_delays_nobody() {
    const ROUND: usize = 400;
    let room = Room::new();
    let ada = room.join(&ada()).await;
    room.commit(ada, vec![room.gift(100_000, NEVER)]).await.unwrap();
    let log = room.path().with_extension("db-wal");
    let size = || std::fs::metadata(&log).unwrap().len();

    let reader = Connection::open(room.path()).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    let seen = lines(&reader);
    commits(&room, ada, ROUND).await;
    assert_eq!(lines(&reader), seen, "its snapshot");
    let held = size();
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(lines(&reader), seen + 4 * 400, "the truth of now");

    commits(&room, ada, ROUND).await;
    commits(&room, ada, ROUND).await;
    let after = size();
    assert!(held > 16 << 20, "the round is long enough to show it: {held}");
    assert!(after < held + held / 2, "three rounds take the room of one: {held}, {after}");
    assert_eq!(room.audit().await, []);
}
