//! Where the figures are read: `/metrics` on an address of its own, never the public one.

use std::{
    io::ErrorKind,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, bail};
use poem::{Endpoint, EndpointExt, Request, Response, Route, endpoint, error::NotFoundError, get};
use prometheus_client::encoding::prometheus_text::CONTENT_TYPE;
use safelight_ports::Fault;
use safelight_web::{Security, is_direct, server};
use tokio::{net::TcpListener, sync::watch};

use crate::{config::Config, environment, wire::Wired};

/// Where the figures are served unless something else is asked for.
const USUAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 9464);

/// Connections at once: scrapers are few, and the figures are made anew for each.
const MOST: usize = 16;
/// How long a scrape may take to end at shutdown.
const GRACE: Duration = Duration::from_secs(1);

/// What the operator wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bind {
    /// Nothing.
    Off,
    /// The usual address, when it is free.
    Usual,
    /// This address and no other.
    At(SocketAddr),
}

impl Bind {
    /// What `METRICS_BIND` or `[metrics] bind` ask for.
    pub fn asked(config: &Config) -> anyhow::Result<Self> {
        let setting = environment::setting("METRICS_BIND")?.map(|text| text.to_string());
        match setting.or_else(|| config.metrics.bind.clone()).as_deref() {
            None => Ok(Self::Usual),
            Some("off") => Ok(Self::Off),
            Some(text) => match text.parse() {
                Ok(addr) => Ok(Self::At(addr)),
                Err(_) => bail!(
                    "METRICS_BIND, or bind under [metrics], is an address such as {USUAL}, or off; \
                     it is {text:?}"
                ),
            },
        }
    }

    /// The address, when there is one.
    pub fn addr(self) -> Option<SocketAddr> {
        match self {
            Self::Off => None,
            Self::Usual => Some(USUAL),
            Self::At(addr) => Some(addr),
        }
    }
}

/// The listener, open.
pub struct Door {
    listener: TcpListener,
    listens: SocketAddr,
}

impl Door {
    /// Opens it where it is asked for. The usual address may be somebody else's; then it stays
    /// shut and the log says so.
    pub fn open(bind: Bind) -> anyhow::Result<Option<Self>> {
        let Some(addr) = bind.addr() else { return Ok(None) };
        match server::listen(addr) {
            Ok(listener) => {
                let listens = listener.local_addr().unwrap_or(addr);
                tracing::info!(%listens, "metrics are served");
                if !addr.ip().is_loopback() {
                    tracing::warn!(%addr, "metrics are served on an address others can reach");
                }
                Ok(Some(Self { listener, listens }))
            }
            Err(error) if bind == Bind::Usual && error.kind() == ErrorKind::AddrInUse => {
                tracing::warn!(%addr, "taken, so no metrics are served; METRICS_BIND names another");
                Ok(None)
            }
            Err(error) => Err(error).with_context(|| format!("metrics cannot be served on {addr}")),
        }
    }

    /// Serves until `stopped` turns true. When serving fails, the address is opened again.
    pub async fn serve(self, wired: Arc<Wired>, stopped: watch::Receiver<bool>) {
        let Self { listener, listens } = self;
        let vitals = wired.studio.vitals.clone();
        let mut open = Some(listener);
        let serve = || {
            let (open, routes) =
                (open.take(), routes(Arc::clone(&wired), listens.ip().is_loopback()));
            let mut stopped = stopped.clone();
            async move {
                let listener = match open {
                    Some(listener) => listener,
                    None => server::listen(listens).map_err(|e| Fault::passing("metrics", e))?,
                };
                let stop = async move {
                    let _ = stopped.wait_for(|stopped| *stopped).await;
                };
                server::serve(listener, Arc::new(routes), MOST, stop, GRACE).await;
                Ok(())
            }
        };
        vitals.supervise("metrics", None, serve).await;
    }
}

/// An address of this machine is for this machine: what a proxy forwards to it is not found.
fn routes(wired: Arc<Wired>, local: bool) -> impl Endpoint<Output = Response> + 'static {
    let security = Arc::new(Security::plain());
    let scrape = endpoint::make(move |_| {
        let wired = Arc::clone(&wired);
        async move {
            let glance = wired.glance().await;
            Response::builder().content_type(CONTENT_TYPE).body(wired.metrics.text(glance))
        }
    });
    let routes = Route::new().at("/metrics", get(scrape));
    routes
        .before(move |request: Request| async move {
            if local && !is_direct(&request) {
                return Err(NotFoundError.into());
            }
            Ok(request)
        })
        .map_to_response()
        .catch_all_error(|error| async move { error.into_response() })
        .map(move |mut response: Response| {
            let security = Arc::clone(&security);
            async move {
                security.guard(response.headers_mut());
                response
            }
        })
}
