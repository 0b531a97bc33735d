//! The provider: each method makes its call on a thread of its own and says what the answer means.

use std::sync::Arc;

use async_trait::async_trait;
use safelight_domain::{Catalog, Model, Order, RenderId};
use safelight_ports::{Cancelled, Clock, Delivery, Fault, Looked, Provider, SubmitError};

use crate::{
    FalConfig, Outage, answer::is_request_id, breaker::Breaker, fetch, http::Http, key_set::KeySet,
    look, polls::Polls, submit, trouble::Trouble, workers::Workers,
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
    pub(crate) callers: Workers,
    pub(crate) keys: KeySet,
    pub(crate) breaker: Breaker,
    fetchers: Workers,
    polls: Polls,
    /// All models, not only those on offer: what was asked for before is still looked after.
    catalog: Catalog,
}

impl Fal {
    /// A provider; nothing is called yet. Fails when the configuration cannot be used.
    pub fn new(config: FalConfig, clock: Arc<dyn Clock>) -> Result<Self, Fault> {
        Ok(Self {
            http: Arc::new(Http::new(&config)?),
            callers: Workers::new(CALLERS),
            fetchers: Workers::new(FETCHERS),
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

    pub(crate) fn model(&self, order: &Order) -> Result<&Model, Trouble> {
        let unknown = |_| Trouble::lasting("the model is not one of fal's");
        self.catalog.model(&order.model.0).map_err(unknown)
    }

    /// The address of a request: under its app, which is owner and name; the rest of the endpoint
    /// is dropped (fal clients: app ids).
    fn address(&self, order: &Order, request_id: &str) -> Result<String, Trouble> {
        let endpoint = &self.model(order)?.endpoint;
        let end = endpoint.match_indices('/').nth(1).map_or(endpoint.len(), |(at, _)| at);
        if !is_request_id(request_id) {
            return Err(Trouble::lasting("the request id is not one of fal's"));
        }
        Ok(format!("{}/{}/requests/{request_id}", self.config.queue_url, &endpoint[..end]))
    }
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
        let address = self.address(order, request_id)?;
        let http = Arc::clone(&self.http);
        let poll = async { self.callers.run(move || look::look(&http, &address)).await? };
        Ok(self.polls.ask(request_id, poll).await?)
    }

    async fn fetch(&self, _: &Order, delivery: &Delivery) -> Result<Vec<u8>, Fault> {
        let uri = fetch::allowed(&self.config.media_hosts, &delivery.location)?;
        let http = Arc::clone(&self.http);
        let most = self.config.limits.picture_bytes;
        Ok(self.fetchers.run(move || fetch::fetch(&http, &uri, most)).await??)
    }

    fn blackens(&self, order: &Order) -> bool {
        self.model(order).is_ok_and(|model| model.safety.blackens())
    }

    fn cost_micros(&self, order: &Order, pixels: (u32, u32)) -> Option<u64> {
        self.model(order).ok().map(|model| model.cost_micros(pixels))
    }

    async fn cancel(&self, order: &Order, request_id: &str) -> Result<Cancelled, Fault> {
        let address = format!("{}/cancel", self.address(order, request_id)?);
        let http = Arc::clone(&self.http);
        Ok(self.callers.run(move || look::cancel(&http, &address)).await??)
    }
}
