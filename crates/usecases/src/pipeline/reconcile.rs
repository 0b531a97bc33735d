//! One function ends every render: it takes no hints, looks at the row and at the provider, and
//! does the one thing that follows. Push, poll and sweep all call it.

use safelight_domain::{
    AccountId, Change, Ending, Image, ImageId, Render, RenderChange, RenderId, RenderState,
    SignedDuration, Step, Variant, object_key,
};
use safelight_ports::{Delivery, Fault, IngestError, Ingested, Job, Looked};

use safelight_provenance::Source;

use super::{LEASE, Pipeline, later, within};
use crate::{Error, image::label::label};

/// More steps than any render has left: the loop below ends by itself, this makes it certain.
const STEPS: usize = 8;
/// How long a request may be unknown to the provider that named it before it counts as forgotten.
const PATIENCE: SignedDuration = SignedDuration::from_mins(1);
/// The shortest pause after something went wrong.
const SORE: SignedDuration = SignedDuration::from_secs(1);

/// Whether there is more to do right now.
enum Then {
    Again,
    Rest,
}

impl Pipeline {
    /// Brings a render as far as it will go now. Waits its turn while this process already works
    /// on it: whatever made it due again may be news. Does nothing when it is over.
    pub async fn reconcile(&self, id: RenderId) -> Result<(), Error> {
        let _held = self.hands.take(id).await;
        self.go_on(id).await
    }

    /// The same for whoever has it in hand.
    pub(super) async fn go_on(&self, id: RenderId) -> Result<(), Error> {
        for _ in 0..STEPS {
            let Some(job) = self.world.reads.job(id).await? else { return Ok(()) };
            if matches!(self.advance(&job).await?, Then::Rest) {
                break;
            }
        }
        Ok(())
    }

    async fn advance(&self, job: &Job) -> Result<Then, Error> {
        let render = &job.render;
        let overdue = self.now() >= render.deadline;
        match (render.state, &render.request_id) {
            (RenderState::Pending, _) if overdue => self.fail(render, "deadline").await,
            (RenderState::Unknown, _) => self.look_for(job).await,
            (RenderState::Waiting | RenderState::Storing, Some(request_id)) => {
                if render.cancel_requested || overdue {
                    // Whatever it answers, the look that follows tells the truth.
                    let call = self.world.provider.cancel(&job.order, request_id);
                    let _ = within(self.terms.timing.call, "provider", call).await;
                }
                self.look(job, request_id).await
            }
            _ => Ok(Then::Rest),
        }
    }

    /// A lost submit: adopted when the provider remembers it, refunded when it is given up.
    async fn look_for(&self, job: &Job) -> Result<Then, Error> {
        let render = &job.render;
        let timing = &self.terms.timing;
        let recall = self.world.provider.recall(render.id, &job.order);
        match within(timing.call, "provider", recall).await {
            Ok(Some(request_id)) => {
                let step = Step::Adopted { request_id, next_at: later(self.now(), LEASE) };
                self.step(render, step).await?;
                return Ok(Then::Again);
            }
            Ok(None) => {}
            Err(fault) => {
                tracing::warn!(render = %render.id, error = %super::chain(&fault), "not recalled");
            }
        }
        let begun = render.begun_at.unwrap_or(render.created_at);
        if self.now() >= later(begun, timing.lost).min(render.deadline) {
            let ending = if render.cancel_requested {
                Ending::Cancelled
            } else {
                Ending::Failed("lost_submit".to_owned())
            };
            self.end(render, ending).await?;
            return Ok(Then::Rest);
        }
        self.later(render, SORE).await
    }

    async fn look(&self, job: &Job, request_id: &str) -> Result<Then, Error> {
        let render = &job.render;
        let call = self.world.provider.look(&job.order, request_id);
        let overdue = self.now() >= render.deadline;
        match within(self.terms.timing.call, "provider", call).await {
            Ok(Looked::Done(delivery)) => self.fetch(job, &delivery).await,
            Ok(Looked::Failed(slug)) => self.fail(render, &slug).await,
            Ok(Looked::Filtered) => {
                self.end(render, Ending::Filtered).await?;
                Ok(Then::Rest)
            }
            Ok(Looked::Cancelled) if render.cancel_requested => {
                self.end(render, Ending::Cancelled).await?;
                Ok(Then::Rest)
            }
            Ok(Looked::Cancelled | Looked::Working(_)) if overdue => {
                self.fail(render, "deadline").await
            }
            // Nobody here asked: somebody took it back at the provider.
            Ok(Looked::Cancelled) => self.fail(render, "cancelled_at_provider").await,
            Ok(Looked::Gone) => self.gone(render).await,
            Ok(Looked::Working(_)) => self.later(render, self.terms.timing.look_soonest).await,
            Err(fault) => self.stumble(render, &fault).await,
        }
    }

    async fn fetch(&self, job: &Job, delivery: &Delivery) -> Result<Then, Error> {
        let render = &job.render;
        if render.state != RenderState::Storing {
            self.step(render, Step::Storing { next_at: later(self.now(), LEASE) }).await?;
        }
        let fetch = self.world.provider.fetch(&job.order, delivery);
        let bytes = match within(self.terms.timing.call, "provider", fetch).await {
            Ok(bytes) => bytes,
            // It will never be had: no picture, or from where none may come.
            Err(fault) if !fault.retryable => {
                tracing::warn!(render = %render.id, error = %super::chain(&fault), "not fetched");
                return self.fail(render, "not_fetchable").await;
            }
            Err(fault) => return self.stumble(render, &fault).await,
        };
        let picture = match self.world.imaging.ingest(bytes).await {
            Ok(picture) => picture,
            Err(IngestError::Unusable(slug)) => return self.fail(render, slug).await,
            Err(IngestError::Fault(fault)) => return self.stumble(render, &fault).await,
        };
        if picture.is_black && self.world.provider.blackens(&job.order) {
            self.end(render, Ending::Filtered).await?;
            return Ok(Then::Rest);
        }
        let source = Source::TrainedAlgorithmicMedia;
        let Ok(picture) = label(picture, &job.order, source, &self.terms) else {
            return self.fail(render, "broken_image").await;
        };
        let image = self.image(job, &picture);
        let pixels = (picture.width, picture.height);
        let cost_micros = self.world.provider.cost_micros(&job.order, pixels);
        if let Err(fault) = self.put_all(render.account_id, render.id, picture).await {
            return self.stumble(render, &fault).await;
        }
        // The bytes are ours before anybody is told.
        self.commit(render.account_id, Change::Render(RenderChange::Store { image, cost_micros }))
            .await?;
        Ok(Then::Rest)
    }

    fn image(&self, job: &Job, picture: &Ingested) -> Image {
        let Job { render, order, folder_id } = job;
        Image {
            id: ImageId(self.world.ids.next()),
            account_id: render.account_id,
            render_id: render.id,
            generation_id: render.generation_id,
            prompt: order.prompt.clone(),
            model: order.model.clone(),
            seed: order.seed,
            width: picture.width,
            height: picture.height,
            bytes: picture.original.len() as u64,
            media_type: picture.media_type.to_owned(),
            thumbhash: picture.thumbhash.clone(),
            liked: false,
            folder_id: *folder_id,
            trashed_at: None,
            created_at: self.now(),
        }
    }

    /// Stores a picture's files; the original last.
    pub(crate) async fn put_all(
        &self,
        account: AccountId,
        render: RenderId,
        picture: Ingested,
    ) -> Result<(), Fault> {
        let Ingested { original, media_type, w320, w640, .. } = picture;
        let jpeg = "image/jpeg";
        for (variant, media_type, bytes) in [
            (Variant::W320, jpeg, w320.bytes),
            (Variant::W640, jpeg, w640.bytes),
            (Variant::Original, media_type, original),
        ] {
            let key = object_key(account, render, variant, media_type);
            let put = self.world.storage.put(&key, media_type, bytes);
            within(self.terms.timing.call, "storage", put).await?;
        }
        Ok(())
    }

    /// Something that may pass: again later, until the deadline.
    async fn stumble(&self, render: &Render, fault: &Fault) -> Result<Then, Error> {
        tracing::warn!(render = %render.id, error = %super::chain(fault), "again later");
        if self.now() >= render.deadline {
            return self.fail(render, "deadline").await;
        }
        self.later(render, SORE).await
    }

    /// Looks again after a tenth of its age: nobody waits more than a tenth longer than the picture
    /// took, and a slow one costs few looks (decision 9).
    async fn later(&self, render: &Render, soonest: SignedDuration) -> Result<Then, Error> {
        let now = self.now();
        let begun = render.begun_at.unwrap_or(render.created_at);
        let pause = now.duration_since(begun) / 10;
        let next_at = later(now, pause.clamp(soonest, self.terms.timing.look_latest.max(soonest)));
        // Not past the deadline: there is something to do then.
        let next_at = next_at.min(render.deadline.max(later(now, soonest)));
        self.step(render, Step::Later { next_at }).await?;
        Ok(Then::Rest)
    }

    /// What was only just accepted may not be known everywhere yet.
    async fn gone(&self, render: &Render) -> Result<Then, Error> {
        let accepted = render.submitted_at.unwrap_or(render.created_at);
        if self.now() >= later(accepted, PATIENCE).min(render.deadline) {
            return self.fail(render, "gone").await;
        }
        self.later(render, SORE).await
    }

    async fn fail(&self, render: &Render, slug: &str) -> Result<Then, Error> {
        self.end(render, Ending::Failed(slug.to_owned())).await?;
        Ok(Then::Rest)
    }
}
