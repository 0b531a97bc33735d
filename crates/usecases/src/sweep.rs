//! Rounds over many rows, in which one bad row stops nothing.
//!
//! Invariant: what fails is logged and counted, the round goes on, and the row is tried again with
//! growing pauses. Rows that failed are asked for on top of a round's share, so that any number of
//! them at the head of a list never keeps a round from what stands behind them.

use std::{
    collections::HashMap,
    fmt::Display,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use safelight_domain::{Refusal, SignedDuration, Timestamp};
use safelight_ports::{Fault, chain};

use crate::{Error, vitals::contain};

/// The pause after a second failure; it doubles with each further one.
const PAUSE: SignedDuration = SignedDuration::from_mins(1);
/// The longest pause.
const PAUSE_MAX: SignedDuration = SignedDuration::from_hours(6);
/// When so many rows fail one after the other, it is not the rows: the round ends.
const IN_A_ROW: usize = 50;
/// The most failures that are remembered: far beyond any list that a person still looks at.
const REMEMBERED: usize = 20_000;

/// How a round went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Tally {
    /// Rows that were done.
    pub done: usize,
    /// Rows that failed in this round.
    pub failed: usize,
    /// Rows that failed before and are not due yet.
    pub waiting: usize,
    /// Whether the round ended early, because everything failed.
    pub cut_short: bool,
}

/// A sweep and its memory of what failed. Clones share it.
#[derive(Clone)]
pub(crate) struct Sweep<K> {
    what: &'static str,
    failing: Arc<Mutex<HashMap<K, Failing>>>,
}

#[derive(Clone, Copy)]
struct Failing {
    times: u32,
    at: Timestamp,
    again_at: Timestamp,
}

impl<K: Clone + Eq + Hash + Display> Sweep<K> {
    /// A sweep that did nothing yet; `what` names a row in the log.
    pub fn new(what: &'static str) -> Self {
        Self { what, failing: Arc::default() }
    }

    fn failing(&self) -> MutexGuard<'_, HashMap<K, Failing>> {
        self.failing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many rows to ask for, when a round is to do `share` that did not fail before.
    pub fn limit(&self, share: u16) -> u16 {
        share.saturating_add(u16::try_from(self.failing().len()).unwrap_or(u16::MAX))
    }

    /// Acts on each row, known by its key, whatever becomes of the others.
    pub async fn each<T, F>(&self, rows: Vec<(K, T)>, now: Timestamp, act: impl Fn(T) -> F) -> Tally
    where
        F: Future<Output = Result<(), Error>>,
    {
        let mut tally = Tally::default();
        let mut in_a_row = 0;
        for (key, row) in rows {
            if !self.is_due(&key, now) {
                tally.waiting += 1;
                continue;
            }
            let acted = contain(self.what, act(row)).await;
            match acted.unwrap_or_else(|panicked| Err(Fault::from(panicked).into())) {
                // A stale row was done by somebody else meanwhile.
                Ok(()) | Err(Error::Refused(Refusal::Stale)) => {
                    self.failing().remove(&key);
                    tally.done += 1;
                    in_a_row = 0;
                }
                Err(error) => {
                    let (times, again_at) = self.note(&key, now);
                    let (what, error) = (self.what, chain(&error));
                    tracing::warn!(what, %key, error, times, %again_at, "a row failed; the round goes on");
                    tally.failed += 1;
                    in_a_row += 1;
                }
            }
            if in_a_row >= IN_A_ROW {
                tracing::error!(
                    what = self.what,
                    in_a_row,
                    "everything fails; again in the next round"
                );
                tally.cut_short = true;
                break;
            }
        }
        tally
    }

    fn is_due(&self, key: &K, now: Timestamp) -> bool {
        // A clock that went back makes due what it cannot judge.
        self.failing().get(key).is_none_or(|row| row.again_at <= now || now < row.at)
    }

    fn note(&self, key: &K, now: Timestamp) -> (u32, Timestamp) {
        let mut failing = self.failing();
        if failing.len() >= REMEMBERED && !failing.contains_key(key) {
            failing.clear();
        }
        let times = failing.get(key).map_or(0, |row| row.times).saturating_add(1);
        // The first time it is due in the next round, as most failures pass.
        let pause = match times {
            1 => SignedDuration::ZERO,
            more => PAUSE * (1_i32 << (more - 2).min(12)),
        };
        let again_at = now.saturating_add(pause.min(PAUSE_MAX)).unwrap_or(now);
        failing.insert(key.clone(), Failing { times, at: now, again_at });
        (times, again_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    fn rows(upto: u32) -> Vec<(u32, u32)> {
        (0..upto).map(|n| (n, n)).collect()
    }

    /// Rows below `bad` fail.
    fn act(n: u32, bad: u32) -> std::future::Ready<Result<(), Error>> {
        std::future::ready(if n < bad { Err(Error::Refused(Refusal::Blocked)) } else { Ok(()) })
    }

    #[tokio::test]
    async fn one_bad_row_never_stops_a_sweep_and_waits_longer_each_time() {
        let sweep = Sweep::new("a number");
        let round = async |minutes| sweep.each(rows(3), at(minutes), |n| act(n, 1)).await;
        let tally = round(0).await;
        assert_eq!((tally.done, tally.failed, tally.waiting), (2, 1, 0));
        assert_eq!(sweep.limit(500), 501, "it is asked for beside the others");
        assert_eq!(round(0).await.failed, 1, "most failures pass");
        let tally = round(0).await;
        assert_eq!((tally.done, tally.waiting), (2, 1), "not due, and nobody else waits");
        assert_eq!(round(1).await.failed, 1);
        assert_eq!((round(2).await.failed, round(3).await.failed), (0, 1), "twice as long");
        assert_eq!(round(-9).await.failed, 1, "the clock went back");
    }

    #[tokio::test]
    async fn when_everything_fails_the_round_ends() {
        let sweep = Sweep::new("a number");
        let tally = sweep.each(rows(500), at(0), |n| act(n, 500)).await;
        assert_eq!((tally.failed, tally.cut_short), (IN_A_ROW, true));
        // Those that failed again wait, so the next round comes to what stands behind them.
        sweep.each(rows(500), at(0), |n| act(n, 500)).await;
        let tally = sweep.each(rows(500), at(0), |n| act(n, 50)).await;
        assert_eq!((tally.done, tally.waiting), (450, 50));
    }
}
