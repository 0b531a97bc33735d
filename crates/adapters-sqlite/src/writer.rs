//! The writer: one thread, one connection, group commit.
//!
//! Whoever waits is taken into one `BEGIN IMMEDIATE .. COMMIT`, so one sync to disk answers them
//! all. Decisions are made before the first write of their member, so a refusal needs no undoing.
//! When SQLite itself says no, nobody can say what of the batch still stands (a full disk ends the
//! whole transaction, a deferred key fails COMMIT for everybody): the batch is rolled back and its
//! members are tried again one by one, so that only the culprit hears of it. A transaction that
//! cannot begin is nobody's fault: all are told, at once. After an I/O error at COMMIT nobody knows
//! what is on disk: nobody is answered and the process stops. It stops as well when the thread
//! itself panics: a studio without its writer serves nobody, and a fresh start is what helps.

mod watch;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use rusqlite::{Connection, ErrorCode, OptionalExtension, params};
use safelight_domain::{
    BodyHash, Books, Changes, Credits, Day, Mac, Moment, Quota, Receipt, Refusal, Rule,
    SignedDuration, TOLERANCE, Timestamp, Uuid, rebased,
};
use safelight_ports::{
    Claimed, ClaimedDeliveries, Clock, CommitError, DayFigures, Dispatch, Fault,
};
use tokio::sync::oneshot;

use crate::{
    error::{Sql, fault, passes},
    feed::Bell,
    load, quota,
    reads::figures,
    record,
    rows::{foreign, id, micros},
    work,
};
use watch::Watch;
pub use watch::{Noted, noted};

/// Members of one batch, at most.
const BATCH: usize = 512;
/// How long a batch may wait to grow as large as the one before: a fraction of a sync.
const MOMENT: Duration = Duration::from_micros(200);
/// Members that may wait; the next one is told to come later.
const QUEUE: usize = 4096;

/// What can be asked of the writer.
pub enum Ask {
    /// Record changes.
    Commit(Box<Changes>),
    /// Hand out pending renders.
    Dispatch(Dispatch),
    /// Lease due renders.
    Claim { due: Timestamp, until: Timestamp, limit: u16 },
    /// Lease renders past their deadline.
    ClaimOverdue { due: Timestamp, until: Timestamp, limit: u16 },
    /// Lease due deliveries.
    ClaimDeliveries { due: Timestamp, until: Timestamp, limit: u16 },
    /// Make due what a dead driver had leased.
    TakeOver { now: Timestamp, latest: Timestamp },
    /// Forget old rows.
    Prune { feed: Timestamp, keys: Timestamp, formers: Timestamp },
    /// Note that a day is about to be counted.
    MarkDay(Day),
    /// Keep what a day came to.
    CountDay(Box<DayFigures>),
    /// Count an act.
    Take { rule: Rule, owner: Mac, now: Timestamp },
    /// A fault of ours in the middle of an ask.
    #[cfg(test)]
    Panic,
    /// Tell what is believed of the clock, and write it down or not.
    Clock { note: bool },
    /// An operator says that the clock is right.
    AcceptClock,
}

/// What came of it.
pub enum Done {
    Committed(Receipt),
    Renders(Vec<safelight_domain::Render>),
    Claimed(Claimed),
    ClaimedDeliveries(ClaimedDeliveries),
    Counted(u64),
    Taken(Quota),
    Clock(Moment),
}

pub type Answer = Result<Done, CommitError>;

struct Member {
    ask: Ask,
    answer: oneshot::Sender<Answer>,
}

/// The way to the writer thread. The thread ends when the last clone is dropped.
#[derive(Clone)]
pub struct Writer {
    queue: SyncSender<Member>,
}

impl Writer {
    /// Starts the thread. `stop` is what happens after an I/O error at COMMIT, and when the thread
    /// cannot go on.
    pub fn start(
        connection: Connection,
        clock: Arc<dyn Clock>,
        bell: Bell,
        stop: fn() -> !,
    ) -> std::io::Result<Self> {
        let (queue, asked) = sync_channel(QUEUE);
        let watch = Watch::start(clock, &connection).map_err(std::io::Error::other)?;
        let desk = Desk { connection, watch, bell, stop, stats: Stats::default() };
        let serve = move || {
            if catch_unwind(AssertUnwindSafe(|| desk.serve(&asked))).is_err() {
                tracing::error!("the writer panicked: nothing can be recorded any more; stopping");
                stop();
            }
        };
        thread::Builder::new().name("store-writer".to_owned()).spawn(serve)?;
        Ok(Self { queue })
    }

    /// Asks and waits until the answer is on disk.
    pub async fn ask(&self, ask: Ask) -> Answer {
        let (answer, answered) = oneshot::channel();
        match self.queue.try_send(Member { ask, answer }) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => {
                return Err(Fault::passing("store", "too many writes are waiting").into());
            }
            Err(TrySendError::Disconnected(_)) => return Err(gone()),
        }
        answered.await.unwrap_or_else(|_| Err(gone()))
    }
}

fn gone() -> CommitError {
    Fault::lasting("store", "the writer has stopped").into()
}

/// What the writer did, for measurements.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stats {
    /// Transactions that reached COMMIT.
    pub batches: u64,
    /// Members they answered.
    pub members: u64,
}

struct Desk {
    connection: Connection,
    watch: Watch,
    bell: Bell,
    stop: fn() -> !,
    stats: Stats,
}

/// Takes whoever waits. Those the last batch answered are often about to ask again, but were
/// just woken: without a moment for them they would split into two halves that take turns, each
/// paying a sync of its own. A lone caller is never kept waiting.
fn gather(first: Member, asked: &Receiver<Member>, last: usize) -> Vec<Member> {
    let mut batch = vec![first];
    let from = Instant::now();
    loop {
        batch.extend(asked.try_iter().take(BATCH - batch.len()));
        if batch.len() >= last || from.elapsed() >= MOMENT {
            return batch;
        }
        thread::yield_now();
    }
}

impl Desk {
    fn serve(mut self, asked: &Receiver<Member>) {
        let mut busy = 0;
        while let Ok(first) = asked.recv() {
            let batch = gather(first, asked, busy);
            busy = batch.len();
            self.settle(batch);
        }
        // Everything is in the WAL; moving it home now makes the next start quick.
        let _ = self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    /// Answers every member of a batch, together if it goes well, else one by one.
    fn settle(&mut self, batch: Vec<Member>) {
        if let Err(error) = self.connection.execute_batch("BEGIN IMMEDIATE") {
            tracing::warn!(%error, members = batch.len(), "a batch could not begin");
            for member in batch {
                let fault = Fault {
                    retryable: passes(&error),
                    ..Fault::lasting("store", error.to_string())
                };
                let _ = member.answer.send(Err(fault.into()));
            }
            return;
        }
        match self.transact(&batch) {
            Ok(answers) => {
                self.stats.batches += 1;
                self.stats.members += batch.len() as u64;
                self.bell.ring(self.stats);
                for (member, answer) in batch.into_iter().zip(answers) {
                    let _ = member.answer.send(answer);
                }
            }
            Err(error) => {
                if let Ok(lone) = <[Member; 1]>::try_from(batch).map_err(|batch| {
                    tracing::warn!(%error, members = batch.len(), "a batch is tried one by one");
                    for member in batch {
                        self.settle(vec![member]);
                    }
                }) {
                    let [member] = lone;
                    let _ = member.answer.send(Err(fault(error).into()));
                }
            }
        }
    }

    /// Runs a batch in the open transaction. After an error nothing of it stands.
    fn transact(&mut self, batch: &[Member]) -> Sql<Vec<Answer>> {
        let outcome = self.decide(batch).and_then(|answers| self.commit().map(|()| answers));
        if outcome.is_ok() && self.watch.drives {
            self.watch.stepped = SignedDuration::ZERO;
        }
        if outcome.is_err() && !self.connection.is_autocommit() {
            self.connection.execute_batch("ROLLBACK")?;
        }
        outcome
    }

    /// Decides and writes what every member asks for.
    fn decide(&mut self, batch: &[Member]) -> Sql<Vec<Answer>> {
        if batch.iter().any(|member| matches!(member.ask, Ask::Clock { .. })) {
            self.watch.heed(&self.connection)?;
        }
        let moment = self.watch.moment();
        if batch.iter().any(|member| matches!(member.ask, Ask::TakeOver { .. })) {
            // Whoever drives from now on brings everything back into its time.
            self.watch.drives = true;
            self.watch.stepped = SignedDuration::ZERO;
        }
        // What is scheduled was meant as a span of time: it moves with the clock, once, before
        // anybody looks at it.
        if self.watch.drives && !self.watch.stepped.is_zero() {
            work::shift(&self.connection, self.watch.stepped)?;
        }
        if std::mem::take(&mut self.watch.news) {
            watch::note(&self.connection, moment)?;
        }
        batch.iter().map(|member| guarded(&self.connection, &member.ask, moment)).collect()
    }

    fn commit(&self) -> Sql<()> {
        let result = self.connection.execute_batch("COMMIT");
        let io =
            |error: &rusqlite::Error| error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure);
        if let Err(error) = result.as_ref()
            && io(error)
        {
            tracing::error!(%error, "COMMIT met an I/O error: what is on disk is unknown; stopping");
            (self.stop)();
        }
        result
    }
}

/// A bug that panics is its own member's fault and must not end the writer for everybody.
fn guarded(connection: &Connection, ask: &Ask, moment: Moment) -> Sql<Answer> {
    catch_unwind(AssertUnwindSafe(|| run(connection, ask, moment))).unwrap_or_else(|_| {
        Err(rusqlite::Error::ToSqlConversionFailure("the decision panicked".into()))
    })
}

/// A caller's reading of the clock is at most this old. An older one means that the clock was set.
const RECENT: SignedDuration = SignedDuration::from_mins(1);

/// A lease as it was meant: due now, for so long.
fn lease(due: Timestamp, until: Timestamp, now: Timestamp) -> (Timestamp, Timestamp) {
    if due.duration_since(now).abs() < RECENT {
        return (due, until);
    }
    (now, rebased(until, due, now))
}

/// Does what is asked, in the open transaction.
pub fn run(connection: &Connection, ask: &Ask, moment: Moment) -> Sql<Answer> {
    let now = moment.now;
    Ok(Ok(match ask {
        Ask::Commit(changes) => return commit(connection, changes, moment),
        Ask::Dispatch(order) => {
            let (due, until) = lease(order.due, order.until, now);
            let live_since = rebased(order.live_since, order.due, due);
            let order = Dispatch { due, until, live_since, ..*order };
            Done::Renders(work::dispatch(connection, order)?)
        }
        Ask::Claim { due, until, limit } => {
            let (due, until) = lease(*due, *until, now);
            Done::Claimed(work::claim(connection, due, until, *limit)?)
        }
        Ask::ClaimOverdue { due, until, limit } => {
            let (due, until) = lease(*due, *until, now);
            Done::Renders(work::claim_overdue(connection, due, until, *limit)?)
        }
        Ask::ClaimDeliveries { due, until, limit } => {
            let (due, until) = lease(*due, *until, now);
            Done::ClaimedDeliveries(work::claim_deliveries(connection, due, until, *limit)?)
        }
        Ask::TakeOver { now: theirs, latest } => {
            let latest = rebased(*latest, *theirs, now);
            Done::Counted(work::take_over(connection, now, latest)?)
        }
        Ask::Prune { feed, keys, formers } => {
            // What is old by a clock that is doubted may be young, and whoever asks for what is
            // yet to come has read such a clock.
            let newest = *feed.max(keys).max(formers);
            let sure = moment.doubt.is_none() && newest.duration_since(now) < TOLERANCE;
            let pruned = sure.then(|| work::prune(connection, *feed, *keys, *formers));
            Done::Counted(pruned.transpose()?.unwrap_or(0))
        }
        Ask::MarkDay(day) => Done::Counted(figures::mark(connection, *day)?),
        Ask::CountDay(day) => Done::Counted(figures::keep(connection, day)?),
        #[cfg(test)]
        Ask::Panic => panic!("on purpose"),
        Ask::Take { rule, owner, now } => {
            // No window ends because a clock jumped.
            let now = moment.doubt.map_or(*now, |doubt| doubt.sure);
            Done::Taken(quota::take(connection, rule, owner, now)?)
        }
        Ask::Clock { note } => {
            if *note {
                watch::note(connection, moment)?;
            }
            Done::Clock(moment)
        }
        Ask::AcceptClock => {
            watch::accept(connection, moment)?;
            Done::Counted(1)
        }
    }))
}

fn commit(connection: &Connection, changes: &Changes, moment: Moment) -> Sql<Answer> {
    let now = moment.now;
    let account = changes.account();
    if let Some(answer) = answered_before(connection, changes)? {
        return Ok(answer.map(Done::Committed).map_err(CommitError::Refused));
    }
    let doubt = moment.doubt;
    let books = Books { doubt, ..load::books(connection, account, &changes.needs())? };
    let key = changes.key.clone();
    let (writes, receipt) = match changes.clone().decide(&books, now) {
        Ok(decided) => decided,
        Err(refusal) => return Ok(Err(CommitError::Refused(refusal))),
    };
    record::all(connection, account, &writes, now)?;
    if let (Some((key, hash)), Some(account)) = (key, account) {
        let sql = "INSERT INTO idempotency(account_id, key, body_hash, subject, balance, at) \
                   VALUES(?1, ?2, ?3, ?4, ?5, ?6)";
        connection.prepare_cached(sql)?.execute(params![
            id(account.0),
            key.as_str(),
            hash.0,
            receipt.subject.map(id),
            receipt.balance.get(),
            micros(now)
        ])?;
    }
    Ok(Ok(Done::Committed(receipt)))
}

/// The stored receipt of an earlier commit under the same key, or the refusal of another body.
fn answered_before(
    connection: &Connection,
    changes: &Changes,
) -> Sql<Option<Result<Receipt, Refusal>>> {
    let (Some((key, BodyHash(hash))), Some(account)) = (&changes.key, changes.account()) else {
        return Ok(None);
    };
    let sql = "SELECT body_hash, subject, balance FROM idempotency \
               WHERE account_id = ?1 AND key = ?2";
    let row = connection
        .prepare_cached(sql)?
        .query_row(params![id(account.0), key.as_str()], |row| {
            Ok((row.get::<_, [u8; 32]>(0)?, row.get::<_, Option<[u8; 16]>>(1)?, row.get(2)?))
        })
        .optional()?;
    let Some((stored, subject, balance)) = row else { return Ok(None) };
    if stored != *hash {
        return Ok(Some(Err(Refusal::KeyReused)));
    }
    let balance = Credits::new(balance).map_err(|_| foreign("the balance", balance))?;
    let subject = subject.map(Uuid::from_bytes);
    Ok(Some(Ok(Receipt { subject, balance, verdict: None, replayed: true })))
}

#[cfg(test)]
mod tests;
