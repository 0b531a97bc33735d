//! A live view as a browser holds it open.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
};

use serde_json::Value;

/// Follows a login link and answers the session's cookie.
pub fn sign_in(url: &str, link: &str) -> String {
    let path = &link[link.find("/sign-in").expect("a link leads to the sign-in")..];
    let answer = ask(
        url,
        &format!("POST {path} HTTP/1.1"),
        "Sec-Fetch-Site: same-origin\r\nContent-Length: 0\r\nConnection: close",
    );
    let mut text = String::new();
    (&answer).read_to_string(&mut text).expect("an answer");
    let cookie = text.split("session=").nth(1).expect("a session begins");
    format!("session={}", cookie.split(';').next().expect("a value"))
}

/// Opens `/events` and answers the connection, its answer unread.
pub fn open(url: &str, cookie: &str) -> TcpStream {
    ask(url, "GET /events HTTP/1.1", &format!("Cookie: {cookie}\r\nAccept: text/event-stream"))
}

/// What a live view is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The event it is about; 0 when it is about none.
    pub seq: u64,
    /// Its JSON.
    pub data: Value,
}

/// Messages as they come, those after the event `since` first, until nothing is unfinished.
pub fn messages(url: &str, cookie: &str, since: u64) -> impl Iterator<Item = Message> {
    let ask = ureq::get(format!("{url}/events"));
    let ask = ask.header("Cookie", cookie).header("Last-Event-ID", since.to_string());
    let body = ask.call().expect("it answers").into_body();
    let mut lines = BufReader::new(body.into_reader()).lines().map_while(Result::ok);
    std::iter::from_fn(move || {
        let mut message = Message { seq: 0, data: Value::Null };
        loop {
            let line = lines.next()?;
            if let Some(id) = line.strip_prefix("id:") {
                message.seq = id.trim().parse().unwrap_or(0);
            } else if let Some(data) = line.strip_prefix("data:") {
                message.data = serde_json::from_str(data).unwrap_or(Value::Null);
            } else if line.is_empty() && !message.data.is_null() {
                return Some(message);
            }
        }
    })
}

fn ask(url: &str, line: &str, headers: &str) -> TcpStream {
    let host = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).expect("it listens");
    write!(stream, "{line}\r\nHost: {host}\r\n{headers}\r\n\r\n").expect("it reads");
    stream
}
