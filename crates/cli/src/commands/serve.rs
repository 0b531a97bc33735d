//! `safelight serve`

use std::{future::Future, io::Write as _, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context;
use poem::{
    Server,
    listener::{Acceptor, Listener, TcpListener},
};
use safelight_domain::Model;
use safelight_web::{About, Web};
use tokio::{signal::unix, sync::watch};

use super::doctor::Visit;
use crate::{
    args::Args,
    config::Config,
    environment,
    lock::Lock,
    metrics::{Bind, Door},
    proxy::{self, Lookout},
    wire::{self, Places, Wired},
};

/// How long requests under way may take to end at shutdown.
const GRACE: Duration = Duration::from_secs(10);

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
    open_more_files();
    let lock = Lock::wait_for(&places.data_dir).await?;
    let acceptor = TcpListener::bind(bind)
        .into_acceptor()
        .await
        .with_context(|| format!("{bind} is not free to listen on"))?;
    let door = Door::open(Bind::asked(config)?).await?;
    let listens = acceptor.local_addr();
    let listens = listens.first().and_then(|addr| addr.as_socket_addr().copied()).unwrap_or(bind);
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
    let app = safelight_web::app(Web {
        doctor: Some(Arc::new(visit)),
        onlooker: Some(Arc::new(Lookout::new(wired.metrics.http.clone(), &places.data_dir))),
        ..web(config, &wired, &app_url, stopped.clone())?
    });

    let signalled = async {
        signal().await;
        tracing::info!("stopping: requests and renders in hand may end");
        let _ = stop.send(true);
    };
    let scraped = door.map(|door| tokio::spawn(door.serve(Arc::clone(&wired), stopped.clone())));
    let studio = wired.studio.clone();
    let driver = tokio::spawn(async move {
        let stop = async move {
            let _ = stopped.wait_for(|stopped| *stopped).await;
        };
        studio.drive(stop).await;
    });
    ready(wired, app_url.clone()).await?;
    tracing::info!(%listens, %app_url, "listening");
    let served =
        Server::new_with_acceptor(acceptor).run_with_graceful_shutdown(app, signalled, Some(GRACE));
    served.await.context("the server failed")?;
    driver.await.context("the pipeline failed")?;
    if let Some(scraped) = scraped {
        scraped.await.context("the metrics failed")?;
    }
    tracing::info!("stopped");
    Ok(())
}

/// The API's document, as the configured studio would serve it.
pub fn openapi(args: &Args) -> anyhow::Result<String> {
    let config = Config::load(args.config.as_deref())?;
    let app_url = environment::app_url("127.0.0.1:8080")?;
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
/// made for programs that look through all of them.
fn open_more_files() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current == limit.maximum {
        return;
    }
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
}

/// Returns at the first of interrupt and terminate.
async fn signal() {
    let stream = |kind| unix::signal(kind).expect("signals can be listened to");
    let (mut interrupt, mut terminate) =
        (stream(unix::SignalKind::interrupt()), stream(unix::SignalKind::terminate()));
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
