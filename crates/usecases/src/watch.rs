//! What an operator asks about everybody, and the little they may do about it.
//!
//! Invariant: what somebody wrote is shown only by [`Watching::words`], which leaves a deed.

use std::sync::Arc;

use safelight_domain::{
    AuditChange, By, Change, Changes, Deed, DeedName, Delivery, GenerationId, Refusal,
    SignedDuration,
};
use safelight_ports::{
    DeliveryFilter, GenerationStatus, Page, Paged, Tally, TrailFilter, Watched, chain,
};

use crate::{Error, Pipeline, World};

/// The most choices a filter offers.
const CHOICES: u16 = 50;

/// Answers the operator.
#[derive(Clone)]
pub struct Watching {
    world: Arc<World>,
    pipeline: Pipeline,
}

impl Watching {
    pub(crate) fn new(world: Arc<World>, pipeline: Pipeline) -> Self {
        Self { world, pipeline }
    }

    /// Deliveries that match, newest first.
    pub async fn deliveries(
        &self,
        filter: &DeliveryFilter,
        page: Page,
    ) -> Result<Paged<Delivery>, Error> {
        Ok(self.world.reads.deliveries(filter, page).await?)
    }

    /// The types of the deliveries there are.
    pub async fn kinds(&self) -> Result<Vec<String>, Error> {
        Ok(self.world.watch.kinds(CHOICES).await?)
    }

    /// Generations that match, newest first.
    pub async fn generations(
        &self,
        which: &Watched,
        page: Page,
    ) -> Result<Paged<GenerationStatus>, Error> {
        Ok(self.world.watch.generations(which, page).await?)
    }

    /// A generation, whoever asked for it.
    pub async fn generation(&self, id: GenerationId) -> Result<GenerationStatus, Error> {
        self.world.watch.generation(id).await?.ok_or(Refusal::NotFound.into())
    }

    /// Why renders failed.
    pub async fn failures(&self) -> Result<Vec<String>, Error> {
        Ok(self.world.watch.failures(CHOICES).await?)
    }

    /// What the renders that match came to that ended in the span of that length that ends now.
    pub async fn tally(&self, which: &Watched, span: SignedDuration) -> Result<Tally, Error> {
        let now = self.world.clock.now();
        // What ends in this very instant is part of it.
        let until = now.saturating_add(SignedDuration::from_micros(1)).unwrap_or(now);
        let since = until.saturating_sub(span).unwrap_or(now);
        Ok(self.world.watch.tally(which, since, until).await?)
    }

    /// Deeds that match, newest first.
    pub async fn trail(&self, filter: &TrailFilter, page: Page) -> Result<Paged<Deed>, Error> {
        Ok(self.world.reads.deeds(filter, page).await?)
    }

    /// A generation to be shown with what its person wrote; that it was read is in the trail before
    /// anybody reads it.
    pub async fn words(&self, id: GenerationId, by: By) -> Result<GenerationStatus, Error> {
        let status = self.generation(id).await?;
        self.note(&status, DeedName::SensitiveRead, "its words", by).await?;
        Ok(status)
    }

    /// Looks at every render of a generation that is not over, now, as the pipeline would in time.
    /// Answers whether all of them could be looked at; the pipeline goes on trying.
    pub async fn reconcile(&self, id: GenerationId, by: By) -> Result<bool, Error> {
        let status = self.generation(id).await?;
        let says = format!("{} unfinished", status.unfinished().count());
        self.note(&status, DeedName::Reconciled, &says, by).await?;
        let mut all = true;
        for render in status.unfinished() {
            let id = render.render.id;
            if let Err(error) = self.pipeline.reconcile(id).await {
                tracing::warn!(render = %id, error = %chain(&error), "not looked at");
                all = false;
            }
        }
        Ok(all)
    }

    async fn note(
        &self,
        status: &GenerationStatus,
        name: DeedName,
        says: &str,
        by: By,
    ) -> Result<(), Error> {
        let (subject, says) = (Some(status.generation.id.0), Some(says.to_owned()));
        let note = Change::Audit(AuditChange::Record { name, subject, says });
        let changes = Changes::of(status.generation.account_id, vec![note]).by(by);
        self.world.store.commit(changes).await?;
        Ok(())
    }
}
