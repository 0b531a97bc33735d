//! What the operator took and paid for pictures: credits kept beside the provider's price.

use std::sync::Arc;

use safelight_domain::{ModelSlug, SignedDuration, Timestamp};
use safelight_ports::Costs;

use crate::{Error, World};

/// Renders that ended in a span of time, and what they came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Those that ended then or later,
    pub since: Timestamp,
    /// and before then.
    pub until: Timestamp,
    /// By model, in the order of their slugs.
    pub models: Vec<(ModelSlug, Costs)>,
    /// All models together.
    pub total: Costs,
}

/// Adds up what was taken and paid.
#[derive(Clone)]
pub struct Takings {
    world: Arc<World>,
}

impl Takings {
    pub(crate) fn new(world: Arc<World>) -> Self {
        Self { world }
    }

    /// What ended in the span of that length that ends now.
    pub async fn of_last(&self, span: SignedDuration) -> Result<Sheet, Error> {
        // What ends in this very instant is part of it.
        let until = self.world.clock.now();
        let until = until.saturating_add(SignedDuration::from_micros(1)).unwrap_or(until);
        let since = until.saturating_sub(span).unwrap_or(Timestamp::MIN);
        self.between(since, until).await
    }

    /// What ended from `since` on and before `until`.
    pub async fn between(&self, since: Timestamp, until: Timestamp) -> Result<Sheet, Error> {
        let models = self.world.reads.costs(since, until).await?;
        let total = models.iter().fold(Costs::default(), |sum, (_, costs)| sum.plus(*costs));
        Ok(Sheet { since, until, models, total })
    }
}
