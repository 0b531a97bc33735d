//! Signed pushes, by a postman who may deliver twice, late, out of order or never, as told; and
//! what became of them (Stripe docs: webhooks).

use std::{
    collections::{HashMap, VecDeque},
    io::{self, Read, Write},
    net::TcpStream,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use super::{Shared, state::text};

/// How often the postman looks for something to deliver.
const BEAT: Duration = Duration::from_millis(5);
/// Attempts in all (Stripe docs: three over a few hours in a sandbox).
const ATTEMPTS: u32 = 3;
/// The first pause before another attempt; each further one is twice as long. Stripe takes hours.
const PAUSE: Duration = Duration::from_millis(40);
/// How long a receiver may take.
const LIMIT: Duration = Duration::from_secs(10);

/// A push to be delivered to one endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Push {
    /// The event's id.
    pub event: String,
    /// Its type.
    pub kind: String,
    /// The body, the same at every attempt.
    pub body: Vec<u8>,
    /// Where to.
    pub url: String,
    pub(super) secret: String,
    attempt: u32,
}

/// What the postman does with a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Treatment {
    /// How many times it is delivered; 0: it is lost, and Stripe knows that it is.
    pub copies: u32,
    /// How long it lies first. What lies longer is overtaken.
    pub delay: Duration,
}

impl Treatment {
    /// Once, at once.
    pub const USUAL: Self = Self { copies: 1, delay: Duration::ZERO };
    /// Never.
    pub const LOST: Self = Self { copies: 0, delay: Duration::ZERO };
}

/// An attempt to deliver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// The event's id.
    pub event: String,
    /// Its type.
    pub kind: String,
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
}

type Treat = Box<dyn FnMut(&Push) -> Treatment + Send>;

/// Pushes, secrets, and what became of both.
#[derive(Default)]
pub(super) struct Office {
    secrets: HashMap<String, String>,
    /// Held until they are sent one by one, or released.
    pub held: VecDeque<Push>,
    pub holding: bool,
    due: Vec<(Push, Instant)>,
    pub treat: Option<Treat>,
    /// Of each event: endpoints that have not taken it yet.
    missing: HashMap<String, Vec<String>>,
    pub delivered: Vec<Delivered>,
}

impl Office {
    pub fn learn(&mut self, endpoint: &str, secret: &str) {
        self.secrets.insert(endpoint.to_owned(), secret.to_owned());
    }

    pub fn post(&mut self, event: &Value, endpoint: &Value) {
        let id = text(event, "id").to_owned();
        let url = text(endpoint, "url").to_owned();
        self.missing.entry(id.clone()).or_default().push(url.clone());
        let secret = self.secrets.get(text(endpoint, "id")).cloned().unwrap_or_default();
        let kind = text(event, "type").to_owned();
        // Stripe's bodies are pretty-printed: whoever verifies a re-serialised one fails.
        let body = serde_json::to_vec_pretty(event).expect("JSON in memory");
        let push = Push { event: id, kind, body, url, secret, attempt: 1 };
        if self.holding {
            self.held.push_back(push);
        } else {
            self.send_out(&push);
        }
    }

    fn send_out(&mut self, push: &Push) {
        let treatment = self.treat.as_mut().map_or(Treatment::USUAL, |treat| treat(push));
        let due = Instant::now() + treatment.delay;
        self.due.extend((0..treatment.copies).map(|_| (push.clone(), due)));
    }

    pub fn release(&mut self) {
        self.holding = false;
        for push in std::mem::take(&mut self.held) {
            self.send_out(&push);
        }
    }

    /// Whether all endpoints took an event: without one, nobody is missing.
    pub fn is_delivered(&self, event: &str) -> bool {
        self.missing.get(event).is_none_or(Vec::is_empty)
    }

    /// The first push that is due, in the order of their hours.
    fn next(&mut self, now: Instant) -> Option<Push> {
        let due = self.due.iter().enumerate().filter(|(_, (_, due))| *due <= now);
        let (at, _) = due.min_by_key(|(_, (_, due))| *due)?;
        Some(self.due.remove(at).0)
    }

    /// Notes how an attempt went.
    pub fn note(&mut self, push: &Push, status: Option<u16>) {
        let (event, kind) = (push.event.clone(), push.kind.clone());
        if status.is_some_and(|status| (200..300).contains(&status)) {
            if let Some(missing) = self.missing.get_mut(&push.event) {
                missing.retain(|url| *url != push.url);
            }
        } else if push.attempt < ATTEMPTS && !self.holding {
            let due = Instant::now() + PAUSE * 2_u32.pow(push.attempt.min(5));
            self.due.push((Push { attempt: push.attempt + 1, ..push.clone() }, due));
        }
        self.delivered.push(Delivered { event, kind, status });
    }

    /// Whether nothing is on its way.
    pub fn is_idle(&self) -> bool {
        self.due.is_empty()
    }
}

pub(super) fn start(shared: Arc<Shared>) -> io::Result<()> {
    let beat = move || {
        while !shared.state().stopped {
            let push = shared.state().office.next(Instant::now());
            match push {
                Some(push) => drop(shared.deliver(&push)),
                None => thread::sleep(BEAT),
            }
        }
    };
    thread::Builder::new().name("postman".to_owned()).spawn(beat).map(drop)
}

impl Shared {
    /// Signs a push for now, sends it and notes how it went.
    pub(super) fn deliver(&self, push: &Push) -> Option<u16> {
        let now = self.clock.now().as_second();
        let header = sign(&push.secret, now, &push.body);
        let status = post(&push.url, &header, &push.body).ok();
        self.state().office.note(push, status);
        status
    }
}

/// The value of `Stripe-Signature` for a body signed at that second.
pub fn sign(secret: &str, seconds: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length is a key");
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body);
    let mut header = format!("t={seconds},v1=");
    for byte in mac.finalize().into_bytes() {
        // Writing to a String cannot fail.
        let _ = std::fmt::Write::write_fmt(&mut header, format_args!("{byte:02x}"));
    }
    header
}

/// Posts to an `http` address and answers the status.
fn post(url: &str, signature: &str, body: &[u8]) -> io::Result<u16> {
    let rest = url.strip_prefix("http://").ok_or_else(|| io::Error::other("http only"))?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(LIMIT))?;
    let mut head = Vec::new();
    write!(head, "POST /{path} HTTP/1.1\r\nhost: {host}\r\nuser-agent: Stripe/1.0\r\n")?;
    write!(head, "content-type: application/json; charset=utf-8\r\nconnection: close\r\n")?;
    write!(head, "content-length: {}\r\nstripe-signature: {signature}\r\n\r\n", body.len())?;
    stream.write_all(&head)?;
    stream.write_all(body)?;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer)?;
    let status = std::str::from_utf8(&answer[9..]).ok().and_then(|text| text.parse().ok());
    status.ok_or_else(|| io::Error::other("no status"))
}
