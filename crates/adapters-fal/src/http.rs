//! The three clients fal is called with. Submits have one of their own, so that whether a submit
//! left this machine is always known; pictures come from public addresses only.

use safelight_outbound::{
    Answer, Body, CallError, Client, ClientConfig, HeaderValue, NoAnswer, Reach, Request, Response,
    Uri, credential,
};

use crate::{FalConfig, media_host::MediaHost};

/// The largest JSON answer; fal's are a few KB.
const ANSWER_BYTES: u64 = 1 << 20;
/// Connections to the queue kept open between calls.
const IDLE: usize = 3;

/// The clients.
pub(crate) struct Http {
    /// Submits: a fresh connection each, so that an old one that died is never mistaken for a lost
    /// answer.
    submits: Client,
    /// Everything else at the queue, and the key set.
    calls: Client,
    /// Pictures, from public addresses.
    media: Client,
    authorization: HeaderValue,
}

impl Http {
    pub fn new(config: &FalConfig) -> Result<Self, CallError> {
        let limits = &config.limits;
        let client = |total, idle, reach| {
            Client::new(&ClientConfig { connect: limits.connect, total, idle, reach })
        };
        let except = config.media_hosts.iter().filter_map(MediaHost::exempt).cloned().collect();
        Ok(Self {
            submits: client(limits.submit, 0, Reach::Anywhere),
            calls: client(limits.call, IDLE, Reach::Anywhere),
            media: client(limits.fetch, IDLE, Reach::Public { except }),
            authorization: credential("Key", config.key.reveal())?,
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
        self.submits.send(request.body(body).map_err(unsendable)?, ANSWER_BYTES)
    }

    /// Asks the queue.
    pub fn get(&self, url: &str) -> Result<Answer, NoAnswer> {
        let get = Request::get(url).header("authorization", &self.authorization);
        self.calls.send(get.body(()).map_err(unsendable)?, ANSWER_BYTES)
    }

    /// Tells the queue.
    pub fn put(&self, url: &str) -> Result<Answer, NoAnswer> {
        let put = Request::put(url).header("authorization", &self.authorization);
        self.calls.send(put.body(b"".as_slice()).map_err(unsendable)?, ANSWER_BYTES)
    }

    /// Reads something public: no key is sent.
    pub fn public(&self, url: &str) -> Result<Answer, NoAnswer> {
        self.calls.send(Request::get(url).body(()).map_err(unsendable)?, ANSWER_BYTES)
    }

    /// Reads a picture: no key is sent, and only public addresses are connected to.
    pub fn picture(&self, url: &Uri) -> Result<Response<Body>, CallError> {
        Ok(self.media.open(Request::get(url).body(()).map_err(unsendable)?)?)
    }
}

fn unsendable<E>(_: E) -> NoAnswer {
    NoAnswer::NotSent(CallError::permanent("the request cannot be put together"))
}
