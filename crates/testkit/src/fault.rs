//! Faults at the n-th port call, for every n: how a test proves that no crash loses anything.
//!
//! Wrap all ports of a studio with one [`Faults`], count the calls of a good run, then run again
//! with each of them failing, before its effect and after it.

mod imaging;
mod payments;
mod provider;
mod storage;
mod store;

use std::{
    future::Future,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use safelight_ports::{Fault, Imaging, Payments, Provider, Storage, Store};

/// When a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strike {
    /// Nothing happened: the call never reached the port.
    Before,
    /// Everything happened and the answer was lost.
    After,
}

impl Strike {
    /// Both, for loops.
    pub const ALL: [Self; 2] = [Self::Before, Self::After];
}

/// What becomes of the call that is struck.
#[derive(Debug, Clone, Copy)]
enum Harm {
    /// It fails.
    Fail,
    /// It panics.
    Panic,
    /// The process dies, and nothing of it is left to tidy up.
    Die,
}

/// One count over the calls of all ports it wraps.
#[derive(Debug, Default)]
pub struct Faults {
    calls: AtomicU64,
    planned: Mutex<Option<(u64, Strike, Harm)>>,
}

impl Faults {
    /// Counts, and lets every call through until [`Faults::plan`].
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Counts from 0 again and fails call number `n` (the first is 1) once.
    pub fn plan(&self, n: u64, strike: Strike) {
        self.set((n, strike, Harm::Fail));
    }

    /// The same, and the call panics.
    pub fn plan_panic(&self, n: u64, strike: Strike) {
        self.set((n, strike, Harm::Panic));
    }

    /// The same, and the process dies of it.
    pub fn plan_death(&self, n: u64, strike: Strike) {
        self.set((n, strike, Harm::Die));
    }

    fn set(&self, planned: (u64, Strike, Harm)) {
        *self.planned.lock().unwrap_or_else(PoisonError::into_inner) = Some(planned);
        self.calls.store(0, Ordering::SeqCst);
    }

    /// How many calls were made since the last plan.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    /// Whether the planned fault is still to come.
    pub fn pending(&self) -> bool {
        self.planned.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// A store that fails as planned.
    pub fn store(self: &Arc<Self>, inner: Arc<dyn Store>) -> Arc<dyn Store> {
        Arc::new(self.around(inner))
    }

    /// A provider that fails as planned.
    pub fn provider(self: &Arc<Self>, inner: Arc<dyn Provider>) -> Arc<dyn Provider> {
        Arc::new(self.around(inner))
    }

    /// A storage that fails as planned.
    pub fn storage(self: &Arc<Self>, inner: Arc<dyn Storage>) -> Arc<dyn Storage> {
        Arc::new(self.around(inner))
    }

    /// Imaging that fails as planned.
    pub fn imaging(self: &Arc<Self>, inner: Arc<dyn Imaging>) -> Arc<dyn Imaging> {
        Arc::new(self.around(inner))
    }

    /// Payments that fail as planned.
    pub fn payments(self: &Arc<Self>, inner: Arc<dyn Payments>) -> Arc<dyn Payments> {
        Arc::new(self.around(inner))
    }

    fn around<P: ?Sized>(self: &Arc<Self>, inner: Arc<P>) -> Faulty<P> {
        Faulty { faults: Arc::clone(self), inner }
    }

    fn next(&self) -> Option<(Strike, Harm)> {
        let n = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        let mut planned = self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        planned.take_if(|(at, ..)| *at == n).map(|(_, strike, harm)| (strike, harm))
    }
}

/// A port and the faults it shares with others.
struct Faulty<P: ?Sized> {
    faults: Arc<Faults>,
    inner: Arc<P>,
}

impl<P: ?Sized> Faulty<P> {
    /// Counts and makes `call`, or fails it as planned. A call that fails before its effect is
    /// never polled.
    async fn call<T, E>(
        &self,
        call: impl Future<Output = Result<T, E>>,
        failed: impl FnOnce(Strike, Fault) -> E,
    ) -> Result<T, E> {
        let Some((strike, harm)) = self.faults.next() else { return call.await };
        if strike == Strike::After {
            // Whatever it came to, the answer is lost.
            let _ = call.await;
        }
        match harm {
            Harm::Fail => Err(failed(strike, Fault::passing("injected", "a planned fault"))),
            Harm::Panic => panic!("a planned panic"),
            Harm::Die => std::process::abort(),
        }
    }

    /// The same for calls whose only error is a fault.
    async fn plain<T>(&self, call: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
        self.call(call, |_, fault| fault).await
    }
}
