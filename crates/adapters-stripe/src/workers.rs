//! Threads for calls that block: their own, never the runtime's, and no more than so many at once.

use std::sync::Arc;

use tokio::sync::{Semaphore, oneshot};

use crate::trouble::Trouble;

/// Permits to make a blocking call.
pub(crate) struct Workers(Arc<Semaphore>);

impl Workers {
    /// At most `hands` calls at once; others wait.
    pub fn new(hands: usize) -> Self {
        Self(Arc::new(Semaphore::new(hands)))
    }

    /// Makes a call on a thread of its own. Whoever stops waiting before it began takes it back;
    /// afterwards it goes on to its end.
    pub async fn run<T: Send + 'static>(
        &self,
        call: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Trouble> {
        let stopped = || Trouble::passing("the call stopped in the middle");
        let permit = Arc::clone(&self.0).acquire_owned().await.map_err(|_| stopped())?;
        let (done, answer) = oneshot::channel();
        let work = move || {
            let answered = call();
            drop(permit);
            let _ = done.send(answered);
        };
        let thread = std::thread::Builder::new().name("stripe".to_owned());
        thread.spawn(work).map_err(|_| Trouble::passing("no thread for the call"))?;
        answer.await.map_err(|_| stopped())
    }
}
