//! Threads for blocking calls: never the runtime's own, and no more than so many at once, so that a
//! slow vendor holds neither pages nor other vendors.

use std::sync::Arc;

use tokio::sync::{Semaphore, oneshot};

use crate::CallError;

/// Permits to make a blocking call. A call without one waits as a future, first come first served.
pub struct BlockingCalls {
    thread_name: &'static str,
    permits: Arc<Semaphore>,
}

impl BlockingCalls {
    /// At most `most` calls at once, on threads of this name.
    pub fn new(thread_name: &'static str, most: usize) -> Self {
        Self { thread_name, permits: Arc::new(Semaphore::new(most)) }
    }

    /// Makes a call on a thread of its own. A caller that stops waiting before the call began takes
    /// it back; a call that has begun goes on to its end. A call that panics is a transient error
    /// to its caller alone.
    pub async fn run<T: Send + 'static>(
        &self,
        call: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, CallError> {
        let stopped = || CallError::transient("the call stopped in the middle");
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| stopped())?;
        let (done, answer) = oneshot::channel();
        let work = move || {
            let answered = call();
            drop(permit);
            let _ = done.send(answered);
        };
        let thread = std::thread::Builder::new().name(self.thread_name.to_owned());
        thread.spawn(work).map_err(|_| CallError::transient("no thread for the call"))?;
        answer.await.map_err(|_| stopped())
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{Barrier, mpsc},
        time::Duration,
    };

    use super::*;

    #[tokio::test]
    async fn as_many_run_at_once_as_there_are_permits() {
        let calls = BlockingCalls::new("test", 2);
        let both = Arc::new(Barrier::new(2));
        let meet = || {
            let both = Arc::clone(&both);
            calls.run(move || both.wait().is_leader())
        };
        let (one, other) = tokio::join!(meet(), meet());
        assert_ne!(one.unwrap(), other.unwrap());
        assert_eq!(calls.permits.available_permits(), 2);
    }

    #[tokio::test]
    async fn a_call_without_a_permit_waits_without_a_thread() {
        let calls = BlockingCalls::new("test", 1);
        let (release, held) = mpsc::channel::<()>();
        let first = calls.run(move || held.recv());
        let second = calls.run(|| "second");
        tokio::pin!(first, second);
        let waited = tokio::time::timeout(Duration::from_millis(20), async {
            tokio::select! { biased; _ = &mut first => "first", _ = &mut second => "second" }
        });
        assert!(waited.await.is_err(), "the only permit is taken");
        release.send(()).unwrap();
        first.await.unwrap().unwrap();
        assert_eq!(second.await.unwrap(), "second");
    }

    #[tokio::test]
    async fn a_panic_costs_no_permit() {
        let calls = BlockingCalls::new("test", 1);
        for _ in 0..3 {
            calls.run(|| panic!("on purpose")).await.unwrap_err();
        }
        assert_eq!(calls.run(|| 7).await.unwrap(), 7);
    }
}
