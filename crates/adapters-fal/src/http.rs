//! Blocking HTTP: three clients, none of which follows a redirect or reads more than it must.

use std::{cell::Cell, net::SocketAddr};

use ureq::{
    Agent, Body, Error,
    config::Config,
    http::{HeaderMap, HeaderValue, Request, Response, Uri},
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport},
    },
};
use zeroize::Zeroizing;

use crate::{
    FalConfig,
    address::is_public,
    origin::{MediaHost, Origin},
    trouble::Trouble,
};

/// The largest JSON answer; fal's are a few KB.
const ANSWER_BYTES: u64 = 1 << 20;

/// The clients.
pub(crate) struct Http {
    /// Submits: a fresh connection each, so that an old one that died is never mistaken for a lost
    /// answer.
    submits: Agent,
    /// Everything else at the queue, and the key set.
    calls: Agent,
    /// Pictures, from public addresses.
    media: Agent,
    authorization: HeaderValue,
}

/// An answer, whatever its status.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum NoAnswer {
    /// No connection was made, so no byte of the request left.
    NotSent(Trouble),
    /// A connection was made: the request may have arrived.
    Lost(Trouble),
}

impl NoAnswer {
    /// For calls that may be made again, it is all the same.
    pub fn trouble(self) -> Trouble {
        match self {
            Self::NotSent(trouble) | Self::Lost(trouble) => trouble,
        }
    }
}

impl Http {
    pub fn new(config: &FalConfig) -> Result<Self, Trouble> {
        let limits = &config.limits;
        let usual = || {
            Agent::config_builder()
                .http_status_as_error(false)
                .max_redirects(0)
                .max_redirects_will_error(false)
                // A proxy would connect where we cannot check the address.
                .proxy(None)
                .user_agent("safelight")
                .timeout_resolve(Some(limits.connect))
                .timeout_connect(Some(limits.connect))
        };
        let client =
            |config: Config| Agent::with_parts(config, connector(), DefaultResolver::default());
        let submits = usual().timeout_global(Some(limits.submit)).max_idle_connections(0);
        let calls = usual().timeout_global(Some(limits.call));
        let media = usual().timeout_global(Some(limits.fetch)).build();
        let guard = Guard { hosts: config.media_hosts.clone(), inner: DefaultResolver::default() };
        let key = Zeroizing::new([b"Key ", config.key.0.as_slice()].concat());
        let mut authorization = HeaderValue::from_bytes(&key)
            .map_err(|_| Trouble::lasting("the key cannot be put into a header"))?;
        authorization.set_sensitive(true);
        Ok(Self {
            submits: client(submits.build()),
            calls: client(calls.build()),
            media: Agent::with_parts(media, connector(), guard),
            authorization,
        })
    }

    /// Posts JSON to the queue, once.
    pub fn submit(
        &self,
        url: &str,
        headers: &[(&str, String)],
        body: Vec<u8>,
    ) -> Result<Answer, NoAnswer> {
        let mut request = Request::post(url)
            .header("authorization", &self.authorization)
            .header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(body).map_err(|_| unsendable())?;
        answered(|| self.submits.run(request))
    }

    /// Asks the queue.
    pub fn get(&self, url: &str) -> Result<Answer, NoAnswer> {
        answered(|| self.calls.get(url).header("authorization", &self.authorization).call())
    }

    /// Tells the queue.
    pub fn put(&self, url: &str) -> Result<Answer, NoAnswer> {
        let put = self.calls.put(url).header("authorization", &self.authorization);
        answered(|| put.send_empty())
    }

    /// Reads something public: no key is sent.
    pub fn public(&self, url: &str) -> Result<Answer, NoAnswer> {
        answered(|| self.calls.get(url).call())
    }

    /// Reads a picture: no key is sent, and only public addresses are connected to.
    pub fn picture(&self, url: &Uri) -> Result<Response<Body>, Trouble> {
        self.media.get(url).call().map_err(|error| said(&error))
    }
}

fn unsendable() -> NoAnswer {
    NoAnswer::NotSent(Trouble::lasting("the request cannot be put together"))
}

fn answered(call: impl FnOnce() -> Result<Response<Body>, Error>) -> Result<Answer, NoAnswer> {
    CONNECTED.set(false);
    let whole = call().and_then(|response| {
        let (parts, mut body) = response.into_parts();
        let body = body.with_config().limit(ANSWER_BYTES).read_to_vec()?;
        Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body })
    });
    whole.map_err(|error| {
        if CONNECTED.get() { NoAnswer::Lost(said(&error)) } else { NoAnswer::NotSent(said(&error)) }
    })
}

/// An error without the addresses it may hold.
pub(crate) fn said(error: &Error) -> Trouble {
    match error {
        Error::BadUri(_) | Error::Http(_) | Error::RequireHttpsOnly(_) => {
            Trouble::lasting("the address is unusable")
        }
        Error::BodyExceedsLimit(_) => Trouble::lasting("the answer is too large"),
        Error::Rustls(_) | Error::Tls(_) => {
            Trouble::passing(format!("no safe connection: {error}"))
        }
        error => Trouble::passing(error.to_string()),
    }
}

thread_local! {
    /// Whether the call under way on this thread was connected: a call stays on one thread.
    static CONNECTED: Cell<bool> = const { Cell::new(false) };
}

fn connector() -> impl Connector<Out = impl Transport> {
    DefaultConnector::default().chain(Mark)
}

/// The last link of connecting: whoever passes it has TCP and TLS, and writes next.
#[derive(Debug)]
struct Mark;

impl<In: Transport> Connector<In> for Mark {
    type Out = In;

    fn connect(&self, _: &ConnectionDetails<'_>, made: Option<In>) -> Result<Option<In>, Error> {
        CONNECTED.set(made.is_some());
        Ok(made)
    }
}

/// Resolves names to public addresses only. The connection is made to these addresses and no
/// others, so there is no second look-up to be deceived by.
#[derive(Debug)]
struct Guard {
    hosts: Vec<MediaHost>,
    inner: DefaultResolver,
}

impl Guard {
    fn exempts(&self, uri: &Uri) -> bool {
        let origin = Origin::of(uri);
        let own =
            |host: &MediaHost| matches!(host, MediaHost::Exempt(o) if origin.as_ref() == Some(o));
        self.hosts.iter().any(own)
    }
}

impl Resolver for Guard {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        if self.exempts(uri) {
            return Ok(found);
        }
        let mut public = self.empty();
        found
            .iter()
            .filter(|address| is_public(address.ip()))
            .for_each(|a: &SocketAddr| public.push(*a));
        if public.is_empty() {
            return Err(Error::Other("the host is at no public address".into()));
        }
        Ok(public)
    }
}
