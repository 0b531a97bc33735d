//! Where the figures are read: `/metrics` on an address of its own, never the public one.

use std::{
    io::ErrorKind,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use anyhow::{Context, bail};
use poem::{
    Endpoint, EndpointExt, Request, Response, Route, Server, endpoint,
    error::NotFoundError,
    get,
    listener::{Acceptor, Listener, TcpAcceptor, TcpListener},
};
use prometheus_client::encoding::prometheus_text::CONTENT_TYPE;
use safelight_web::{Security, is_direct};
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
    /// Whether the figures are for this machine alone.
    local: bool,
}

impl Door {
    /// Opens it where it is asked for. The usual address may be somebody else's; then it stays
    /// shut and the log says so.
    pub async fn open(bind: Bind) -> anyhow::Result<Option<Self>> {
        let Some(addr) = bind.addr() else { return Ok(None) };
        match TcpListener::bind(addr).into_acceptor().await {
            Ok(acceptor) => {
                let listens = acceptor.local_addr();
                let listens = listens.first().map(ToString::to_string).unwrap_or_default();
                tracing::info!(%listens, "metrics are served");
                if !addr.ip().is_loopback() {
                    tracing::warn!(%addr, "metrics are served on an address others can reach");
                }
                Ok(Some(Self { acceptor, local: addr.ip().is_loopback() }))
            }
            Err(error) if bind == Bind::Usual && error.kind() == ErrorKind::AddrInUse => {
                tracing::warn!(%addr, "taken, so no metrics are served; METRICS_BIND names another");
                Ok(None)
            }
            Err(error) => Err(error).with_context(|| format!("metrics cannot be served on {addr}")),
        }
    }

    /// Serves until `stopped` turns true.
    pub async fn serve(self, wired: Arc<Wired>, mut stopped: watch::Receiver<bool>) {
        let stop = async move {
            let _ = stopped.wait_for(|stopped| *stopped).await;
        };
        let served = Server::new_with_acceptor(self.acceptor);
        if let Err(error) =
            served.run_with_graceful_shutdown(routes(wired, self.local), stop, None).await
        {
            tracing::error!(%error, "metrics are not served any more");
        }
    }
}

/// An address of this machine is for this machine: what a proxy forwards to it is not found.
fn routes(wired: Arc<Wired>, local: bool) -> impl Endpoint<Output = Response> {
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
