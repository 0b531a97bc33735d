//! The whole studio, assembled from ports and terms.

use std::{future::Future, sync::Arc, time::Duration};

use futures_util::future::{BoxFuture, FutureExt};
use safelight_domain::{Former, Key, Moment, SignedDuration};
use safelight_ports::{Fault, Load, chain};
use tokio::sync::watch;

use crate::{
    Accounts, Confirm, Devices, Error, Folders, Generations, Images, Inbox, Keys, Ledger, Live,
    OperatorTasks, Orders, Overview, Paces, People, Pipeline, Pulse, Quotas, Removals, Sessions,
    SignIn, Takings, Terms, Vitals, Watching, World, pipeline::within, vitals::contain,
};

/// How often the house is kept.
const EVERY: Duration = Duration::from_mins(1);
/// The name of the task that keeps house.
const HOUSEKEEPING: &str = "housekeeping";
/// How long a task that looks at the store each second may be silent.
const SILENCE: SignedDuration = SignedDuration::from_secs(30);
/// How long a step of housekeeping may take: a slow bucket keeps nobody from being served.
const LONG_SILENCE: SignedDuration = SignedDuration::from_hours(6);
/// How long the writer may take to answer whoever asks whether the studio is ready.
const WRITER: SignedDuration = SignedDuration::from_secs(5);
/// How long a live view may be away and still be told all it missed.
const FEED_KEPT: SignedDuration = SignedDuration::from_hours(24);
/// How long an idempotency key answers its first receipt.
const KEYS_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

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
    pub devices: Devices,
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
    pub vitals: Vitals,
    pub tasks: OperatorTasks,
    pub terms: Arc<Terms>,
    world: Arc<World>,
}

/// A task that runs as long as the studio does. It is watched: it starts again when it dies.
pub struct Driver {
    /// Its name, as metrics and readiness tell it.
    pub name: &'static str,
    /// Its work; it ends by being dropped.
    pub work: BoxFuture<'static, ()>,
}

/// Whether the studio can do its work, and what is going on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// What is going on.
    pub load: Load,
    /// What the writer's clock says, and whether it is believed.
    pub clock: Moment,
    /// The long-lived tasks that were started here.
    pub tasks: Vec<Pulse>,
}

impl Readiness {
    /// The tasks that do not run, or were not heard of for too long.
    pub fn unwell(&self) -> Vec<&'static str> {
        self.tasks.iter().filter(|task| !task.well).map(|task| task.name).collect()
    }
}

impl Studio {
    /// A studio on these ports and terms.
    pub fn new(world: World, terms: Terms) -> Self {
        let (world, terms) = (Arc::new(world), Arc::new(terms));
        let vitals = Vitals::new(world.clock.clone());
        let pipeline = Pipeline::new(world.clone(), terms.clone(), vitals.clone());
        let quotas = Quotas::new(world.clone(), terms.clone());
        let devices = Devices::new(world.clone(), terms.clone());
        let accounts = Accounts::new(world.clone(), terms.clone(), quotas.clone());
        let generations = Generations::new(world.clone(), terms.clone(), pipeline.clone());
        let orders = Orders::new(world.clone(), terms.clone());
        Self {
            confirm: Confirm::new(world.clone(), terms.clone()),
            removals: Removals::new(world.clone(), terms.clone(), generations.clone()),
            ledger: Ledger::new(world.clone(), terms.clone()),
            generations,
            inbox: Inbox::new(world.clone(), orders.clone(), vitals.clone()),
            orders,
            images: Images::new(world.clone(), pipeline.clone()),
            folders: Folders::new(world.clone()),
            keys: Keys::new(world.clone(), terms.clone()),
            sign_in: SignIn::new(
                world.clone(),
                terms.clone(),
                accounts.clone(),
                quotas.clone(),
                devices.clone(),
            ),
            quotas,
            devices,
            sessions: Sessions::new(world.clone()),
            live: Live::new(world.reads.clone(), world.feed.clone()),
            paces: Paces::new(world.clone()),
            takings: Takings::new(world.clone()),
            overview: Overview::new(world.clone()),
            people: People::new(world.clone()),
            watch: Watching::new(world.clone(), pipeline.clone()),
            tasks: OperatorTasks::new(world.clone()),
            accounts,
            pipeline,
            vitals,
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

    /// Runs the studio until `shutdown`: the pipeline, and every other driver beside it. Only one
    /// may run on a store. A composition root that can spawn runs [`Studio::drive_pipeline`] and
    /// [`Studio::drivers`] on tasks of their own instead.
    pub async fn drive(&self, shutdown: impl Future<Output = ()>) {
        let others = futures_util::future::join_all(self.drivers().into_iter().map(|d| d.work));
        tokio::select! {
            () = self.drive_pipeline(shutdown) => {}
            // They never end, but for those with nothing to do.
            () = async { others.await; std::future::pending::<()>().await } => {}
        }
    }

    /// Runs the pipeline until `shutdown`, watched. Only one may run on a store.
    pub async fn drive_pipeline(&self, shutdown: impl Future<Output = ()>) {
        let (stop, stopped) = watch::channel(false);
        let drive = || {
            let mut stopped = stopped.clone();
            async move {
                let stopped = stopped.wait_for(|stopped| *stopped).map(drop);
                self.pipeline.drive(stopped).await;
                Ok(())
            }
        };
        // Outside of what is supervised: a panic of the caller's is the caller's.
        let told = async {
            shutdown.await;
            stop.send_replace(true);
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = self.vitals.supervise(Pipeline::NAME, Some(SILENCE), drive) => {}
            () = told => {}
        }
    }

    /// Everything else that runs as long as the studio does, watched.
    pub fn drivers(&self) -> Vec<Driver> {
        vec![
            self.driver(HOUSEKEEPING, Some(LONG_SILENCE), |studio| async move {
                loop {
                    studio.keep_house().await;
                    tokio::time::sleep(EVERY).await;
                }
            }),
            self.driver("live-views", None, |studio| async move { studio.live.drive().await }),
            self.driver(Inbox::NAME, Some(SILENCE), |studio| async move {
                studio.inbox.drive().await;
            }),
            self.driver("catch-up", None, |studio| async move { studio.inbox.keep_up().await }),
        ]
    }

    fn driver<W>(
        &self,
        name: &'static str,
        silence: Option<SignedDuration>,
        work: impl Fn(Self) -> W + Send + Sync + 'static,
    ) -> Driver
    where
        W: Future<Output = ()> + Send + 'static,
    {
        let studio = self.clone();
        let work = async move {
            let run = || {
                let run = work(studio.clone());
                async move {
                    run.await;
                    Ok(())
                }
            };
            studio.vitals.supervise(name, silence, run).await;
        };
        Driver { name, work: work.boxed() }
    }

    /// Sweeps dead lots, takes away what was given up, and forgets what no promise needs any more.
    /// None of it while the clock is doubted, and nothing that fails keeps the rest from being done.
    async fn keep_house(&self) {
        self.step("the clock was not looked at", async {
            Ok(self.world.store.clock(true).await.map(drop)?)
        })
        .await;
        self.step("dead lots were not swept", async { self.ledger.sweep().await.map(drop) }).await;
        self.step("mailboxes were not noted", async {
            self.accounts.note_mailboxes().await.map(drop)
        })
        .await;
        self.step("what was given up was not removed", self.removals.sweep()).await;
        self.step("finished days were not counted", self.count_days()).await;
        self.step("old rows were not forgotten", self.forget()).await;
    }

    async fn step(&self, not_done: &'static str, work: impl Future<Output = Result<(), Error>>) {
        self.vitals.beat(HOUSEKEEPING);
        let done = contain("housekeeping", work).await;
        let done = done.unwrap_or_else(|panicked| Err(Fault::from(panicked).into()));
        if let Err(error) = done {
            tracing::warn!(error = %chain(&error), "{not_done}; the next round does it");
        }
    }

    async fn count_days(&self) -> Result<(), Error> {
        if self.world.store.clock(false).await?.doubt.is_none() {
            self.overview.count_days().await?;
        }
        Ok(())
    }

    async fn forget(&self) -> Result<(), Error> {
        let now = self.world.clock.now();
        let before = |age: SignedDuration| now.saturating_sub(age).unwrap_or(now);
        let (feed, keys, formers) = (before(FEED_KEPT), before(KEYS_KEPT), before(Former::WINDOW));
        self.world.store.prune(feed, keys, formers).await?;
        Ok(())
    }

    /// Whether the studio can do its work: the writer answered, the store was read, and every task
    /// that was started here was heard of.
    pub async fn ready(&self) -> Result<Readiness, Error> {
        let clock = self.clock().await?;
        let load = self.load().await?;
        Ok(Readiness { load, clock, tasks: self.vitals.pulses() })
    }

    /// What the writer's clock says, and whether it is believed.
    pub async fn clock(&self) -> Result<Moment, Error> {
        Ok(within(WRITER, "store", self.world.store.clock(false)).await?)
    }

    /// An operator says that the clock is right: what waits because it was doubted goes on.
    pub async fn accept_clock(&self) -> Result<(), Error> {
        Ok(self.world.store.accept_clock().await?)
    }

    /// What is going on; an answer at all means that the store can be read.
    pub async fn load(&self) -> Result<Load, Error> {
        Ok(self.world.reads.load(self.world.clock.now()).await?)
    }
}
