//! What the process counts, for Prometheus.
//!
//! Invariant: every label has a bounded set of values: names of calls, outcomes, route templates;
//! never a path, an id or an address. Docs: docs/metrics.md has a line for each name.

mod calls;
mod door;
mod glance;
mod http;
mod label;
mod process;
mod tally;

use std::sync::{Arc, Mutex, PoisonError};

use prometheus_client::{
    encoding::prometheus_text, metrics::counter::Counter, metrics::family::Family,
    metrics::info::Info, registry::Registry,
};

use self::http::Http;
pub use self::{
    calls::Calls,
    door::{Bind, Door},
    glance::Glance,
    label::Outcome,
    tally::{Counted, Tally},
};

/// Everything that is counted. Clones count together.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    glance: Arc<Mutex<Glance>>,
    /// Calls of the store; those under way are its queue.
    pub store: Calls,
    /// Calls of whoever paints.
    pub provider: Calls,
    /// Calls of the bucket or the disk.
    pub storage: Calls,
    /// Calls of whoever takes payments.
    pub payments: Calls,
    /// Mails by what became of them.
    pub mails: Family<Outcome, Counter>,
    /// What commits came to.
    pub tally: Tally,
    /// What the edge saw.
    pub http: Arc<Http>,
}

impl Metrics {
    /// Everything at zero.
    pub fn new() -> Self {
        let mut registry = Registry::default();
        let glance = Arc::<Mutex<Glance>>::default();
        registry.register_collector(Box::new(glance::Told(Arc::clone(&glance))));
        let ours = registry.sub_registry_with_prefix("safelight");
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        ours.register("build", "The software that runs", Info::new(version));
        let mails = Family::<Outcome, Counter>::default();
        ours.register("mails", "Mails handed over, by outcome", mails.clone());
        let metrics = Self {
            store: Calls::registered("store", ours),
            provider: Calls::registered("provider", ours),
            storage: Calls::registered("storage", ours),
            payments: Calls::registered("payments", ours),
            tally: Tally::registered(ours),
            http: Arc::new(Http::registered(ours)),
            mails,
            glance,
            registry: Arc::new(Registry::default()),
        };
        Self { registry: Arc::new(registry), ..metrics }
    }

    /// Everything as text, with what was found at a glance just now.
    pub fn text(&self, glance: Glance) -> String {
        *self.glance.lock().unwrap_or_else(PoisonError::into_inner) = glance;
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = prometheus_text::encode(&mut text, &self.registry);
        text
    }
}
