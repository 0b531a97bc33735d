//! Calls of one port: how many ended how, how long they took, how many are under way.

use std::time::Instant;

use prometheus_client::{
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use super::label::{Called, Ended};

/// Upper bounds in seconds: from a commit to a picture.
pub const SECONDS: [f64; 14] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// A histogram of seconds.
pub fn seconds() -> Histogram {
    Histogram::new(SECONDS)
}

/// The calls of one port.
#[derive(Clone)]
pub struct Calls {
    port: &'static str,
    ended: Family<Ended, Counter>,
    took: Family<Called, Histogram, fn() -> Histogram>,
    underway: Gauge,
}

impl Calls {
    /// The calls of `port`, told under its name.
    pub fn registered(port: &'static str, registry: &mut Registry) -> Self {
        let calls = Self {
            port,
            ended: Family::default(),
            took: Family::new_with_constructor(seconds),
            underway: Gauge::default(),
        };
        let own = registry.sub_registry_with_prefix(port);
        own.register("calls", "Calls that ended, by outcome", calls.ended.clone());
        own.register("call_seconds", "How long calls took", calls.took.clone());
        own.register("calls_underway", "Calls not answered yet", calls.underway.clone());
        calls
    }

    /// A call begins. It is counted when the answer is dropped, also one nobody waited for.
    pub fn begin(&self, call: &'static str) -> Underway<'_> {
        self.underway.inc();
        Underway { calls: self, call, from: Instant::now(), outcome: "abandoned" }
    }

    /// A call whose answer is good or a fault.
    pub async fn plain<T, E>(
        &self,
        call: &'static str,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let mut underway = self.begin(call);
        let answer = work.await;
        underway.ends(if answer.is_ok() { "ok" } else { "fault" });
        answer
    }
}

/// A call that has begun.
pub struct Underway<'a> {
    calls: &'a Calls,
    call: &'static str,
    from: Instant,
    outcome: &'static str,
}

impl Underway<'_> {
    /// It was answered like this.
    pub fn ends(&mut self, outcome: &'static str) {
        self.outcome = outcome;
    }
}

impl Drop for Underway<'_> {
    fn drop(&mut self) {
        let (calls, call, outcome) = (self.calls, self.call, self.outcome);
        let took = self.from.elapsed().as_secs_f64();
        calls.underway.dec();
        calls.ended.get_or_create(&Ended { call, outcome }).inc();
        calls.took.get_or_create(&Called { call }).observe(took);
        tracing::debug!(port = calls.port, call, outcome, ms = took * 1e3, "called");
    }
}
