//! The blocking HTTP client. It follows no redirect, uses no proxy, and knows of every failed call
//! whether its request can have left this machine.

use std::{cell::Cell, net::SocketAddr, time::Duration};

use ureq::{
    Agent, AsSendBody, Body, Error,
    config::Config,
    http::{Request, Response, Uri},
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport},
    },
};

use crate::{Answer, CallError, NoAnswer, Origin, is_public};

/// How to connect, and for how long.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// The longest a name look-up may take, and the longest a connection may take to be made.
    pub connect: Duration,
    /// The longest a whole call may take, from the look-up to the last byte of the answer.
    pub total: Duration,
    /// Connections kept open for the next call, in all and to one host; none of them when 0.
    pub idle: usize,
    /// Which network addresses may be connected to.
    pub reach: Reach,
}

/// Which network addresses a client connects to.
#[derive(Debug, Clone)]
pub enum Reach {
    /// Any: the operator configured the address.
    Anywhere,
    /// Public ones only, because a stranger or a provider named the address. The connection is
    /// made to the addresses that were checked, so no second look-up can lead elsewhere.
    Public {
        /// Origins that may be anywhere: those of tests.
        except: Vec<Origin>,
    },
}

/// A client; cheap to keep, made once an adapter.
pub struct Client(Agent);

impl Client {
    /// A client; nothing is called yet.
    pub fn new(config: &ClientConfig) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            // A redirect would carry our credentials elsewhere, or need another signature.
            .max_redirects(0)
            .max_redirects_will_error(false)
            // A proxy would connect where we cannot check the address.
            .proxy(None)
            .user_agent("safelight")
            .timeout_resolve(Some(config.connect))
            .timeout_connect(Some(config.connect))
            .timeout_global(Some(config.total))
            .max_idle_connections(config.idle)
            .max_idle_connections_per_host(config.idle)
            .build();
        let resolver = Checked { reach: config.reach.clone(), inner: DefaultResolver::default() };
        Self(Agent::with_parts(agent, DefaultConnector::default().chain(Connected), resolver))
    }

    /// Sends a request once and reads at most `most` bytes of its answer; a longer one is an error.
    pub fn send(&self, request: Request<impl AsSendBody>, most: u64) -> Result<Answer, NoAnswer> {
        noted(|| {
            let (parts, mut body) = self.0.run(request)?.into_parts();
            let body = body.with_config().limit(most).read_to_vec()?;
            Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body })
        })
    }

    /// Sends a request once; the caller reads the answer.
    pub fn open(&self, request: Request<impl AsSendBody>) -> Result<Response<Body>, NoAnswer> {
        noted(|| self.0.run(request))
    }
}

/// Makes a call and tells, if it failed, on which side of connecting it did.
fn noted<T>(call: impl FnOnce() -> Result<T, Error>) -> Result<T, NoAnswer> {
    CONNECTED.set(false);
    call().map_err(|error| {
        let error = CallError::from(&error);
        if CONNECTED.get() { NoAnswer::Lost(error) } else { NoAnswer::NotSent(error) }
    })
}

thread_local! {
    /// Whether the call under way on this thread was connected. A blocking call stays on its thread.
    static CONNECTED: Cell<bool> = const { Cell::new(false) };
}

/// The last step of connecting: TCP and TLS are there, and the request is written next.
#[derive(Debug)]
struct Connected;

impl<In: Transport> Connector<In> for Connected {
    type Out = In;

    fn connect(&self, _: &ConnectionDetails<'_>, made: Option<In>) -> Result<Option<In>, Error> {
        CONNECTED.set(made.is_some());
        Ok(made)
    }
}

/// Resolves names to the addresses that may be connected to.
#[derive(Debug)]
struct Checked {
    reach: Reach,
    inner: DefaultResolver,
}

impl Resolver for Checked {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        let except = match &self.reach {
            Reach::Anywhere => return Ok(found),
            Reach::Public { except } => except,
        };
        if Origin::of(uri).is_some_and(|origin| except.contains(&origin)) {
            return Ok(found);
        }
        let mut public = self.empty();
        found
            .iter()
            .filter(|address| is_public(address.ip()))
            .for_each(|address: &SocketAddr| public.push(*address));
        if public.is_empty() {
            return Err(Error::Other("the host is at no public address".into()));
        }
        Ok(public)
    }
}
