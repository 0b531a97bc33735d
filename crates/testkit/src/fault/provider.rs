use async_trait::async_trait;
use safelight_domain::{Order, RenderId};
use safelight_ports::{Cancelled, Delivery, Fault, Looked, Provider, SubmitError};

use super::{Faulty, Strike};

#[async_trait]
impl Provider for Faulty<dyn Provider> {
    async fn submit(&self, render: RenderId, order: &Order) -> Result<String, SubmitError> {
        self.call(self.inner.submit(render, order), |strike, fault| match strike {
            Strike::Before => SubmitError::NotSent(fault),
            Strike::After => SubmitError::Lost(fault),
        })
        .await
    }

    async fn recall(&self, render: RenderId, order: &Order) -> Result<Option<String>, Fault> {
        self.plain(self.inner.recall(render, order)).await
    }

    /// Not counted: it is a figure, not a call.
    fn in_flight(&self) -> u16 {
        self.inner.in_flight()
    }

    /// Not counted either.
    fn blackens(&self, order: &Order) -> bool {
        self.inner.blackens(order)
    }

    /// Nor this.
    fn cost_micros(&self, order: &Order, pixels: (u32, u32)) -> Option<u64> {
        self.inner.cost_micros(order, pixels)
    }

    async fn look(&self, order: &Order, request_id: &str) -> Result<Looked, Fault> {
        self.plain(self.inner.look(order, request_id)).await
    }

    async fn fetch(&self, order: &Order, delivery: &Delivery) -> Result<Vec<u8>, Fault> {
        self.plain(self.inner.fetch(order, delivery)).await
    }

    async fn cancel(&self, order: &Order, request_id: &str) -> Result<Cancelled, Fault> {
        self.plain(self.inner.cancel(order, request_id)).await
    }
}
