//! A studio on a real database and scripted surroundings. When it is dropped, its books are
//! audited: a test that leaves them broken fails, whatever else it looked at.

use std::{
    path::Path,
    sync::{Arc, LazyLock},
    thread,
};

use safelight_adapters_local::Drawer;
use safelight_adapters_sqlite::{Durability, Options, Sqlite};
use safelight_domain::{
    AccountId, ActionName, Actions, Actor, Catalog, Count, Credits, GenerationId, ModelSlug, Money,
    Pack, PackName, Packs, Prompt, RenderState, Seed, SignedDuration, Size,
};
use safelight_ports::{Clock, GenerationStatus, Ids, PaymentPush, Payments, Reads, Store};
use safelight_testkit::{
    FakePayments, Faults, FixedEntropy, ManualClock, MemoryStorage, ScriptedProvider, SeqIds,
    TinyImaging,
    people::{self, Person},
};
use safelight_usecases::{Ask, Letter, Pepper, Requested, Studio, Terms, Timing, World};
use tempfile::TempDir;

/// An empty studio's file, made once: a thousand studios need not sync a thousand schemas to disk.
static EMPTY: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder for the schema");
    let path = folder.path().join("safelight.db");
    Sqlite::migrate(&path, ManualClock::START).expect("a fresh schema");
    std::fs::read(path).expect("the file it made")
});

/// What outlives a restart: the disk, the provider, the bucket, time.
#[derive(Clone)]
pub struct Setup {
    /// Time, as the test tells it.
    pub clock: Arc<ManualClock>,
    /// Whoever paints.
    pub provider: Arc<ScriptedProvider>,
    /// The bucket.
    pub storage: Arc<MemoryStorage>,
    /// Whoever takes payments, and forgets nothing when the studio dies.
    pub payments: Arc<FakePayments>,
    /// Mails that were sent.
    pub outbox: Arc<Drawer>,
    /// Who takes payments: the fake, until a test says otherwise.
    pub cashier: Arc<dyn Payments>,
    /// Who proves its pushes.
    pub push: Arc<dyn PaymentPush>,
    /// When a commit counts as done: at once, unless a test measures.
    pub durability: Durability,
    /// Fails the n-th port call.
    pub faults: Arc<Faults>,
    ids: Arc<SeqIds>,
    dir: Arc<TempDir>,
    _mails: Arc<TempDir>,
}

impl Default for Setup {
    fn default() -> Self {
        let clock = Arc::<ManualClock>::default();
        let payments = Arc::new(FakePayments::new(clock.clone(), &prices()));
        let mails = tempfile::tempdir().expect("a folder for mails");
        Self {
            outbox: Arc::new(Drawer::new(mails.path().to_owned(), clock.clone())),
            _mails: Arc::new(mails),
            cashier: payments.clone(),
            push: payments.clone(),
            payments,
            clock,
            provider: Arc::default(),
            storage: Arc::default(),
            durability: Durability::Off,
            faults: Faults::new(),
            ids: Arc::default(),
            dir: Arc::new(tempfile::tempdir().expect("a folder for the test")),
        }
    }
}

impl Setup {
    /// The same surroundings around another, empty folder: another studio at the same provider.
    #[must_use]
    pub fn elsewhere(&self) -> Self {
        let dir = Arc::new(tempfile::tempdir().expect("a folder for the test"));
        Self { dir, ..self.clone() }
    }
}

/// A studio that runs, with Ada (10 credits), Grace (3) and Linus (none) in it.
pub struct TestStudio {
    /// The use cases.
    pub studio: Studio,
    /// The store under them.
    pub store: Sqlite,
    /// Everything around them.
    pub setup: Setup,
}

impl TestStudio {
    /// A fresh studio.
    pub async fn open() -> Self {
        Self::with(Setup::default()).await
    }

    /// A fresh studio in these surroundings.
    pub async fn with(setup: Setup) -> Self {
        let path = setup.dir.path().join("safelight.db");
        std::fs::write(&path, EMPTY.as_slice()).expect("a fresh schema");
        let studio = Self::start(setup);
        for person in [people::ada(), people::grace(), people::linus()] {
            studio.store.commit(person.joining()).await.expect("everybody joins");
        }
        studio
    }

    /// The same studio after its process died: nothing of it is left but the setup.
    #[must_use]
    pub fn restarted(self) -> Self {
        let setup = self.setup.clone();
        drop(self);
        Self::start(setup)
    }

    fn start(setup: Setup) -> Self {
        let path = setup.dir.path().join("safelight.db");
        let options = Options { durability: setup.durability, ..Options::default() };
        let store = Sqlite::open(&path, setup.clock.clone(), &options).expect("the store opens");
        let world = World {
            store: setup.faults.store(Arc::new(store.clone())),
            reads: Arc::new(store.clone()),
            figures: Arc::new(store.clone()),
            people: Arc::new(store.clone()),
            watch: Arc::new(store.clone()),
            provider: setup.faults.provider(setup.provider.clone()),
            storage: setup.faults.storage(setup.storage.clone()),
            imaging: setup.faults.imaging(Arc::new(TinyImaging)),
            mailer: setup.outbox.clone(),
            payments: Some(setup.faults.payments(setup.cashier.clone())),
            payment_push: Some(setup.push.clone()),
            feed: store.feed(),
            clock: setup.clock.clone(),
            ids: setup.ids.clone(),
            entropy: Arc::new(FixedEntropy::new()),
        };
        let terms = terms(Timing::default());
        Self { studio: Studio::new(world, terms), store, setup }
    }

    /// Where the database lies.
    pub fn path(&self) -> &Path {
        self.setup.dir.path()
    }

    /// Asks for pictures as `person`, with seeds from `seed` on.
    pub async fn request(&self, person: &Person, count: i64, seed: u64) -> Requested {
        let actor = Actor::user(person.user.id);
        let asked = ask("a lamp", count, seed);
        let account = person.account.id;
        self.studio.generations.request(account, asked, None, actor).await.expect("it is paid")
    }

    /// Lets due work run and time pass until nothing is unfinished; answers how long that took.
    ///
    /// Fails after two hours of studio time: by then every deadline has passed.
    pub async fn settle(&self) -> SignedDuration {
        let from = self.setup.clock.now();
        loop {
            while self.studio.pipeline.run_due().await.unwrap_or(true) {}
            let load = self.store.load(self.setup.clock.now()).await.expect("the store answers");
            let took = self.setup.clock.now().duration_since(from);
            if load.pending + load.live == 0 {
                return took;
            }
            assert!(took < SignedDuration::from_hours(2), "something never ends: {load:?}");
            self.setup.clock.advance(SignedDuration::from_secs(1));
        }
    }

    /// What `account` can spend.
    pub async fn balance(&self, account: AccountId) -> u32 {
        self.studio.ledger.balance(account).await.expect("a balance").credits.get()
    }

    /// A generation as it is now.
    pub async fn generation(&self, account: AccountId, id: GenerationId) -> GenerationStatus {
        self.studio.generations.get(account, id).await.expect("it exists")
    }

    /// The states of a generation's renders, by index.
    pub async fn states(&self, account: AccountId, id: GenerationId) -> Vec<RenderState> {
        let status = self.generation(account, id).await;
        status.renders.iter().map(|render| render.render.state).collect()
    }

    /// A fresh id, as the application makes them.
    pub fn id(&self) -> safelight_domain::Uuid {
        self.setup.ids.next()
    }
}

impl Drop for TestStudio {
    fn drop(&mut self) {
        if thread::panicking() {
            return;
        }
        let (store, now) = (self.store.clone(), self.setup.clock.now());
        let audit = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().build();
            runtime.expect("a runtime").block_on(store.audit(now)).expect("the audit runs")
        });
        let findings = audit.join().expect("the audit ends");
        assert!(findings.is_empty(), "the books are broken: {findings:#?}");
    }
}

/// What is on sale: 100 credits for 9.99, and 1,000 for 79.00 that live for a year.
pub fn packs() -> Packs {
    Packs::new(prices().into_iter().zip([(100, None), (1_000, Some(365))]).map(
        |((name, money), (credits, expires_days))| Pack {
            name: PackName::parse(name).expect("a name"),
            credits: Credits::new(credits).expect("few"),
            expires_days,
            money,
            price: name.to_owned(),
        },
    ))
}

fn prices() -> [(&'static str, Money); 2] {
    let dollars = |minor| Money::price(minor, "usd").expect("a price");
    [("small", dollars(999)), ("large", dollars(7_900))]
}

/// What a person asks for when the words do not matter.
pub fn ask(prompt: &str, count: i64, seed: u64) -> Ask {
    Ask {
        prompt: Prompt::parse(prompt).expect("a prompt"),
        negative: None,
        model: ModelSlug("flux-schnell".to_owned()),
        size: Size::Square,
        count: Count::new(count).expect("1 to 4"),
        seed: Some(Seed(seed)),
        folder_id: None,
        remix_of: None,
    }
}

/// What a studio of ours offers.
pub fn terms(timing: Timing) -> Terms {
    let export = ActionName::parse("export").expect("a name");
    Terms {
        catalog: Catalog::flux(),
        actions: Actions::new([(export, Credits::new(2).expect("few"))]),
        packs: packs(),
        signup_bonus: Credits::ZERO,
        unfinished: 100,
        mails_per_hour: 600,
        key_prefix: "sl_live_".to_owned(),
        brand: "Safelight".to_owned(),
        sign_in_letter: Letter::default(),
        app_url: "http://localhost".to_owned(),
        pepper: Pepper([7; 32]),
        timing,
    }
}
