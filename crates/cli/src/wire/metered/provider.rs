use async_trait::async_trait;
use safelight_domain::{Order, RenderId};
use safelight_ports::{Cancelled, Delivery, Fault, Looked, Provider, SubmitError};

use super::Metered;

#[async_trait]
impl Provider for Metered<dyn Provider> {
    async fn submit(&self, render: RenderId, order: &Order) -> Result<String, SubmitError> {
        let mut call = self.metrics.provider.begin("submit");
        let answer = self.inner.submit(render, order).await;
        let outcome = match &answer {
            Ok(_) => "ok",
            Err(SubmitError::Refused(_)) => "refused",
            Err(SubmitError::Filtered) => "filtered",
            Err(SubmitError::NotSent(_)) => "not_sent",
            Err(SubmitError::Lost(_)) => "lost",
        };
        call.ends(outcome);
        let named = answer.as_deref().unwrap_or_default();
        tracing::info!(%render, model = order.model.0, outcome, named, "submitted");
        answer
    }

    async fn recall(&self, render: RenderId, order: &Order) -> Result<Option<String>, Fault> {
        self.metrics.provider.plain("recall", self.inner.recall(render, order)).await
    }

    fn in_flight(&self) -> u16 {
        self.inner.in_flight()
    }

    async fn look(&self, order: &Order, request_id: &str) -> Result<Looked, Fault> {
        let mut call = self.metrics.provider.begin("look");
        let answer = self.inner.look(order, request_id).await;
        call.ends(match &answer {
            Ok(Looked::Working(_)) => "working",
            Ok(Looked::Done(_)) => "done",
            Ok(Looked::Failed(_)) => "failed",
            Ok(Looked::Filtered) => "filtered",
            Ok(Looked::Cancelled) => "cancelled",
            Ok(Looked::Gone) => "gone",
            Err(_) => "fault",
        });
        answer
    }

    async fn fetch(&self, order: &Order, delivery: &Delivery) -> Result<Vec<u8>, Fault> {
        self.metrics.provider.plain("fetch", self.inner.fetch(order, delivery)).await
    }

    fn blackens(&self, order: &Order) -> bool {
        self.inner.blackens(order)
    }

    fn cost_micros(&self, order: &Order, pixels: (u32, u32)) -> Option<u64> {
        self.inner.cost_micros(order, pixels)
    }

    async fn cancel(&self, order: &Order, request_id: &str) -> Result<Cancelled, Fault> {
        self.metrics.provider.plain("cancel", self.inner.cancel(order, request_id)).await
    }
}
