//! A server that answers as it is told and remembers what it was asked.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
    time::Duration,
};

use super::{R2, brisk, config, open, true_clock};
use crate::limits::Limits;

/// What to do with the next request.
#[derive(Clone)]
pub(super) enum Act {
    /// A status, header lines, each ended by `\r\n`, and a body.
    Answer(u16, String, String),
    /// Closes the connection without a word.
    HangUp,
    /// Says nothing for so long, then hangs up.
    Stall(Duration),
    /// Announces ten bytes and sends three.
    Break,
    /// Sends chunks until nobody listens any more.
    Endless,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub method: String,
    pub target: String,
    /// Lower-case names, in order of appearance.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Asked {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Acts once for each request, one connection each; then it is gone.
pub(super) struct Script {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    thread: Option<JoinHandle<()>>,
    acts: usize,
}

impl Script {
    pub(super) fn start(acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (kept, count) = (Arc::clone(&asked), acts.len());
        let thread = thread::spawn(move || {
            for act in acts {
                let (socket, _) = listener.accept().expect("a connection");
                let Some(request) = read(&socket) else { return };
                kept.lock().unwrap().push(request);
                perform(&act, socket);
            }
        });
        Self { address, asked, thread: Some(thread), acts: count }
    }

    /// Our side of it.
    pub(super) fn bucket(&self) -> R2 {
        self.bucket_within(brisk())
    }

    pub(super) fn bucket_within(&self, limits: Limits) -> R2 {
        open(&config(&format!("http://{}", self.address)), true_clock(), limits)
    }

    pub(super) fn host(&self) -> String {
        self.address.to_string()
    }

    /// All requests, which must be as many as there were acts.
    pub(super) fn asked(mut self) -> Vec<Asked> {
        let asked = std::mem::take(&mut *self.asked.lock().unwrap());
        assert_eq!(asked.len(), self.acts, "{asked:#?}");
        self.thread.take().expect("joined once").join().expect("the script ran to its end");
        asked
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            // Wakes it if it still waits: a connection without a request ends the script.
            drop(TcpStream::connect(self.address));
            drop(thread.join());
        }
    }
}

/// The usual refusal.
pub(super) fn refusal(status: u16, code: &str) -> Act {
    refusal_with(status, code, "")
}

pub(super) fn refusal_with(status: u16, code: &str, headers: &str) -> Act {
    let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code></Error>");
    Act::Answer(status, headers.to_owned(), body)
}

pub(super) fn success(body: &str) -> Act {
    Act::Answer(200, String::new(), body.to_owned())
}

fn read(socket: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(socket);
    let mut line = || {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        Some(line.trim_end().to_owned())
    };
    let first = line()?;
    let mut parts = first.split(' ').map(str::to_owned);
    let (method, target) = (parts.next()?, parts.next()?);
    let mut headers = Vec::new();
    loop {
        let text = line()?;
        let Some((name, value)) = text.split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut asked = Asked { method, target, headers, body: Vec::new() };
    let length = asked.header("content-length").map_or(0, |length| length.parse().unwrap());
    asked.body.resize(length, 0);
    reader.read_exact(&mut asked.body).ok()?;
    Some(asked)
}

fn perform(act: &Act, mut socket: TcpStream) {
    let answer = match act {
        Act::Answer(status, headers, body) => format!(
            "HTTP/1.1 {status} Told\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n{body}",
            body.len()
        ),
        Act::Break => "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc".to_owned(),
        Act::Stall(long) => return thread::sleep(*long),
        Act::HangUp => return,
        Act::Endless => {
            let chunk = format!("1000\r\n{}\r\n", "0".repeat(0x1000));
            let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
            let mut sent = socket.write_all(head.as_bytes());
            while sent.is_ok() {
                sent = socket.write_all(chunk.as_bytes());
            }
            return;
        }
    };
    // Whoever hangs up first has its reasons.
    drop(socket.write_all(answer.as_bytes()));
}
