//! `safelight serve`

use std::{future::Future, io::Write as _, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context;
use safelight_domain::Model;
use safelight_usecases::Driver;
use safelight_web::{About, Web, server};
use tokio::{
    signal::unix::{self, Signal, SignalKind},
    sync::watch,
    task::JoinSet,
    time::Instant,
};

use super::doctor::Visit;
use crate::{
    args::Args,
    config::Config,
    environment,
    lock::Lock,
    metrics::{Bind, Door},
    proxy::{self, Lookout},
    wire::{self, Places, Wired, present},
};

/// How long requests under way may take to end at shutdown. Whoever has not got an answer then is
/// cut off.
const GRACE: Duration = Duration::from_secs(8);
/// How long all of it may take, from the signal on. Renders in hand are cut off then; the next
/// start goes on with them. The process ends within ten seconds, as the manual says.
const WHOLE_GRACE: Duration = Duration::from_secs(9);
/// As many connections as one process serves, whatever the system allows: about 20 kB each.
const MOST_CONNECTIONS: u64 = 10_000;
/// Descriptors that connections leave to all else: the database and its readers, calls to
/// providers and mail servers, pictures, the log.
const OTHER_FILES: u64 = 256;
/// The least of them: 48 with all readers at work, and a few calls.
const LEAST_OTHER_FILES: u64 = 54;

pub async fn run(args: &Args, bind: SocketAddr) -> anyhow::Result<()> {
    let config = Config::load(args.config.as_deref())?;
    let places = Places::under(&args.data_dir)?;
    let visit = Visit::to(args, &args.data_dir);
    serve(&config, &places, bind, visit, |wired, url| {
        if let Some(dev) = &wired.dev {
            let link = dev.link(&format!("{url}/dev/outbox"));
            // On standard output, not in the log: whoever has it reads everybody's codes. A reader
            // that has gone is no reason not to serve.
            let _ = writeln!(
                std::io::stdout(),
                "Local stand-ins serve. Open this link to read the mails that are kept instead of \
                 sent, and to pay at the play checkout:\n\n  {link}\n"
            );
        }
        std::future::ready(Ok(()))
    })
    .await
}

/// Serves until a signal, the doctor at hand; `ready` runs once it listens, before the first answer.
pub async fn serve<F>(
    config: &Config,
    places: &Places,
    bind: SocketAddr,
    visit: Visit,
    ready: impl FnOnce(Arc<Wired>, String) -> F,
) -> anyhow::Result<()>
where
    F: Future<Output = anyhow::Result<()>>,
{
    let signals = Signals::listen()?;
    let most = connections(open_more_files());
    // Asked again under the lock; here so that a refusal leaves nothing behind.
    present::look(places)?;
    let lock = Lock::wait_for(places).await?;
    let listener = server::listen(bind);
    let listener = listener.with_context(|| format!("{bind} is not free to listen on"))?;
    let door = Door::open(Bind::asked(config)?)?;
    let listens = listener.local_addr().unwrap_or(bind);
    let app_url = environment::app_url(&listens.to_string())?;
    wire::check_stand_ins(config, &app_url)?;
    if app_url.starts_with("http://") && !listens.ip().is_loopback() {
        tracing::warn!(%listens, "plain http on an address others can reach; put TLS in front");
    }
    if let Some(proxy) = proxy::unnamed(&places.data_dir, &config.limits.web()?.trusted_proxies) {
        tracing::warn!(
            %proxy,
            "requests came through this proxy, and trusted_proxies does not name it: everybody who \
             comes through it shares one address and its limits"
        );
    }
    let store = wire::open_locked_store(places, &lock)?;
    let wired = Arc::new(wire::studio(config, places, &store, &app_url)?);
    let (stop, mut stopped) = watch::channel(false);
    let mut web = web(config, &wired, &app_url, stopped.clone())?;
    // Live views last, so they may hold half of the connections and no more.
    web.limits.live_views = web.limits.live_views.min(most / 2);
    let app = safelight_web::app(Web {
        doctor: Some(Arc::new(visit)),
        onlooker: Some(Arc::new(Lookout::new(wired.metrics.http.clone(), &places.data_dir))),
        ..web
    });

    let mut stopping = stopped.clone();
    let signalled = async {
        signals.stop().await;
        tracing::info!("stopping: requests and renders in hand may end");
        let _ = stop.send(true);
    };
    let until = tokio::spawn(async move {
        let _ = stopping.wait_for(|stopped| *stopped).await;
        Instant::now() + WHOLE_GRACE
    });
    let scraped = door.map(|door| tokio::spawn(door.serve(Arc::clone(&wired), stopped.clone())));
    let studio = wired.studio.clone();
    let mut driver = tokio::spawn(async move {
        let stop = async move {
            let _ = stopped.wait_for(|stopped| *stopped).await;
        };
        studio.drive_pipeline(stop).await;
    });
    lock.announce(&app_url);
    let mut drivers = JoinSet::new();
    for Driver { name: _, work } in wired.studio.drivers() {
        drivers.spawn(work);
    }
    ready(wired, app_url.clone()).await?;
    tracing::info!(%listens, %app_url, connections = most, "listening");
    let cut = server::serve(listener, Arc::new(app), most, signalled, GRACE).await;
    if cut > 0 {
        tracing::warn!(connections = cut, "cut off: they did not end within the grace");
    }
    let until = until.await.context("the clock failed")?;
    if let Ok(ended) = tokio::time::timeout_at(until, &mut driver).await {
        ended.context("the pipeline failed")?;
    } else {
        driver.abort();
        tracing::warn!("renders in hand are cut off; the next start goes on with them");
    }
    drivers.shutdown().await;
    if let Some(scraped) = scraped {
        scraped.await.context("the metrics failed")?;
    }
    tracing::info!("stopped");
    Ok(())
}

/// The API's document, as the configured studio would serve it.
pub fn openapi(args: &Args) -> anyhow::Result<String> {
    let config = Config::load(args.config.as_deref())?;
    let app_url = environment::app_url(&environment::bind()?.to_string())?;
    Ok(safelight_web::openapi_json(&about(&config, &app_url, true)?))
}

fn about(config: &Config, app_url: &str, practice: bool) -> anyhow::Result<About> {
    let slug = |model: &Model| model.slug.0.clone();
    Ok(About {
        brand: config.brand.name.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        app_url: app_url.to_owned(),
        practice,
        brand_dir: config.brand.dir.clone(),
        models: config.catalog()?.models().iter().map(slug).collect(),
        actions: config.actions.keys().cloned().collect(),
    })
}

/// The studio as the web needs it, without the doctor.
pub fn web(
    config: &Config,
    wired: &Wired,
    app_url: &str,
    stopping: watch::Receiver<bool>,
) -> anyhow::Result<Web> {
    Ok(Web {
        studio: wired.studio.clone(),
        about: about(config, app_url, wired.practice)?,
        limits: config.limits.web()?,
        media_origin: wired.media_origin.clone(),
        local_files: wired.local_files.clone(),
        outbox: Some(wired.outbox.clone()),
        pushes: wired.pushes.clone(),
        play: wired.play.clone(),
        dev: wired.dev.clone(),
        doctor: None,
        onlooker: Some(wired.metrics.http.clone()),
        stopping,
    })
}

/// As many files as the system lets this process open: a connection is one, and the usual limit is
/// made for programs that look through all of them. Answers how many that are.
fn open_more_files() -> u64 {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        let usual = limit.current;
        limit.current = limit.maximum;
        if let Err(error) = setrlimit(Resource::Nofile, limit) {
            tracing::warn!(%error, "the limit of open files stays as it is");
            limit.current = usual;
        }
    }
    limit.current.unwrap_or(u64::MAX)
}

/// How many connections there may be with so many descriptors. Few descriptors are shared half and
/// half, but for the least that all else needs; so a server that has to make do with 64 does.
fn connections(descriptors: u64) -> usize {
    let others = OTHER_FILES.min(LEAST_OTHER_FILES.max(descriptors / 2));
    let most = descriptors.saturating_sub(others).clamp(8, MOST_CONNECTIONS);
    usize::try_from(most).unwrap_or(8)
}

/// What other processes tell this one to do.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Signals {
    /// From now on none of them ends the process by itself.
    fn listen() -> anyhow::Result<Self> {
        let listen = |kind| unix::signal(kind).context("signals cannot be listened to");
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hangup: listen(SignalKind::hangup())?,
        })
    }

    /// Returns at the first of interrupt and terminate. A hangup, which a terminal sends when it
    /// closes and log rotation sends by habit, changes nothing.
    async fn stop(mut self) {
        loop {
            tokio::select! {
                _ = self.interrupt.recv() => return,
                _ = self.terminate.recv() => return,
                _ = self.hangup.recv() => tracing::info!(
                    "SIGHUP: nothing to do; a changed configuration is read at the next start"
                ),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::connections;

    #[test]
    fn connections_leave_descriptors_to_all_else() {
        for (descriptors, most) in
            [(20, 8), (64, 10), (256, 128), (1_024, 768), (20_000, 10_000), (u64::MAX, 10_000)]
        {
            assert_eq!(connections(descriptors), most, "{descriptors}");
        }
    }
}
