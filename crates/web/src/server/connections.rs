//! All open connections, what each is waiting for, and who must go when there is no room.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering},
    },
    time::Duration,
};

use futures_util::task::AtomicWaker;
use tokio::{sync::Notify, time::Instant};

use super::head::Unreadable;

/// A client that keeps an unfinished body or answer waiting for so long may be cut when there is no
/// room for others. Before that it may only be slow.
const PATIENCE: Duration = Duration::from_secs(5);

/// Connections beyond the usual number, an eighth of all and no more than this: so that health and
/// webhooks are answered when everybody else's connections are busy.
const SPARE: usize = 64;

/// So long a connection without a request is given time: the request is on its way.
const YOUNG: Duration = Duration::from_millis(50);

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// A request is being answered: the client waits for us.
    Answering,
    /// Nothing is under way, or no head is whole yet: nobody has been promised anything.
    Quiet,
    /// We wait for the rest of a body, or until some of an answer is read.
    Stalled,
}

impl Phase {
    const ALL: [Self; 3] = [Self::Answering, Self::Quiet, Self::Stalled];
}

/// One open connection, shared by its socket, its answers and the register.
#[derive(Debug)]
pub struct Connection {
    began: Instant,
    /// Whether it was taken when there was no room: for health and webhooks alone, and for one
    /// request.
    pub spare: bool,
    phase: AtomicU8,
    /// When that phase began, in microseconds since `began`.
    since: AtomicU64,
    leaving: AtomicBool,
    asked: AtomicU64,
    answered: AtomicU64,
    /// When the last answer ended, in microseconds since `began`.
    ended: AtomicU64,
    /// Woken when an answer has ended.
    pub ended_wakes: AtomicWaker,
    /// Told when the connection must go.
    pub leave: Notify,
    /// Why a head was refused, once one was. Nothing is read after it.
    pub unreadable: OnceLock<Unreadable>,
}

impl Connection {
    /// Notes what it is doing, and since when.
    pub fn is(&self, phase: Phase, since: Instant) {
        self.since.store(self.micros(since), Ordering::Relaxed);
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    /// Notes that something came, and so many whole heads with it.
    pub fn asked(&self, requests: u64) {
        self.asked.fetch_add(requests, Ordering::Relaxed);
        self.moves_on();
    }

    /// Notes that the client sent or took something.
    pub fn moves_on(&self) {
        self.is(if self.owes() { Phase::Answering } else { Phase::Quiet }, Instant::now());
    }

    /// Notes that an answer was handed out to its last byte, or given up.
    pub fn answered(&self) {
        let now = Instant::now();
        self.ended.store(self.micros(now), Ordering::Relaxed);
        self.answered.fetch_add(1, Ordering::Relaxed);
        if !self.owes() {
            self.is(Phase::Quiet, now);
        }
        self.ended_wakes.wake();
    }

    /// Whether any request is still to be answered.
    pub fn owes(&self) -> bool {
        self.answered.load(Ordering::Relaxed) < self.asked.load(Ordering::Relaxed)
    }

    /// When the last answer ended; when the connection began, before there was one.
    pub fn answered_last(&self) -> Instant {
        self.began + Duration::from_micros(self.ended.load(Ordering::Relaxed))
    }

    fn micros(&self, at: Instant) -> u64 {
        let micros = at.saturating_duration_since(self.began).as_micros();
        u64::try_from(micros).unwrap_or(u64::MAX)
    }

    /// Whether it may be closed now that it was told to leave. A request that came meanwhile is
    /// answered first.
    pub fn leaves(&self) -> bool {
        if self.owes() {
            self.leaving.store(false, Ordering::Relaxed);
            return false;
        }
        true
    }

    /// Since when it has been of no use to anybody; none while it is.
    fn idle_since(&self, now: Instant) -> Option<Instant> {
        let phase = usize::from(self.phase.load(Ordering::Relaxed));
        let since = self.began + Duration::from_micros(self.since.load(Ordering::Relaxed));
        if self.leaving.load(Ordering::Relaxed) {
            return None;
        }
        match Phase::ALL[phase.min(2)] {
            Phase::Answering => None,
            Phase::Quiet => Some(since).filter(|since| now.duration_since(*since) >= YOUNG),
            Phase::Stalled => Some(since).filter(|since| now.duration_since(*since) >= PATIENCE),
        }
    }
}

/// The register of open connections.
#[derive(Debug)]
pub struct Connections {
    /// As many as there may be at all.
    most: usize,
    /// Of these, as many as everybody may take.
    usual: usize,
    open: Mutex<HashMap<u64, Arc<Connection>>>,
    /// Told when one has gone.
    gone: Notify,
}

/// A place in the register, given back when dropped.
#[derive(Debug)]
pub struct Open {
    id: u64,
    register: Arc<Connections>,
    /// The connection.
    pub connection: Arc<Connection>,
}

impl Connections {
    /// Room for `most`, some of them spare.
    pub fn new(most: usize) -> Arc<Self> {
        let usual = most - (most / 8).min(SPARE);
        Arc::new(Self { most, usual, open: Mutex::default(), gone: Notify::new() })
    }

    /// Takes a place; none when all are taken but the spare ones. `id` must be new.
    pub fn open(self: &Arc<Self>, id: u64, now: Instant) -> Option<Open> {
        self.open_among(self.usual, id, now)
    }

    fn open_among(self: &Arc<Self>, most: usize, id: u64, now: Instant) -> Option<Open> {
        let mut open = self.all();
        if open.len() >= most {
            return None;
        }
        let connection = Arc::new(Connection {
            began: now,
            spare: most > self.usual,
            phase: AtomicU8::new(Phase::Quiet as u8),
            since: AtomicU64::new(0),
            leaving: AtomicBool::new(false),
            asked: AtomicU64::new(0),
            answered: AtomicU64::new(0),
            ended: AtomicU64::new(0),
            ended_wakes: AtomicWaker::new(),
            leave: Notify::new(),
            unreadable: OnceLock::new(),
        });
        open.insert(id, Arc::clone(&connection));
        Some(Open { id, register: Arc::clone(self), connection })
    }

    /// Takes a place, making some leave who are of no use to anybody. When everybody's request is
    /// being answered it is a spare one; none when those are taken too.
    pub async fn make_room(self: &Arc<Self>, id: u64) -> Option<Open> {
        /// Who must leave does so in microseconds; a busy machine may take longer.
        const MOMENT: Duration = Duration::from_millis(100);
        let gone = self.gone.notified();
        if self.shed(Instant::now()) == 0 && self.any_quiet() {
            tokio::time::sleep(YOUNG).await;
            self.shed(Instant::now());
        }
        let now = Instant::now();
        if let Some(open) = self.open(id, now) {
            return Some(open);
        }
        if self.any_leaving() {
            // One has gone, or the moment is over: either way the register is asked once more.
            let _ = tokio::time::timeout(MOMENT, gone).await;
        }
        self.open(id, now).or_else(|| self.open_among(self.most, id, now))
    }

    /// Tells those who have been idle for longest to leave, a sixteenth of all at once so that a
    /// flood does not look through all of them for each of its connections. Answers how many.
    pub fn shed(&self, now: Instant) -> usize {
        let open = self.all();
        let idle = open.values().filter_map(|one| Some((one.idle_since(now)?, one)));
        let mut idle: Vec<_> = idle.collect();
        let some = idle.len().min(self.most.div_ceil(16));
        if some > 0 && some < idle.len() {
            idle.select_nth_unstable_by_key(some - 1, |(since, _)| *since);
        }
        for (_, one) in &idle[..some] {
            one.leaving.store(true, Ordering::Relaxed);
            one.leave.notify_one();
        }
        some
    }

    fn any_quiet(&self) -> bool {
        let quiet = Phase::Quiet as u8;
        self.all().values().any(|one| one.phase.load(Ordering::Relaxed) == quiet)
    }

    fn any_leaving(&self) -> bool {
        self.all().values().any(|one| one.leaving.load(Ordering::Relaxed))
    }

    fn all(&self) -> MutexGuard<'_, HashMap<u64, Arc<Connection>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.register.all().remove(&self.id);
        self.register.gone.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_been_idle_for_longest_goes_first_and_who_is_answered_never() {
        let now = Instant::now();
        let register = Connections::new(36);
        let all: Vec<_> = (0..32).map(|id| register.open(id, now).unwrap()).collect();
        assert!(register.open(99, now).is_none(), "there is no room but for health");
        let later = now + PATIENCE * 2;
        for (n, open) in (0..).zip(&all) {
            let phase = if n < 28 { Phase::Answering } else { Phase::Quiet };
            open.connection.is(phase, now + Duration::from_millis(400 - 10 * n));
        }
        all[3].connection.is(Phase::Stalled, later - Duration::from_secs(1));
        let left = |n: usize| all[n].connection.leaving.load(Ordering::Relaxed);
        assert_eq!(register.shed(later), 3, "a sixteenth");
        assert!(left(31) && left(30) && left(29) && !left(28));
        assert_eq!((register.shed(later), register.shed(later)), (1, 0), "nobody twice");
        assert!(!left(3), "who is slow for a second is only slow");
        all[3].connection.is(Phase::Stalled, now);
        assert_eq!(register.shed(later), 1);
        drop(all);
        assert!(register.all().is_empty());
    }

    #[tokio::test]
    async fn the_last_places_are_spare() {
        let register = Connections::new(8);
        let now = Instant::now();
        let all: Vec<_> = (0..7).map(|id| register.open(id, now).unwrap()).collect();
        for open in &all {
            open.connection.is(Phase::Answering, now);
        }
        let last = register.make_room(8).await.unwrap();
        last.connection.is(Phase::Answering, now);
        assert!(last.connection.spare && all.iter().all(|open| !open.connection.spare));
        assert!(register.make_room(9).await.is_none());
    }

    #[tokio::test]
    async fn room_is_made_where_somebody_is_idle() {
        let register = Connections::new(1);
        let first = register.open(1, Instant::now()).unwrap();
        first.connection.is(Phase::Answering, Instant::now());
        assert!(register.make_room(2).await.is_none());
        first.connection.is(Phase::Quiet, Instant::now());
        let connection = Arc::clone(&first.connection);
        let goes = async move {
            connection.leave.notified().await;
            drop(first);
        };
        let (second, ()) = tokio::join!(register.make_room(2), goes);
        let second = second.unwrap();
        let second = &second.connection;
        second.asked(1);
        assert!(!second.leaves(), "a request that came meanwhile is answered first");
        second.answered();
        assert!(second.leaves());
    }
}
