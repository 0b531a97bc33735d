//! The whole studio, assembled from ports and terms.

use std::sync::Arc;

use safelight_ports::{Clock, Entropy, Ids, Imaging, Load, Provider, Reads, Storage, Store};

use crate::{Accounts, Error, Folders, Generations, Images, Keys, Ledger, Pipeline, Terms};

/// Every port the use cases stand on.
#[derive(Clone)]
#[expect(missing_docs, reason = "each field is the port it names")]
pub struct World {
    pub store: Arc<dyn Store>,
    pub reads: Arc<dyn Reads>,
    pub provider: Arc<dyn Provider>,
    pub storage: Arc<dyn Storage>,
    pub imaging: Arc<dyn Imaging>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub entropy: Arc<dyn Entropy>,
}

/// What a driver holds: one struct a noun.
#[derive(Clone)]
#[expect(missing_docs, reason = "each field is the noun it names")]
pub struct Studio {
    pub accounts: Accounts,
    pub ledger: Ledger,
    pub generations: Generations,
    pub pipeline: Pipeline,
    pub images: Images,
    pub folders: Folders,
    pub keys: Keys,
    pub terms: Arc<Terms>,
    world: Arc<World>,
}

impl Studio {
    /// A studio on these ports and terms.
    pub fn new(world: World, terms: Terms) -> Self {
        let (world, terms) = (Arc::new(world), Arc::new(terms));
        let pipeline = Pipeline::new(world.clone(), terms.clone());
        Self {
            accounts: Accounts::new(world.clone(), terms.clone()),
            ledger: Ledger::new(world.clone(), terms.clone()),
            generations: Generations::new(world.clone(), terms.clone(), pipeline.clone()),
            images: Images::new(world.clone()),
            folders: Folders::new(world.clone()),
            keys: Keys::new(world.clone(), terms.clone()),
            pipeline,
            terms,
            world,
        }
    }

    /// The time, as the studio tells it.
    pub fn now(&self) -> safelight_domain::Timestamp {
        self.world.clock.now()
    }

    /// What is going on; an answer at all means that the store can be read.
    pub async fn load(&self) -> Result<Load, Error> {
        Ok(self.world.reads.load(self.world.clock.now()).await?)
    }
}
