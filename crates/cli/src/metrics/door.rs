//! Where the figures are read: `/metrics` on an address of its own, never the public one.

use std::{
    io::ErrorKind,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use anyhow::{Context, bail};
use poem::{
    Endpoint, EndpointExt, Response, Route, Server, endpoint, get,
    listener::{Acceptor, Listener, TcpAcceptor, TcpListener},
};
use prometheus_client::encoding::prometheus_text::CONTENT_TYPE;
use safelight_ports::Fault;
use tokio::sync::watch;

use crate::{config::Config, environment, wire::Wired};

/// Where the figures are served unless something else is asked for.
const USUAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 9464);

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
    acceptor: TcpAcceptor,
    listens: SocketAddr,
}

impl Door {
    /// Opens it where it is asked for. The usual address may be somebody else's; then it stays
    /// shut and the log says so.
    pub async fn open(bind: Bind) -> anyhow::Result<Option<Self>> {
        let Some(addr) = bind.addr() else { return Ok(None) };
        match TcpListener::bind(addr).into_acceptor().await {
            Ok(acceptor) => {
                let listens = acceptor.local_addr();
                let listens = listens.first().and_then(|addr| addr.as_socket_addr().copied());
                let listens = listens.unwrap_or(addr);
                tracing::info!(%listens, "metrics are served");
                if !addr.ip().is_loopback() {
                    tracing::warn!(%addr, "metrics are served on an address others can reach");
                }
                Ok(Some(Self { acceptor, listens }))
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
        let Self { acceptor, listens } = self;
        let vitals = wired.studio.vitals.clone();
        let mut open = Some(acceptor);
        let serve = || {
            let (open, routes) = (open.take(), routes(Arc::clone(&wired)));
            let mut stopped = stopped.clone();
            async move {
                let failed = |error| Fault::passing("metrics", error);
                let acceptor = match open {
                    Some(acceptor) => acceptor,
                    None => TcpListener::bind(listens).into_acceptor().await.map_err(failed)?,
                };
                let stop = async move {
                    let _ = stopped.wait_for(|stopped| *stopped).await;
                };
                let served = Server::new_with_acceptor(acceptor);
                served.run_with_graceful_shutdown(routes, stop, None).await.map_err(failed)
            }
        };
        vitals.supervise("metrics", None, serve).await;
    }
}

fn routes(wired: Arc<Wired>) -> impl Endpoint<Output = Response> + 'static {
    let scrape = endpoint::make(move |_| {
        let wired = Arc::clone(&wired);
        async move {
            let glance = wired.glance().await;
            Response::builder().content_type(CONTENT_TYPE).body(wired.metrics.text(glance))
        }
    });
    Route::new().at("/metrics", get(scrape)).map_to_response()
}
