//! Which adapter stands behind which port. Only this module and the benchmarks name adapters.

pub mod bucket;
pub mod cards;
pub mod cashier;
mod clock;
pub mod maker;
mod metered;
pub mod present;

use std::{
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, bail, ensure};
pub use clock::ClockSeen;
use present::Present;
pub use present::Unusable;
use safelight_adapters_imaging::Imager;
use safelight_adapters_local::Drawer;
pub use safelight_adapters_sqlite::{Crowd, Gauges, Odd, Sqlite};
use safelight_adapters_sqlite::{Finding, OpenError, Options, audit_file};
use safelight_domain::Timestamp;
use safelight_ports::{Clock, chain};
use safelight_usecases::{LocalFiles, Outbox, Pepper, PlayCheckout, ProviderPush, Studio, World};
use safelight_web::DevToken;

use crate::{
    commands::backup::last,
    config::Config,
    disk, environment,
    lock::Lock,
    logs,
    metrics::{Glance, Metrics},
    output, private,
    world::{SystemClock, SystemEntropy, V7Ids},
};

/// A studio on its adapters.
pub struct Wired {
    /// The use cases.
    pub studio: Studio,
    /// The disk store's door, when it serves.
    pub local_files: Option<Arc<dyn LocalFiles>>,
    /// Where pictures are served from, when that is not here.
    pub media_origin: Option<String>,
    /// Proves the provider's pushes, when it sends some.
    pub pushes: Option<Arc<dyn ProviderPush>>,
    /// Whether pictures are practice ones.
    pub practice: bool,
    /// The play checkout, while it serves.
    pub play: Option<Arc<dyn PlayCheckout>>,
    /// The mails that are kept instead of sent.
    pub outbox: Arc<dyn Outbox>,
    /// Opens the pages of the stand-ins; over https they are never mounted.
    pub dev: Option<DevToken>,
    /// What is counted.
    pub metrics: Metrics,
    sights: Sights,
}

/// Where a glance for the metrics looks.
struct Sights {
    store: Sqlite,
    database: PathBuf,
    data_dir: PathBuf,
    started: Timestamp,
}

impl Wired {
    /// How full the trays are right now.
    pub async fn glance(&self) -> Glance {
        let Sights { store, database, data_dir, started } = &self.sights;
        let now = SystemClock.now();
        let clock = self.studio.clock().await;
        let doubted = clock.ok().and_then(|moment| moment.doubt);
        let gauges = store.gauges(now).await;
        let gauges = gauges.inspect_err(|fault| {
            tracing::warn!(error = %chain(fault), "the store was not readable for a scrape");
        });
        Glance {
            gauges: gauges.ok(),
            commits: store.commits(),
            now: now.as_duration().as_secs_f64(),
            started: started.as_duration().as_secs_f64(),
            files: disk::sizes(database),
            free: disk::free(data_dir).ok(),
            backup: last::noted(data_dir).map(|at| at.as_duration().as_secs_f64()),
            tasks: self.studio.vitals.pulses(),
            doubted: doubted.map(|doubt| doubt.ahead.as_secs_f64()),
            log_lines_dropped: logs::dropped(),
            panics: logs::panics(),
        }
    }
}

/// Where things are.
#[derive(Debug, Clone)]
pub struct Places {
    /// The data folder.
    pub data_dir: PathBuf,
    /// The database file.
    pub database: PathBuf,
}

impl Places {
    /// The places under a data folder, which is made, for its owner alone, when it is not there.
    pub fn under(data_dir: &Path) -> anyhow::Result<Self> {
        let places = Self::within(data_dir)?;
        Ok(Self { database: environment::database(data_dir)?, ..places })
    }

    /// The same with the database in the folder, whatever `DATABASE_URL` says: for studios that
    /// are made to be measured or tried, which must never be the operator's own.
    pub fn within(data_dir: &Path) -> anyhow::Result<Self> {
        let shown = data_dir.display();
        ensure!(
            !data_dir.starts_with("~"),
            "the data folder is {shown}, and only a shell expands ~; write the whole path"
        );
        ensure!(
            data_dir.is_dir() || !data_dir.exists(),
            "the data folder {shown} is a file; name a folder with --data-dir or DATA_DIR"
        );
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(data_dir)
            .with_context(|| format!("the data folder {shown} cannot be made"))?;
        let database = data_dir.join(environment::DATABASE);
        Ok(Self { data_dir: data_dir.to_owned(), database })
    }
}

/// Opens the store beside whoever serves. A new or outdated database is brought up to date first,
/// when nobody does.
pub fn open_store(places: &Places) -> anyhow::Result<Sqlite> {
    let outdated = |error: &anyhow::Error| {
        matches!(error.downcast_ref::<OpenError>(), Some(OpenError::Outdated(_)))
    };
    if present::look(places)? == Present::There {
        match open(places) {
            Err(error) if outdated(&error) => {}
            opened => return opened,
        }
    }
    let lock = Lock::take(places)?;
    open_locked_store(places, &lock)
}

/// Opens a store whose lock the caller has, bringing its schema up to date first.
pub fn open_locked_store(places: &Places, lock: &Lock) -> anyhow::Result<Sqlite> {
    present::look(places)?;
    migrate(places, lock)?;
    open(places)
}

/// Applies pending schema steps, making the file when there is none; answers their names. Whether
/// a new one may be made is for the caller to ask first.
pub fn migrate(places: &Places, lock: &Lock) -> anyhow::Result<Vec<&'static str>> {
    private::narrow(places);
    let steps = Sqlite::migrate(&places.database, SystemClock.now())
        .with_context(|| format!("the database {}", places.database.display()))?;
    lock.hold_database(places)?;
    if let Err(error) = present::remember(places) {
        // A full disk is no reason not to start.
        tracing::warn!(%error, "the data folder's note of its database was not written");
    }
    Ok(steps.into_iter().map(|step| step.name).collect())
}

/// Audits a copy of a database that nobody has open.
pub fn audit_copy(path: &Path) -> anyhow::Result<Vec<Finding>> {
    audit_file(path, SystemClock.now()).with_context(|| format!("{}", path.display()))
}

fn open(places: &Places) -> anyhow::Result<Sqlite> {
    let readers = u32::try_from(crate::blocking_threads()).unwrap_or(4);
    let options = Options { readers, stop: output::stop, ..Options::default() };
    Sqlite::open(&places.database, Arc::new(SystemClock), &options)
        .with_context(|| format!("the database {}", places.database.display()))
}

/// Puts a studio together on `store`. `app_url` is where its links lead.
pub fn studio(
    config: &Config,
    places: &Places,
    store: &Sqlite,
    app_url: &str,
) -> anyhow::Result<Wired> {
    let secret = environment::app_secret(&places.data_dir)?;
    // Each use of the secret has a key of its own.
    let bucket = bucket::open(&places.data_dir, app_url, derive(&secret, "files"))?;
    let clock = Arc::new(SystemClock);
    let maker = maker::open(config, app_url, derive(&secret, "pushes"))?;
    let play_key = derive(&secret, "play checkout");
    let cashier = cashier::open(config, &places.data_dir, app_url, play_key)?;
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let drawer = Arc::new(outbox(places));
    let terms = config.terms(app_url, Pepper(derive(&secret, "codes")))?;
    let world = World {
        store: Arc::new(store.clone()),
        reads: Arc::new(store.clone()),
        figures: Arc::new(store.clone()),
        people: Arc::new(store.clone()),
        watch: Arc::new(store.clone()),
        provider: maker.provider,
        storage: bucket.storage,
        imaging: Arc::new(Imager::new(cores)),
        mailer: drawer.clone(),
        payments: cashier.payments,
        payment_push: cashier.push,
        feed: store.feed(),
        clock,
        ids: Arc::new(V7Ids),
        entropy: Arc::new(SystemEntropy),
    };
    let metrics = Metrics::new();
    let world = metered::world(world, &metrics);
    Ok(Wired {
        studio: Studio::new(world, terms),
        local_files: bucket.local_files,
        media_origin: bucket.origin,
        outbox: drawer,
        dev: app_url
            .starts_with("http://")
            .then(|| DevToken::new(derive(&secret, "pages of the stand-ins"))),
        pushes: maker.pushes,
        practice: maker.practice,
        play: cashier.play,
        metrics,
        sights: Sights {
            store: store.clone(),
            database: places.database.clone(),
            data_dir: places.data_dir.clone(),
            started: SystemClock.now(),
        },
    })
}

/// The mails that are kept instead of sent.
pub fn outbox(places: &Places) -> Drawer {
    Drawer::new(places.data_dir.join("outbox"), Arc::new(SystemClock))
}

/// In production a stand-in serves only when it was asked for by name.
pub fn check_stand_ins(config: &Config, app_url: &str) -> anyhow::Result<()> {
    if !app_url.starts_with("https://") {
        return Ok(());
    }
    let disk = bucket::configured()?.is_none();
    let painter = environment::setting("FAL_KEY")?.is_none();
    for (name, instead, serves) in [("painter", "FAL_KEY", painter), ("disk", "the R2 keys", disk)]
    {
        if serves && !config.stand_ins.iter().any(|asked| asked == name) {
            bail!(
                "APP_URL is https, and the {name} stand-in would serve because {instead} is not \
                 set; set it, or add {name:?} to stand_ins in safelight.toml"
            );
        }
    }
    let asked = config.stand_ins.iter().any(|asked| asked == "checkout");
    if asked && environment::setting("STRIPE_SECRET_KEY")?.is_none() {
        tracing::warn!(
            "stand_ins names the play checkout, whose page is never served over https: nothing is \
             on sale until STRIPE_SECRET_KEY is set"
        );
    }
    Ok(())
}

/// A key for one purpose, from the studio's secret.
fn derive(secret: &[u8; 32], purpose: &str) -> [u8; 32] {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret).expect("any length is a key");
    mac.update(b"safelight/");
    mac.update(purpose.as_bytes());
    mac.finalize().into_bytes().into()
}
