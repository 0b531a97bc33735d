//! Asking the provider. The intent is on disk before the call; what the answer means for money is
//! decided here.

use std::time::Duration;

use safelight_domain::{Change, Ending, Render, RenderChange, SignedDuration, Step};
use safelight_ports::{Fault, SubmitError};

use super::{Pipeline, later, settled};
use crate::Error;

/// The first pause before a render is sent again; each further one is twice as long.
const PAUSE: SignedDuration = SignedDuration::from_millis(500);

impl Pipeline {
    /// Sends one dispatched render.
    pub(super) async fn submit(&self, render: Render) {
        let Some(_held) = self.hands.try_take(render.id) else { return };
        let result = self.try_submit(&render).await;
        settled(render.id, result);
    }

    async fn try_submit(&self, render: &Render) -> Result<(), Error> {
        let Some(job) = self.world.reads.job(render.id).await? else { return Ok(()) };
        let attempt = render.attempt;
        let timing = &self.terms.timing;
        let limit = Duration::try_from(timing.submit).unwrap_or(Duration::ZERO);
        let call = self.world.provider.submit(render.id, &job.order);
        let answer = tokio::time::timeout(limit, call).await.unwrap_or_else(|_| {
            Err(SubmitError::Lost(Fault::passing("provider", "it took too long to answer")))
        });
        let now = self.now();
        match answer {
            Ok(request_id) => {
                let next_at = later(now, timing.look_soonest);
                self.step(render, Step::Submitted { attempt, request_id, next_at }).await
            }
            Err(SubmitError::NotSent(fault)) if attempt < timing.attempts => {
                tracing::warn!(render = %render.id, attempt, error = %super::chain(&fault), "not sent");
                let pause = PAUSE.saturating_mul(1_i32.checked_shl(attempt.into()).unwrap_or(64));
                let next_at = later(now, pause.min(timing.look_latest));
                self.step(render, Step::NotSent { attempt, next_at }).await
            }
            Err(SubmitError::NotSent(fault)) => {
                tracing::error!(render = %render.id, error = %super::chain(&fault), "given up");
                self.end(render, Ending::Failed("provider_unreachable".to_owned())).await
            }
            Err(SubmitError::Refused(slug)) => self.end(render, Ending::Failed(slug)).await,
            Err(SubmitError::Filtered) => self.end(render, Ending::Filtered).await,
            Err(SubmitError::Lost(fault)) => {
                tracing::warn!(render = %render.id, error = %super::chain(&fault), "answer lost");
                self.step(render, Step::Lost { attempt, next_at: now }).await
            }
        }
    }

    pub(super) async fn end(&self, render: &Render, ending: Ending) -> Result<(), Error> {
        self.commit(render.account_id, Change::Render(RenderChange::End(render.id, ending))).await
    }
}
