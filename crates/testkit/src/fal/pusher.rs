//! Sends signed pushes, and sends them again until they are taken (fal docs: webhooks).

use std::{
    io::{self, Read, Write},
    net::TcpStream,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use serde::Serialize as _;
use serde_json::{Value, json};

use super::{Shared, State, request::Request};

/// How often it looks for something to push.
const BEAT: Duration = Duration::from_millis(5);
/// Attempts in all (fal docs: "retry 10 times").
const ATTEMPTS: u32 = 11;
/// The first pause before another attempt; each further one is twice as long. fal takes hours.
const PAUSE: Duration = Duration::from_millis(40);
/// How long a receiver may take.
const LIMIT: Duration = Duration::from_secs(5);
/// Whose account it is.
const USER: &str = "github|1234567";

/// An attempt to push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// The request it was about.
    pub request_id: String,
    /// Where it went, with what headers and what body.
    pub url: String,
    /// The four headers of the signature.
    pub headers: Vec<(String, String)>,
    /// The body, as it was signed.
    pub body: Vec<u8>,
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
}

struct Push {
    request: Request,
    url: String,
    attempt: u32,
    due: Instant,
}

pub(super) fn start(shared: Arc<Shared>) -> io::Result<()> {
    let beat = move || {
        let mut pending: Vec<Push> = Vec::new();
        while !shared.state().stopped {
            let now = Instant::now();
            for (request, url) in shared.state().requests.take_pushes() {
                let times = if request.directions.say_of("push", "twice") { 2 } else { 1 };
                let push =
                    || Push { request: request.clone(), url: url.clone(), attempt: 1, due: now };
                pending.extend((0..times).map(|_| push()));
            }
            pending = pending.into_iter().filter_map(|push| shared.attempt(push, now)).collect();
            thread::sleep(BEAT);
        }
    };
    thread::Builder::new().name("pusher".to_owned()).spawn(beat).map(drop)
}

impl Shared {
    /// Pushes before the submit is answered, done or not.
    pub(super) fn push_now(&self, id: &str) {
        let request = self.state().requests.by_id(id).cloned();
        if let Some((request, url)) = request.and_then(|r| r.webhook.clone().map(|url| (r, url))) {
            self.deliver(&request, &url);
        }
    }

    /// The push if it has to be sent again: a redirect is a failure for good.
    fn attempt(&self, push: Push, now: Instant) -> Option<Push> {
        if push.due > now {
            return Some(push);
        }
        let status = self.deliver(&push.request, &push.url);
        let over = status.is_some_and(|status| (200..400).contains(&status));
        (!over && push.attempt < ATTEMPTS).then(|| {
            let due = Instant::now() + PAUSE * 2_u32.pow(push.attempt.min(5));
            Push { attempt: push.attempt + 1, due, ..push }
        })
    }

    fn deliver(&self, request: &Request, url: &str) -> Option<u16> {
        let now = self.clock.now().as_second();
        let mut state = self.state();
        state.requests.mark_pushed(&request.id);
        let (body, headers) = state.push(request, now);
        drop(state);
        let status = post(url, &headers, &body).ok();
        let (request_id, url) = (request.id.clone(), url.to_owned());
        let delivered = Delivered { request_id, url, headers, body, status };
        self.state().deliveries.push(delivered);
        status
    }
}

impl State {
    /// The body and its signature.
    fn push(&self, request: &Request, now: i64) -> (Vec<u8>, Vec<(String, String)>) {
        let told = |what: &str| request.directions.say_of("push", what);
        let (status, error, payload) = match request.failure().filter(|_| !told("early")) {
            None => ("OK", Value::Null, self.output(request)),
            Some(failure) => {
                let error = format!("Invalid status code: {}", failure.status);
                ("ERROR", error.into(), failure.body())
            }
        };
        let mut body = json!({
            "request_id": request.id,
            "gateway_request_id": request.id,
            "status": status,
            "error": error,
            "payload": payload,
        });
        if told("null") {
            body["payload"] = Value::Null;
            body["payload_error"] = "Response payload is not JSON serializable.".into();
        }
        let body = python_json(&body);
        let user = if told("foreign") { "github|7654321" } else { USER };
        let timestamp = if told("stale") { now - 301 } else { now };
        let names = (request.id.as_str(), user);
        let headers = if told("forged") {
            self.signing.forge(names, timestamp, &body)
        } else {
            self.signing.sign(names, timestamp, &body)
        };
        (body, headers)
    }
}

/// JSON with a space after every comma and colon, as fal's Python sends it: whoever verifies a
/// re-serialised body fails.
fn python_json(value: &Value) -> Vec<u8> {
    struct Python;
    impl serde_json::ser::Formatter for Python {
        fn begin_array_value<W: ?Sized + Write>(
            &mut self,
            w: &mut W,
            first: bool,
        ) -> io::Result<()> {
            if first { Ok(()) } else { w.write_all(b", ") }
        }
        fn begin_object_key<W: ?Sized + Write>(
            &mut self,
            w: &mut W,
            first: bool,
        ) -> io::Result<()> {
            if first { Ok(()) } else { w.write_all(b", ") }
        }
        fn begin_object_value<W: ?Sized + Write>(&mut self, w: &mut W) -> io::Result<()> {
            w.write_all(b": ")
        }
    }
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, Python);
    value.serialize(&mut serializer).expect("JSON in memory");
    bytes
}

/// Posts to an `http` address and answers the status.
fn post(url: &str, headers: &[(String, String)], body: &[u8]) -> io::Result<u16> {
    let rest = url.strip_prefix("http://").ok_or_else(|| io::Error::other("http only"))?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(LIMIT))?;
    let mut head = Vec::new();
    write!(head, "POST /{path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n")?;
    write!(head, "connection: close\r\ncontent-length: {}\r\n", body.len())?;
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n")?;
    }
    head.extend(b"\r\n");
    stream.write_all(&head)?;
    stream.write_all(body)?;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer)?;
    let status = std::str::from_utf8(&answer[9..]).ok().and_then(|text| text.parse().ok());
    status.ok_or_else(|| io::Error::other("no status"))
}
