//! How long pictures usually take, from the studio's own history.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use safelight_domain::{ModelSlug, Pace, SignedDuration, Timestamp};

use crate::{Error, World};

/// How many of the newest pictures are looked at. A model nobody used among them has no pace.
const LOOKED_AT: u16 = 500;
/// How long an answer serves: every slot of every page asks.
const KEPT: SignedDuration = SignedDuration::from_secs(30);

/// The pace of every model that was used of late.
type Known = Arc<BTreeMap<ModelSlug, Pace>>;

/// Tells the pace of models.
#[derive(Clone)]
pub struct Paces {
    world: Arc<World>,
    known: Arc<Mutex<Option<(Timestamp, Known)>>>,
}

impl Paces {
    pub(crate) fn new(world: Arc<World>) -> Self {
        Self { world, known: Arc::default() }
    }

    /// How long a picture by `model` usually takes; none while there is too little to tell from.
    pub async fn of(&self, model: &ModelSlug) -> Result<Option<Pace>, Error> {
        Ok(self.all().await?.get(model).copied())
    }

    /// The pace of every model there is something to tell of.
    pub async fn all(&self) -> Result<Known, Error> {
        let now = self.world.clock.now();
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, known)) = known
            && now.duration_since(at).abs() < KEPT
        {
            return Ok(known);
        }
        let mut times = BTreeMap::<ModelSlug, Vec<SignedDuration>>::new();
        for (model, took) in self.world.reads.times(LOOKED_AT).await? {
            times.entry(model).or_default().push(took);
        }
        let paces = times.into_iter().filter_map(|(model, times)| Some((model, Pace::of(&times)?)));
        let fresh = Known::new(paces.collect());
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Some((now, Arc::clone(&fresh)));
        Ok(fresh)
    }
}
