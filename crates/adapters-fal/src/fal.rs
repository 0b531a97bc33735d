//! The provider: each method makes its call on a thread of its own and says what the answer means.

use std::sync::Arc;

use async_trait::async_trait;
use safelight_domain::{Catalog, Model, Order, RenderId};
use safelight_outbound::{BlockingCalls, CallError};
use safelight_ports::{Cancelled, Clock, Delivery, Fault, Looked, Provider, SubmitError};

use crate::{
    FalConfig, Outage, answer::is_request_id, breaker::Breaker, fetch, http::Http, key_set::KeySet,
    look, polls::Polls, submit,
};

/// Calls to the queue at once.
const CALLERS: usize = 8;
/// Downloads at once.
const FETCHERS: usize = 4;

/// FLUX by fal.ai.
pub struct Fal {
    pub(crate) config: FalConfig,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) http: Arc<Http>,
    pub(crate) callers: BlockingCalls,
    pub(crate) keys: KeySet,
    pub(crate) breaker: Breaker,
    fetchers: BlockingCalls,
    polls: Polls,
    /// All models, not only those on offer: what was asked for before is still looked after.
    catalog: Catalog,
}

impl Fal {
    /// A provider; nothing is called yet. Fails when the configuration cannot be used.
    pub fn new(config: FalConfig, clock: Arc<dyn Clock>) -> Result<Self, Fault> {
        Ok(Self {
            http: Arc::new(Http::new(&config).map_err(fault)?),
            callers: BlockingCalls::new("fal", CALLERS),
            fetchers: BlockingCalls::new("fal-fetch", FETCHERS),
            polls: Polls::new(config.limits.poll_gap),
            breaker: Breaker::default(),
            keys: KeySet::new(),
            catalog: Catalog::flux(),
            config,
            clock,
        })
    }

    /// Why nothing is submitted at present, if so: for readiness and the admin.
    pub fn outage(&self) -> Option<Outage> {
        self.breaker.outage()
    }

    pub(crate) fn model(&self, order: &Order) -> Result<&Model, CallError> {
        let unknown = |_| CallError::permanent("the model is not one of fal's");
        self.catalog.model(&order.model.0).map_err(unknown)
    }

    /// The address of a request: under its app, which is owner and name; the rest of the endpoint
    /// is dropped (fal clients: app ids).
    fn address(&self, order: &Order, request_id: &str) -> Result<String, CallError> {
        let endpoint = &self.model(order)?.endpoint;
        let end = endpoint.match_indices('/').nth(1).map_or(endpoint.len(), |(at, _)| at);
        if !is_request_id(request_id) {
            return Err(CallError::permanent("the request id is not one of fal's"));
        }
        Ok(format!("{}/{}/requests/{request_id}", self.config.queue_url, &endpoint[..end]))
    }
}

/// The fault of the provider.
pub(crate) fn fault(error: CallError) -> Fault {
    error.into_fault("provider")
}

#[async_trait]
impl Provider for Fal {
    async fn submit(&self, render: RenderId, order: &Order) -> Result<String, SubmitError> {
        submit::submit(self, render, order).await
    }

    fn in_flight(&self) -> u16 {
        self.config.limits.in_flight
    }

    async fn look(&self, order: &Order, request_id: &str) -> Result<Looked, Fault> {
        let address = self.address(order, request_id).map_err(fault)?;
        let http = Arc::clone(&self.http);
        let poll = async { self.callers.run(move || look::look(&http, &address)).await? };
        self.polls.ask(request_id, poll).await.map_err(fault)
    }

    async fn fetch(&self, _: &Order, delivery: &Delivery) -> Result<Vec<u8>, Fault> {
        let uri = fetch::allowed(&self.config.media_hosts, &delivery.location).map_err(fault)?;
        let http = Arc::clone(&self.http);
        let most = self.config.limits.picture_bytes;
        let fetched = self.fetchers.run(move || fetch::fetch(&http, &uri, most)).await;
        fetched.flatten().map_err(fault)
    }

    fn blackens(&self, order: &Order) -> bool {
        self.model(order).is_ok_and(|model| model.safety.blackens())
    }

    fn cost_micros(&self, order: &Order, pixels: (u32, u32)) -> Option<u64> {
        self.model(order).ok().map(|model| model.cost_micros(pixels))
    }

    async fn cancel(&self, order: &Order, request_id: &str) -> Result<Cancelled, Fault> {
        let address = self.address(order, request_id).map_err(fault)?;
        let address = format!("{address}/cancel");
        let http = Arc::clone(&self.http);
        let asked = self.callers.run(move || look::cancel(&http, &address)).await;
        asked.flatten().map_err(fault)
    }
}
