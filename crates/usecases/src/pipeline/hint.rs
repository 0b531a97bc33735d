//! What a proven push is good for: a reason to look now, and a name for a lost request.
//!
//! Early, late, doubled and foreign pushes change nothing.

use safelight_domain::{Refusal, RenderId, RenderState, Step};
use safelight_ports::{Job, Looked};

use super::{Pipeline, within};
use crate::Error;

impl Pipeline {
    /// Takes note that the provider pushed something about `request_id`, which it made for the
    /// render `id`. A lost or hurried submit is adopted once the provider, asked by us, knows the
    /// request. A fault means that the push should be sent again.
    pub async fn hint(&self, id: RenderId, request_id: &str) -> Result<(), Error> {
        let Some(job) = self.world.reads.job(id).await? else { return Ok(()) };
        let next_at = self.now();
        let step = match (job.render.state, &job.render.request_id) {
            (RenderState::Submitting | RenderState::Unknown, _)
                if self.is_known(&job, request_id).await? =>
            {
                Step::Adopted { request_id: request_id.to_owned(), next_at }
            }
            (RenderState::Waiting, Some(known)) if known == request_id => Step::Later { next_at },
            // Whoever fetches and stores it needs no push; the others are not about this request.
            _ => return Ok(()),
        };
        match self.step(&job.render, step).await {
            // It moved on meanwhile, which is all a hint wants.
            Ok(()) | Err(Error::Refused(Refusal::Stale)) => {}
            Err(error) => return Err(error),
        }
        self.wake();
        Ok(())
    }

    async fn is_known(&self, job: &Job, request_id: &str) -> Result<bool, Error> {
        let look = self.world.provider.look(&job.order, request_id);
        let looked = within(self.terms.timing.call, "provider", look).await?;
        Ok(looked != Looked::Gone)
    }
}
