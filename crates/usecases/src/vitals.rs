//! Long-lived tasks: watched, started anew when they die, and known to whoever asks how they are.
//!
//! Invariant: a panic ends one piece of work. A piece that is asked for ([`contain`]) fails; a task
//! ([`Vitals::supervise`]) is started again, a little later each time.

use std::{
    any::Any,
    collections::BTreeMap,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::FutureExt;
use safelight_domain::SignedDuration;
use safelight_ports::{Clock, Fault};

/// The pause before a task that died is started again, at first.
const PAUSE: Duration = Duration::from_millis(100);
/// The longest such pause.
const LONGEST: Duration = Duration::from_mins(1);
/// A task that ran for this long has recovered: its next pause is short again.
const RECOVERED: SignedDuration = SignedDuration::from_mins(1);

/// How the long-lived tasks of a studio are. Clones look at the same tasks.
#[derive(Clone)]
pub struct Vitals {
    clock: Arc<dyn Clock>,
    tasks: Arc<Mutex<BTreeMap<&'static str, Task>>>,
}

struct Task {
    runs: bool,
    restarts: u64,
    /// When it last said that it lives, by the steady clock.
    beat: SignedDuration,
    /// How long it may be silent; none when it has nothing to say while nothing happens.
    silence: Option<SignedDuration>,
}

/// How one task is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulse {
    /// The task.
    pub name: &'static str,
    /// Whether it runs, and was heard of lately if it should be.
    pub well: bool,
    /// How often it had to be started again.
    pub restarts: u64,
    /// How long ago it was heard of.
    pub silent: SignedDuration,
}

impl Vitals {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, tasks: Arc::default() }
    }

    /// Runs `task` until it ends well. Whenever it panics or fails, it is started again after a
    /// pause that grows. `silence` is how long it may go without a [`Vitals::beat`].
    pub async fn supervise<W>(
        &self,
        name: &'static str,
        silence: Option<SignedDuration>,
        mut task: impl FnMut() -> W,
    ) where
        W: Future<Output = Result<(), Fault>>,
    {
        let _ended = Watched { vitals: self, name };
        let mut pause = PAUSE;
        loop {
            let began = self.begins(name, silence);
            // Made inside, so that what panics while it is made is caught as well.
            let run = async { task().await };
            let why = match AssertUnwindSafe(run).catch_unwind().await {
                Ok(Ok(())) => return,
                Ok(Err(fault)) => safelight_ports::chain(&fault),
                Err(payload) => format!("panicked: {}", told(payload.as_ref())),
            };
            self.stopped(name);
            tracing::error!(task = name, why, "a task died; it is started again");
            if self.steady().saturating_sub(began) >= RECOVERED {
                pause = PAUSE;
            }
            tokio::time::sleep(pause).await;
            pause = pause.saturating_mul(2).min(LONGEST);
        }
    }

    /// A task says that it lives.
    pub(crate) fn beat(&self, name: &'static str) {
        let now = self.steady();
        if let Some(task) = self.tasks().get_mut(name) {
            task.beat = now;
        }
    }

    /// How every task is that was started.
    pub fn pulses(&self) -> Vec<Pulse> {
        let now = self.steady();
        let pulse = |(name, task): (&&'static str, &Task)| {
            let silent = now.saturating_sub(task.beat);
            let heard = task.silence.is_none_or(|most| silent <= most);
            Pulse { name, well: task.runs && heard, restarts: task.restarts, silent }
        };
        self.tasks().iter().map(pulse).collect()
    }

    fn begins(&self, name: &'static str, silence: Option<SignedDuration>) -> SignedDuration {
        let beat = self.steady();
        let mut tasks = self.tasks();
        let restarts = tasks.get(name).map_or(0, |task| task.restarts);
        tasks.insert(name, Task { runs: true, restarts, beat, silence });
        beat
    }

    fn stopped(&self, name: &'static str) {
        if let Some(task) = self.tasks().get_mut(name) {
            task.runs = false;
            task.restarts += 1;
        }
    }

    fn steady(&self) -> SignedDuration {
        self.clock.reading().steady
    }

    fn tasks(&self) -> MutexGuard<'_, BTreeMap<&'static str, Task>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A task that is over is nobody's concern any more.
struct Watched<'a> {
    vitals: &'a Vitals,
    name: &'static str,
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        self.vitals.tasks().remove(self.name);
    }
}

/// A piece of work panicked; the log says so.
#[derive(Debug, thiserror::Error)]
#[error("{0} panicked")]
pub(crate) struct Panicked(&'static str);

impl From<Panicked> for Fault {
    fn from(panicked: Panicked) -> Self {
        Self::lasting("studio", panicked)
    }
}

/// Does a piece of work that may panic without disturbing anybody else.
pub(crate) async fn contain<T>(
    what: &'static str,
    work: impl Future<Output = T>,
) -> Result<T, Panicked> {
    AssertUnwindSafe(work).catch_unwind().await.map_err(|payload| {
        tracing::error!(what, panic = told(payload.as_ref()), "a piece of work panicked");
        Panicked(what)
    })
}

/// What a panic says. Words that were put together may hold what somebody wrote: only fixed ones
/// are told.
fn told(payload: &(dyn Any + Send)) -> &'static str {
    payload.downcast_ref::<&'static str>().copied().unwrap_or("(its words are not logged)")
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use safelight_testkit::ManualClock;

    use super::*;

    fn vitals() -> (Vitals, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::new());
        (Vitals::new(clock.clone()), clock)
    }

    #[tokio::test]
    async fn a_task_that_panics_or_fails_is_started_again_and_counted() {
        let (vitals, _) = vitals();
        let runs = AtomicU32::new(0);
        let task = || async {
            match runs.fetch_add(1, Ordering::SeqCst) {
                0 => panic!("on purpose"),
                1 => Err(Fault::passing("test", "on purpose")),
                _ => {
                    let pulse = &vitals.pulses()[0];
                    assert_eq!((pulse.name, pulse.well, pulse.restarts), ("task", true, 2));
                    Ok(())
                }
            }
        };
        vitals.supervise("task", None, task).await;
        assert_eq!(runs.into_inner(), 3);
        assert!(vitals.pulses().is_empty(), "what ended well is over");
    }

    #[tokio::test]
    async fn a_task_that_panics_while_it_is_made_is_started_again() {
        let (vitals, _) = vitals();
        let mut runs = 0;
        let task = || {
            runs += 1;
            assert!(runs > 1, "on purpose");
            async { Ok(()) }
        };
        vitals.supervise("task", None, task).await;
        assert_eq!(runs, 2);
    }

    #[tokio::test]
    async fn a_task_that_is_silent_for_too_long_is_not_well() {
        let (vitals, clock) = vitals();
        let task = || async {
            let well = || vitals.pulses()[0].well;
            clock.advance(SignedDuration::from_secs(30));
            assert!(well());
            clock.advance(SignedDuration::from_secs(1));
            assert!(!well());
            clock.jump(SignedDuration::from_hours(-1));
            vitals.beat("task");
            assert!(well());
            Ok(())
        };
        vitals.supervise("task", Some(SignedDuration::from_secs(30)), task).await;
    }

    #[tokio::test]
    async fn a_panic_ends_one_piece_of_work_and_its_words_are_not_told() {
        let private = "somebody's prompt".to_owned();
        let ended = contain("a piece", async { panic!("{private}") }).await;
        assert_eq!(ended.map(|()| String::new()).unwrap_err().to_string(), "a piece panicked");
        assert_eq!(contain("a piece", async { 7 }).await.unwrap(), 7);
    }
}
