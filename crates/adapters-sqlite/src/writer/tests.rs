//! What a batch does when one of its members, or the disk, says no.

use std::{
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use safelight_domain::{
    AccountChange, AccountId, ActionName, Actor, Change, ChargeId, Count, Folder, FolderChange,
    FolderId, FolderName, Generation, GenerationChange, GenerationId, LedgerChange, ModelSlug,
    Order, Prompt, RenderId, Request, Role, Seed, SignedDuration, Size,
};
use safelight_ports::Ids;
use safelight_testkit::{ManualClock, SeqIds, people::ada};
use tempfile::TempDir;

use super::*;
use crate::{
    connect::{self, Durability},
    migrate,
};

/// A writer's desk without its thread, so that a test decides what makes a batch.
struct Bench {
    desk: Desk,
    ids: SeqIds,
    ada: AccountId,
    folder: TempDir,
}

impl Bench {
    /// Ada has joined; `sabotage` is added to the schema.
    fn new(sabotage: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = open(folder.path());
        migrate::migrate(&mut connection, 0).unwrap();
        connection.execute_batch(sabotage).unwrap();
        let desk = Desk {
            watch: Watch::start(Arc::new(ManualClock::new()), &connection).unwrap(),
            connection,
            bell: Bell::default(),
            stop: || unreachable!("no I/O error was met"),
            stats: Stats::default(),
        };
        let mut bench = Self { desk, ids: SeqIds::new(), ada: ada().account.id, folder };
        bench.settle([ada().joining()])[0].as_ref().unwrap();
        bench.desk.stats = Stats::default();
        bench
    }

    fn settle<const N: usize>(&mut self, batch: [Changes; N]) -> [Answer; N] {
        self.settle_asks(batch.map(|changes| Ask::Commit(Box::new(changes))))
    }

    fn settle_asks<const N: usize>(&mut self, batch: [Ask; N]) -> [Answer; N] {
        let mut answered = Vec::new();
        let members = batch.map(|ask| {
            let (answer, receiver) = oneshot::channel();
            answered.push(receiver);
            Member { ask, answer }
        });
        self.desk.settle(members.into());
        let mut answered = answered.into_iter();
        std::array::from_fn(|_| answered.next().unwrap().try_recv().expect("everybody is answered"))
    }

    fn change(&self, change: Change) -> Changes {
        Changes::of(self.ada, vec![change])
    }

    fn spend(&self, price: u32) -> Changes {
        let price = Credits::new(price).unwrap();
        let (id, action) = (ChargeId(self.ids.next()), ActionName::image());
        self.change(Change::Ledger(LedgerChange::Charge {
            id,
            action,
            price,
            actor: Actor::system(),
        }))
    }

    fn folder(&self, name: &str) -> Changes {
        self.change(Change::Folder(FolderChange::Create(Folder {
            id: FolderId(self.ids.next()),
            account_id: self.ada,
            parent_id: None,
            name: FolderName::parse(name).unwrap(),
            created_at: ManualClock::START,
        })))
    }

    /// A request that needs more pages than a full disk has.
    fn long_request(&self) -> Changes {
        let order = Order {
            prompt: Prompt::parse(&"long ".repeat(800)).unwrap(),
            negative: None,
            model: ModelSlug("m".into()),
            size: Size::Square,
            seed: Seed(1),
        };
        let generation = Generation {
            id: GenerationId(self.ids.next()),
            account_id: self.ada,
            order,
            count: Count::ONE,
            folder_id: None,
            remix_of: None,
            created_at: ManualClock::START,
        };
        let ids = vec![(RenderId(self.ids.next()), ChargeId(self.ids.next()))];
        let deadline = ManualClock::START + SignedDuration::from_hours(1);
        let (each, actor) = (Credits::ONE, Actor::system());
        self.change(Change::Generation(GenerationChange::Request(Request {
            generation,
            ids,
            each,
            deadline,
            actor,
        })))
    }

    fn count(&self, table: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM {table}");
        self.desk.connection.query_row(&sql, [], |row| row.get(0)).unwrap()
    }

    fn batches(&self) -> (u64, u64) {
        (self.desk.stats.batches, self.desk.stats.members)
    }
}

fn open(folder: &Path) -> Connection {
    connect::writer(Some(&folder.join("studio.db")), Durability::Off).unwrap()
}

/// `ok`, `no` for a refusal, `again` for a fault that may pass, `broken` for one that will not.
fn told<const N: usize>(answers: &[Answer; N]) -> [&'static str; N] {
    std::array::from_fn(|n| match &answers[n] {
        Ok(_) => "ok",
        Err(CommitError::Refused(_)) => "no",
        Err(CommitError::Fault(fault)) if fault.retryable => "again",
        Err(CommitError::Fault(_)) => "broken",
    })
}

#[test]
fn a_refused_member_writes_nothing_and_disturbs_nobody() {
    let mut bench = Bench::new("");
    let batch = [bench.spend(1), bench.spend(100), bench.spend(2)];
    let answers = bench.settle(batch);
    assert_eq!(told(&answers), ["ok", "no", "ok"]);
    let Ok(Done::Committed(last)) = &answers[2] else { panic!("the last one was committed") };
    assert_eq!(last.balance.get(), 7, "each sees what those before it did");
    assert_eq!((bench.count("charge"), bench.batches()), (2, (1, 3)));
}

/// The first spends what the second wants as well: both are judged in one transaction.
#[test]
fn a_batch_cannot_spend_a_credit_twice() {
    let mut bench = Bench::new("");
    let batch = [bench.spend(7), bench.spend(7)];
    assert_eq!(told(&bench.settle(batch)), ["ok", "no"]);
}

#[test]
fn only_the_culprit_hears_of_a_fault() {
    let at_commit = "CREATE TABLE nobody(id INTEGER PRIMARY KEY);
        CREATE TABLE claim(id INTEGER REFERENCES nobody(id) DEFERRABLE INITIALLY DEFERRED);
        CREATE TRIGGER sabotage AFTER INSERT ON folder WHEN NEW.name = 'bad' BEGIN INSERT INTO claim VALUES(1); END";
    let raise = |how: &str| {
        format!(
            "CREATE TRIGGER sabotage AFTER INSERT ON folder WHEN NEW.name = 'bad' BEGIN SELECT RAISE({how}, 'no'); END"
        )
    };
    for sabotage in [at_commit.to_owned(), raise("ABORT"), raise("FAIL"), raise("ROLLBACK")] {
        let mut bench = Bench::new(&sabotage);
        let batch = [bench.folder("one"), bench.spend(1), bench.folder("bad"), bench.folder("two")];
        assert_eq!(told(&bench.settle(batch)), ["ok", "ok", "broken", "ok"], "{sabotage}");
        assert_eq!((bench.count("folder"), bench.count("charge")), (2, 1), "{sabotage}");
        // A member is whole or not there: this one's charge goes with its folder.
        let (spend, folder) = (bench.spend(1), bench.folder("bad"));
        let both = Changes::of(bench.ada, [spend.owned(), folder.owned()].concat());
        let batch = [both, bench.folder("three")];
        assert_eq!(told(&bench.settle(batch)), ["broken", "ok"], "{sabotage}");
        assert_eq!((bench.count("folder"), bench.count("charge")), (3, 1), "{sabotage}");
    }
}

#[test]
fn a_decision_that_panics_ends_its_own_member_only() {
    let mut bench = Bench::new("");
    let spend = |bench: &Bench| Ask::Commit(Box::new(bench.spend(1)));
    let batch = [spend(&bench), Ask::Panic, spend(&bench)];
    assert_eq!(told(&bench.settle_asks(batch)), ["ok", "broken", "ok"]);
    assert_eq!(bench.count("charge"), 2);
}

#[test]
fn a_full_disk_stops_who_needs_room_and_passes() {
    let mut bench = Bench::new("");
    let pages: i64 =
        bench.desk.connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    let limit = |bench: &Bench, pages: i64| {
        bench.desk.connection.pragma_update(None, "max_page_count", pages).unwrap();
    };
    limit(&bench, pages);
    let fits = |bench: &Bench| bench.change(Change::Account(AccountChange::SetRole(Role::Admin)));
    let batch = [fits(&bench), bench.long_request(), fits(&bench)];
    let answers = bench.settle(batch);
    assert_eq!(told(&answers), ["ok", "again", "ok"]);
    for table in ["generation", "render", "charge"] {
        assert_eq!(bench.count(table), 0, "{table} is not half-written");
    }
    limit(&bench, pages + 1_000);
    let batch = [bench.long_request(), bench.spend(1)];
    assert_eq!(told(&bench.settle(batch)), ["ok", "ok"]);
    assert_eq!(bench.count("render"), 1);
}

#[test]
fn who_cannot_begin_is_told_at_once() {
    let mut bench = Bench::new("");
    bench.desk.connection.busy_timeout(Duration::from_millis(20)).unwrap();
    let other = open(bench.folder.path());
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let batch = [bench.spend(1), bench.spend(1), bench.spend(1)];
    assert_eq!(told(&bench.settle(batch)), ["again", "again", "again"]);
    assert_eq!((bench.count("charge"), bench.batches()), (0, (0, 0)));
    other.execute_batch("ROLLBACK").unwrap();
    let batch = [bench.spend(1), bench.spend(1)];
    assert_eq!(told(&bench.settle(batch)), ["ok", "ok"]);
}

/// Starts the thread and lets everybody ask while another process holds the lock.
async fn asked_at_once(
    bench: Bench,
    asks: Vec<Changes>,
) -> (Vec<Result<(), CommitError>>, Stats, TempDir) {
    let Bench { desk, folder, .. } = bench;
    let other = open(folder.path());
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let writer =
        Writer::start(desk.connection, Arc::new(ManualClock::new()), desk.bell.clone(), desk.stop)
            .unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let callers: Vec<_> = asks
        .into_iter()
        .map(|changes| {
            let (writer, asked) = (writer.clone(), Arc::clone(&asked));
            tokio::spawn(async move {
                asked.fetch_add(1, Ordering::SeqCst);
                writer.ask(Ask::Commit(Box::new(changes))).await.map(drop)
            })
        })
        .collect();
    while asked.load(Ordering::SeqCst) < callers.len() {
        tokio::task::yield_now().await;
    }
    other.execute_batch("ROLLBACK").unwrap();
    let mut answers = Vec::new();
    for caller in callers {
        answers.push(caller.await.unwrap());
    }
    (answers, desk.bell.stats(), folder)
}

/// While one commit is held up, everybody who comes is taken into the next one.
#[tokio::test]
async fn those_who_wait_are_committed_together() {
    let bench = Bench::new("");
    let asks: Vec<_> = (0..64).map(|_| bench.spend(0)).collect();
    let (answers, Stats { batches, members }, _folder) = asked_at_once(bench, asks).await;
    assert!(answers.iter().all(Result::is_ok));
    // One that was held up, and one for all the others.
    assert!(members == 64 && batches <= 2, "{members} in {batches}");
}

#[tokio::test]
async fn who_comes_when_too_many_wait_is_told_to_come_later() {
    let bench = Bench::new("");
    // The queue, and one batch in the writer's hands; and one more.
    let asks =
        vec![bench.change(Change::Account(AccountChange::SetRole(Role::Admin))); QUEUE + BATCH + 1];
    let (answers, ..) = asked_at_once(bench, asks).await;
    let away = |answer: &&Result<(), CommitError>| matches!(answer, Err(CommitError::Fault(fault)) if fault.retryable);
    let turned_away = answers.iter().filter(away).count();
    assert!((1..=BATCH + 1).contains(&turned_away), "{turned_away}");
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count() + turned_away, answers.len());
}

/// Stands until the thread that looks at it is to die.
struct DyingClock;

impl Clock for DyingClock {
    fn now(&self) -> Timestamp {
        // The writer reads it once when it starts.
        match READ.fetch_add(1, Ordering::SeqCst) {
            0 => ManualClock::START,
            _ => panic!("on purpose"),
        }
    }
}

static READ: AtomicUsize = AtomicUsize::new(0);
static STOPPED: AtomicUsize = AtomicUsize::new(0);

#[tokio::test]
async fn a_writer_that_panics_ends_the_process() {
    let bench = Bench::new("");
    let stop: fn() -> ! = || {
        STOPPED.fetch_add(1, Ordering::SeqCst);
        // The process is gone; this thread has to stand for it.
        panic!("the process ends");
    };
    let (connection, bell) = (bench.desk.connection, bench.desk.bell);
    let writer = Writer::start(connection, Arc::new(DyingClock), bell, stop).unwrap();
    let answer = writer.ask(Ask::Commit(Box::new(ada().joining()))).await;
    assert!(matches!(answer, Err(CommitError::Fault(_))), "nobody is told that it was done");
    while STOPPED.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
}
