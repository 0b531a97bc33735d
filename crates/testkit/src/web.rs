//! A small HTTP server on loopback that may misbehave: it owns its sockets, so it can hang up,
//! stop in the middle or say one length and send another.
//!
//! One request a connection, one thread a connection, a bounded number of both.

use std::{
    collections::VecDeque,
    io::{self, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

/// More connections at once are hung up on.
const CONNECTIONS: usize = 128;
/// Requests kept for assertions; the oldest go first.
const RECEIVED_KEPT: usize = 4_096;
/// The largest request head and body.
const HEAD_MAX: usize = 64 << 10;
const BODY_MAX: usize = 4 << 20;
/// How long a client may dawdle.
const DAWDLE: Duration = Duration::from_secs(10);

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Received {
    /// `GET`, `POST`, ...
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query, still encoded; empty when there is none.
    pub query: String,
    /// Names and values in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Received {
    /// The first header of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// A parameter of the query, decoded.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let pairs = self.query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| decoded(value))
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut out = Vec::new();
    while let Some(byte) = bytes.next() {
        let hex = |digit: Option<u8>| digit.and_then(|d| char::from(d).to_digit(16));
        match byte {
            b'%' => {
                let code = hex(bytes.next()).zip(hex(bytes.next())).map(|(hi, lo)| hi * 16 + lo);
                out.push(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(b'?'));
            }
            b'+' => out.push(b' '),
            _ => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// What a handler does with a request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// Answers it.
    Say {
        /// The HTTP status.
        status: u16,
        /// Headers; the length is added unless it or an encoding is among them.
        headers: Vec<(String, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// Reads it, and hangs up without a word.
    HangUp,
    /// Reads it, and stays silent until the client goes away or the server stops.
    Silence,
}

impl Reply {
    /// An answer with a body of that type.
    pub fn new(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("content-type".to_owned(), media_type.to_owned())];
        Self::Say { status, headers, body: body.into() }
    }

    /// A JSON answer.
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        if let Self::Say { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.into()));
        }
        self
    }
}

type Handler = dyn Fn(&Received) -> Reply + Send + Sync;

/// A server; it stops when dropped.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    handler: Box<Handler>,
    stopped: AtomicBool,
    open: AtomicUsize,
    received: Mutex<VecDeque<Received>>,
}

impl Server {
    /// Serves on a free port, or on `port` when it is not 0.
    pub fn start(
        port: u16,
        handler: impl Fn(&Received) -> Reply + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            handler: Box::new(handler),
            stopped: AtomicBool::new(false),
            open: AtomicUsize::new(0),
            received: Mutex::default(),
        });
        let serving = Arc::clone(&shared);
        thread::Builder::new()
            .name("server".to_owned())
            .spawn(move || serving.accept(&listener))?;
        Ok(Self { address, shared })
    }

    /// Its origin, such as `http://127.0.0.1:40001`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What arrived so far, oldest first.
    pub fn received(&self) -> Vec<Received> {
        self.shared.log().iter().cloned().collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // Wakes the listener, which then sees that it is over.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn accept(self: Arc<Self>, listener: &TcpListener) {
        for stream in listener.incoming() {
            if self.stopped.load(Ordering::SeqCst) {
                return;
            }
            let Ok(stream) = stream else { continue };
            if self.open.fetch_add(1, Ordering::SeqCst) >= CONNECTIONS {
                self.open.fetch_sub(1, Ordering::SeqCst);
                continue;
            }
            let serving = Arc::clone(&self);
            let work = move || {
                // A client that goes away is none of the server's troubles.
                let _ = serving.serve(stream);
                serving.open.fetch_sub(1, Ordering::SeqCst);
            };
            if thread::Builder::new().name("connection".to_owned()).spawn(work).is_err() {
                self.open.fetch_sub(1, Ordering::SeqCst);
            }
        }
    }

    fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(DAWDLE))?;
        stream.set_write_timeout(Some(DAWDLE))?;
        let Some(received) = read(&mut stream)? else { return Ok(()) };
        let reply = (self.handler)(&received);
        let mut log = self.log();
        if log.len() == RECEIVED_KEPT {
            log.pop_front();
        }
        log.push_back(received);
        drop(log);
        match reply {
            Reply::Say { status, headers, body } => write(&mut stream, status, &headers, &body),
            Reply::HangUp => Ok(()),
            Reply::Silence => {
                stream.set_read_timeout(Some(Duration::from_millis(20)))?;
                loop {
                    let gone = matches!(stream.read(&mut [0]), Ok(0));
                    if gone || self.stopped.load(Ordering::SeqCst) {
                        break;
                    }
                }
                Ok(())
            }
        }
    }

    fn log(&self) -> std::sync::MutexGuard<'_, VecDeque<Received>> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads a request; none when there is no whole one.
fn read(stream: &mut TcpStream) -> io::Result<Option<Received>> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 8 << 10];
    loop {
        let count = stream.read(&mut chunk)?;
        bytes.extend_from_slice(&chunk[..count]);
        let mut slots = [httparse::EMPTY_HEADER; 64];
        let mut head = httparse::Request::new(&mut slots);
        match head.parse(&bytes).map_err(io::Error::other)? {
            httparse::Status::Complete(end) => {
                let mut received = received(&head);
                let length = received.header("content-length").and_then(|text| text.parse().ok());
                let length = length.unwrap_or(0).min(BODY_MAX);
                let mut body = bytes.split_off(end);
                let missing = length.saturating_sub(body.len());
                stream.take(missing as u64).read_to_end(&mut body)?;
                received.body = body;
                return Ok(Some(received));
            }
            httparse::Status::Partial if count == 0 || bytes.len() > HEAD_MAX => return Ok(None),
            httparse::Status::Partial => {}
        }
    }
}

fn received(head: &httparse::Request<'_, '_>) -> Received {
    let target = head.path.unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Received {
        method: head.method.unwrap_or_default().to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: head.headers.iter().map(|h| (h.name.to_owned(), text(h.value))).collect(),
        body: Vec::new(),
    }
}

fn write(
    stream: &mut TcpStream,
    status: u16,
    headers: &[(String, String)],
    body: &[u8],
) -> io::Result<()> {
    let mut head = Vec::new();
    write!(head, "HTTP/1.1 {status} Simulated\r\nconnection: close\r\n")?;
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n")?;
    }
    let told = |name: &str| headers.iter().any(|(key, _)| key.eq_ignore_ascii_case(name));
    if !told("content-length") && !told("transfer-encoding") {
        write!(head, "content-length: {}\r\n", body.len())?;
    }
    head.extend(b"\r\n");
    stream.write_all(&head)?;
    stream.write_all(body)?;
    stream.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_hears_and_answers() {
        let server = Server::start(0, |request| {
            Reply::new(200, "text/plain", request.parameter("who").unwrap_or_default())
                .with("x-path", request.path.clone())
        })
        .unwrap();
        let mut stream = TcpStream::connect(server.address).unwrap();
        let request = "POST /a/b?x=1&who=Ada%20%26+Grace HTTP/1.1\r\nX-Key: k\r\n\
                       content-length: 5\r\n\r\nhello";
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(answer.contains("x-path: /a/b\r\n"), "{answer}");
        assert!(answer.ends_with("content-length: 11\r\n\r\nAda & Grace"), "{answer}");
        let received = server.received();
        assert_eq!(received.len(), 1);
        assert_eq!(received[0].header("x-key"), Some("k"));
        assert_eq!(received[0].body, b"hello");
    }

    #[test]
    fn it_can_hang_up() {
        let server = Server::start(0, |_| Reply::HangUp).unwrap();
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        assert!(answer.is_empty());
        assert_eq!(server.received().len(), 1, "it was read all the same");
    }
}
