//! One try of a call: sign, send, read. Blocks.

use std::{fmt::Write, io::Read, sync::Arc};

use safelight_domain::Timestamp;
use safelight_outbound::{
    self as outbound, Answer, Body, CallError, Client, ClientConfig, NoAnswer, Reach, Response,
    retry_after,
};
use safelight_ports::Clock;
use safelight_sigv4::{Request, Signer, Stamp, encode_path, encode_value};

use crate::{
    call::Call,
    limits::Limits,
    skew::{Skew, Trip, explains},
    target::Target,
    trouble::Trouble,
};

/// A refusal is short; what is longer is not one of S3's.
const MAX_REFUSAL: u64 = 64 << 10;

/// Speaks to the server.
pub(crate) struct Wire {
    client: Client,
    target: Target,
    signer: Arc<Signer>,
    clock: Arc<dyn Clock>,
    skew: Skew,
}

impl Wire {
    pub(crate) fn new(
        target: Target,
        signer: Arc<Signer>,
        clock: Arc<dyn Clock>,
        limits: &Limits,
    ) -> Self {
        let client = Client::new(&ClientConfig {
            connect: limits.connect,
            total: limits.attempt,
            idle: limits.threads,
            reach: Reach::Anywhere,
        });
        Self { client, target, signer, clock, skew: Skew::default() }
    }

    pub(crate) fn skew(&self) -> &Skew {
        &self.skew
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Signs `call` for now and makes it.
    pub(crate) fn attempt(&self, call: &Call) -> Result<Answer, Trouble> {
        let sent = self.clock.now();
        let signed = self.skew.corrected(sent);
        let request = self.signed(call, signed);
        let response = match &call.body {
            Some(body) => self.client.open(request.map(|()| body.as_slice())),
            None => self.client.open(request),
        };
        let method = call.method;
        let response = response.map_err(|none| silent(method, none))?;
        let learned = self.learn(sent, &response);
        let reply = read(method, call.max, response)?;
        // That a key is not there answers a call; that the bucket is not there does not.
        let trouble = match reply.status {
            200..=299 => return Ok(reply),
            status if call.accepts.contains(&status) => {
                let trouble = refused(method, &reply);
                match &trouble {
                    Trouble::Refused { code, .. } if code == "NoSuchBucket" => trouble,
                    _ => return Ok(reply),
                }
            }
            _ => refused(method, &reply),
        };
        let Trouble::Refused { code, .. } = &trouble else { return Err(trouble) };
        match learned {
            Some(seconds) if explains(code, signed, sent.as_second() + seconds) => {
                Err(Trouble::Clock { method, code: code.clone(), seconds })
            }
            _ => Err(trouble),
        }
    }

    /// Opens a link as a browser would: nothing is signed, nothing is learned.
    pub(crate) fn open(&self, link: &str, max: u64) -> Result<Answer, Trouble> {
        let get = outbound::Request::get(link).body(());
        let get = get.map_err(|_| Trouble::Strange { method: "GET", what: "an unusable link" })?;
        let response = self.client.open(get).map_err(|none| silent("GET", none))?;
        read("GET", max, response)
    }

    /// The request of `call`, signed for `at` in unix seconds.
    fn signed(&self, call: &Call, at: i64) -> outbound::Request<()> {
        let path = format!("{}{}", self.target.prefix, encode_path(&call.key));
        let query: Vec<_> =
            call.query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut headers: Vec<_> =
            call.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        headers.push(("host", &self.target.host));
        let request = Request {
            method: call.method,
            path: &path,
            query: &query,
            headers: &headers,
            payload: call.payload(),
        };
        let added = self.signer.sign(&request, Stamp::at(at));
        let mut uri = self.target.origin() + &path;
        for (i, (name, value)) in query.iter().enumerate() {
            let mark = if i == 0 { '?' } else { '&' };
            write!(uri, "{mark}{}={}", encode_value(name), encode_value(value))
                .expect("a String takes all");
        }
        let mut built = outbound::Request::builder().method(call.method).uri(uri);
        for (name, value) in headers {
            built = built.header(name, value);
        }
        for (name, value) in added {
            built = built.header(name, value);
        }
        // What comes from outside is percent-encoded or was checked with the configuration.
        built.body(()).expect("method, address and headers are well formed")
    }

    fn learn(&self, sent: Timestamp, response: &Response<Body>) -> Option<i64> {
        let trip = Trip { sent, received: self.clock.now() };
        let headers = response.headers();
        let date = headers.get("date").and_then(|date| date.to_str().ok());
        self.skew.learn(trip, date, headers.contains_key("age"))
    }
}

/// Reads the answer: what was asked for up to `max`, anything else up to the size of a refusal.
fn read(method: &'static str, max: u64, response: Response<Body>) -> Result<Answer, Trouble> {
    let (head, mut body) = response.into_parts();
    let asked_for = head.status.is_success() && method == "GET";
    let max = if asked_for { max } else { MAX_REFUSAL };
    let announced = body.content_length().unwrap_or_default();
    // What is announced as too large need not be read.
    if asked_for && announced > max {
        return Err(Trouble::TooLarge { max });
    }
    let room = usize::try_from(announced.min(max)).unwrap_or_default();
    let mut bytes = Vec::with_capacity(room);
    let taken = body.as_reader().take(max + 1).read_to_end(&mut bytes);
    taken.map_err(|cut| {
        let cause = CallError::transient(cut.to_string());
        Trouble::Silent { method, cause }
    })?;
    if asked_for && bytes.len() as u64 > max {
        return Err(Trouble::TooLarge { max });
    }
    Ok(Answer { status: head.status.as_u16(), headers: head.headers, body: bytes })
}

fn silent(method: &'static str, none: NoAnswer) -> Trouble {
    Trouble::Silent { method, cause: none.into() }
}

fn refused(method: &'static str, answer: &Answer) -> Trouble {
    Trouble::refused(method, answer.status, &answer.body, retry_after(&answer.headers))
}
