//! The whole studio, assembled from ports and terms.

use std::{future::Future, sync::Arc, time::Duration};

use safelight_domain::{Former, Key, SignedDuration};
use safelight_ports::{
    Clock, Entropy, Feed, Figures, Ids, Imaging, Load, Mailer, PaymentPush, Payments, Provider,
    Reads, Storage, Store, Watch,
};

use crate::{
    Accounts, Confirm, Error, Folders, Generations, Images, Inbox, Keys, Ledger, Live,
    OperatorTasks, Orders, Overview, Paces, People, Pipeline, Quotas, Removals, Sessions, SignIn,
    Takings, Terms, Watching,
};

/// How often the house is kept.
const EVERY: Duration = Duration::from_mins(1);
/// How long a live view may be away and still be told all it missed.
const FEED_KEPT: SignedDuration = SignedDuration::from_hours(24);
/// How long an idempotency key answers its first receipt.
const KEYS_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Every port the use cases stand on.
#[derive(Clone)]
#[expect(missing_docs, reason = "each field is the port it names")]
pub struct World {
    pub store: Arc<dyn Store>,
    pub reads: Arc<dyn Reads>,
    pub figures: Arc<dyn Figures>,
    pub people: Arc<dyn safelight_ports::People>,
    pub watch: Arc<dyn Watch>,
    pub provider: Arc<dyn Provider>,
    pub storage: Arc<dyn Storage>,
    pub imaging: Arc<dyn Imaging>,
    pub mailer: Arc<dyn Mailer>,
    pub payments: Option<Arc<dyn Payments>>,
    pub payment_push: Option<Arc<dyn PaymentPush>>,
    pub feed: Option<Arc<dyn Feed>>,
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
    pub orders: Orders,
    pub inbox: Inbox,
    pub generations: Generations,
    pub pipeline: Pipeline,
    pub images: Images,
    pub folders: Folders,
    pub keys: Keys,
    pub sign_in: SignIn,
    pub sessions: Sessions,
    pub confirm: Confirm,
    pub removals: Removals,
    pub quotas: Quotas,
    pub live: Live,
    pub paces: Paces,
    pub takings: Takings,
    pub overview: Overview,
    pub people: People,
    pub watch: Watching,
    pub tasks: OperatorTasks,
    pub terms: Arc<Terms>,
    world: Arc<World>,
}

impl Studio {
    /// A studio on these ports and terms.
    pub fn new(world: World, terms: Terms) -> Self {
        let (world, terms) = (Arc::new(world), Arc::new(terms));
        let pipeline = Pipeline::new(world.clone(), terms.clone());
        let accounts = Accounts::new(world.clone(), terms.clone());
        let generations = Generations::new(world.clone(), terms.clone(), pipeline.clone());
        let orders = Orders::new(world.clone(), terms.clone());
        Self {
            confirm: Confirm::new(world.clone(), terms.clone()),
            removals: Removals::new(world.clone(), terms.clone(), generations.clone()),
            ledger: Ledger::new(world.clone(), terms.clone()),
            generations,
            inbox: Inbox::new(world.clone(), orders.clone()),
            orders,
            images: Images::new(world.clone(), pipeline.clone()),
            folders: Folders::new(world.clone()),
            keys: Keys::new(world.clone(), terms.clone()),
            sign_in: SignIn::new(world.clone(), terms.clone(), accounts.clone()),
            sessions: Sessions::new(world.clone()),
            quotas: Quotas::new(world.clone(), terms.clone()),
            live: Live::new(world.reads.clone(), world.feed.clone()),
            paces: Paces::new(world.clone()),
            takings: Takings::new(world.clone()),
            overview: Overview::new(world.clone()),
            people: People::new(world.clone()),
            watch: Watching::new(world.clone(), pipeline.clone()),
            tasks: OperatorTasks::new(world.clone()),
            accounts,
            pipeline,
            terms,
            world,
        }
    }

    /// The time, as the studio tells it.
    pub fn now(&self) -> safelight_domain::Timestamp {
        self.world.clock.now()
    }

    /// A key nobody used yet, for a form that may be sent twice.
    pub fn fresh_key(&self) -> Key {
        Key::of_form(self.world.ids.next())
    }

    /// Runs the studio until `shutdown`: the pipeline, the inbox, and the housekeeping beside them. Spawn it
    /// once; only one may run on a store.
    pub async fn drive(&self, shutdown: impl Future<Output = ()>) {
        let housekeeping = async {
            loop {
                self.keep_house().await;
                tokio::time::sleep(EVERY).await;
            }
        };
        tokio::select! {
            () = self.pipeline.drive(shutdown) => {}
            () = housekeeping => {}
            () = self.live.drive() => {}
            () = self.inbox.drive() => {}
            () = self.inbox.keep_up() => {}
        }
    }

    /// Sweeps dead lots, takes away what was given up, and forgets what no promise needs any more.
    async fn keep_house(&self) {
        let now = self.world.clock.now();
        let before = |age: SignedDuration| now.saturating_sub(age).unwrap_or(now);
        if let Err(error) = self.ledger.sweep().await {
            tracing::warn!(%error, "dead lots were not swept; the next round does it");
        }
        if let Err(error) = self.removals.sweep().await {
            tracing::warn!(%error, "what was given up was not removed; the next round does it");
        }
        if let Err(error) = self.overview.count_days().await {
            tracing::warn!(%error, "finished days were not counted; the next round does it");
        }
        let pruned = &self.world.store;
        let pruned =
            pruned.prune(before(FEED_KEPT), before(KEYS_KEPT), before(Former::WINDOW)).await;
        if let Err(error) = pruned {
            tracing::warn!(%error, "old rows were not forgotten; the next round does it");
        }
    }

    /// What is going on; an answer at all means that the store can be read.
    pub async fn load(&self) -> Result<Load, Error> {
        Ok(self.world.reads.load(self.world.clock.now()).await?)
    }
}
