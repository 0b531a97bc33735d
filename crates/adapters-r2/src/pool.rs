//! Threads for calls that block, apart from those that read the database for pages.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver, Sender},
    },
    thread,
};

use tokio::sync::{Semaphore, oneshot};

type Job = Box<dyn FnOnce() + Send>;

/// A few threads. Who finds none free waits in line as a future, first come first served; so the
/// queue of jobs is never longer than the threads are many.
pub(crate) struct Pool {
    jobs: Sender<Job>,
    free: Arc<Semaphore>,
}

/// The work panicked.
#[derive(Debug, thiserror::Error)]
#[error("a storage thread stopped in the middle of its work")]
pub(crate) struct Stopped;

impl Pool {
    /// Starts `threads` threads, which end when the pool is dropped and their work is done.
    pub(crate) fn start(threads: usize) -> io::Result<Self> {
        let (jobs, queue) = mpsc::channel();
        let queue = Arc::new(Mutex::new(queue));
        for n in 0..threads {
            let queue = Arc::clone(&queue);
            let named = thread::Builder::new().name(format!("storage-{n}"));
            named.spawn(move || work(&queue))?;
        }
        Ok(Self { jobs, free: Arc::new(Semaphore::new(threads)) })
    }

    /// Runs `work` on one of the threads. Work that has begun runs to its end even if nobody
    /// waits for it any more.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Stopped> {
        let turn = Arc::clone(&self.free).acquire_owned().await.map_err(|_| Stopped)?;
        let (answer, answered) = oneshot::channel();
        let job = move || {
            let done = work();
            drop(turn);
            // Nobody waits for it any more: then nobody is told.
            drop(answer.send(done));
        };
        self.jobs.send(Box::new(job)).map_err(|_| Stopped)?;
        answered.await.map_err(|_| Stopped)
    }
}

fn work(queue: &Mutex<Receiver<Job>>) {
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        // Whoever waits learns of a panic by its answer's end; the thread goes on.
        drop(catch_unwind(AssertUnwindSafe(job)));
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Barrier, time::Duration};

    use super::*;

    #[tokio::test]
    async fn as_many_run_at_once_as_there_are_threads() {
        let pool = Pool::start(2).unwrap();
        let both = Arc::new(Barrier::new(2));
        let meet = || {
            let both = Arc::clone(&both);
            pool.run(move || both.wait().is_leader())
        };
        let (one, other) = tokio::join!(meet(), meet());
        assert_ne!(one.unwrap(), other.unwrap());
        assert_eq!(pool.free.available_permits(), 2);
    }

    #[tokio::test]
    async fn who_finds_no_thread_waits_without_one() {
        let pool = Pool::start(1).unwrap();
        let (release, held) = mpsc::channel::<()>();
        let first = pool.run(move || held.recv());
        let second = pool.run(|| "second");
        tokio::pin!(first, second);
        let waited = tokio::time::timeout(Duration::from_millis(20), async {
            tokio::select! { biased; _ = &mut first => "first", _ = &mut second => "second" }
        });
        assert!(waited.await.is_err(), "the only thread is taken");
        release.send(()).unwrap();
        first.await.unwrap().unwrap();
        assert_eq!(second.await.unwrap(), "second");
    }

    #[tokio::test]
    async fn a_panic_costs_no_thread() {
        let pool = Pool::start(1).unwrap();
        for _ in 0..3 {
            pool.run(|| panic!("on purpose")).await.unwrap_err();
        }
        assert_eq!(pool.run(|| 7).await.unwrap(), 7);
    }
}
