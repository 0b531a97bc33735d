//! What the real binary opens to whom: the pages of the stand-ins, the figures, and the limits of
//! callers whom proxies hide.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Stdio},
};

use safelight_tests::{Place, Server, secrets};
use serde_json::Value;

/// What came back: the status, the headers as text, and the body.
struct Reply {
    status: u16,
    head: String,
    body: String,
}

/// Sends these bytes on a connection of its own.
fn send(url: &str, head: &[u8], body: &str) -> Reply {
    let address = url.strip_prefix("http://").expect("an http address");
    let mut stream = TcpStream::connect(address).expect("it listens");
    let length = format!("Connection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    stream.write_all(&[head, length.as_bytes()].concat()).expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("answered");
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
    Reply { status, head: head.to_lowercase(), body: body.replace("&#x2f;", "/") }
}

fn get(url: &str, path: &str, headers: &[(&str, &str)]) -> Reply {
    let host = url.strip_prefix("http://").expect("an http address");
    let own = headers.iter().all(|(name, _)| *name != "Host").then_some(("Host", host));
    let lines = own.iter().chain(headers).map(|(name, value)| format!("{name}: {value}\r\n"));
    let head = format!("GET {path} HTTP/1.1\r\n{}", lines.collect::<String>());
    send(url, head.as_bytes(), "")
}

/// A browser, as far as cookies go.
#[derive(Default)]
struct Browser {
    cookies: BTreeMap<String, String>,
}

impl Browser {
    fn ask(&mut self, url: &str, method: &str, path: &str, body: &str) -> Reply {
        let host = url.strip_prefix("http://").expect("an http address");
        let cookies: Vec<_> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {}\r\nAccept: text/html\r\n\
             Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n",
            cookies.join("; ")
        );
        let reply = send(url, head.as_bytes(), body);
        for line in reply.head.lines().filter_map(|line| line.strip_prefix("set-cookie: ")) {
            let pair = line.split(';').next().and_then(|pair| pair.split_once('='));
            let (name, value) = pair.expect("a pair");
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        reply
    }
}

/// The path of an address of this server.
fn path<'a>(url: &str, link: &'a str) -> &'a str {
    link.strip_prefix(url).unwrap_or_else(|| panic!("{link} is not of {url}"))
}

/// One attempt to have a code mailed, with these bytes beside it; whether it was.
fn asks_for_a_code(url: &str, n: usize, version: &str, more: &[u8]) -> bool {
    let host = url.strip_prefix("http://").expect("an http address");
    let head = format!(
        "POST /sign-in HTTP/{version}\r\nHost: {host}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n"
    );
    let reply = send(url, &[head.as_bytes(), more].concat(), &format!("email=p{n}@example.com"));
    assert!([303, 422, 429].contains(&reply.status), "{} {}", reply.status, reply.body);
    reply.status == 303
}

/// How many codes were mailed before the first refusal, of so many tries.
fn codes_until_refused(url: &str, version: &str, more: impl Fn(usize) -> Vec<u8>) -> usize {
    (0..300).find(|n| !asks_for_a_code(url, *n, version, &more(*n))).expect("no limit holds")
}

const PRODUCTION: &str = "stand_ins = [\"painter\", \"disk\", \"checkout\"]\n";

#[test]
fn over_https_nothing_of_the_stand_ins_is_served_whatever_is_named() {
    let place = Place::new(PRODUCTION).with(&[("APP_URL", "https://studio.example.com")]);
    let server = Server::start(&place);
    assert!(asks_for_a_code(&server.url, 0, "1.1", b""));
    let hosts = ["studio.example.com", "127.0.0.1", "localhost:8080", "evil.example"];
    for host in hosts {
        for path in ["/dev/outbox", "/dev/checkout", "/dev/checkout/x", "/dev/outbox?dev=x"] {
            let reply = get(&server.url, path, &[("Host", host)]);
            assert_eq!(reply.status, 404, "{path} to {host}");
            assert!(!reply.body.contains("code is"), "{path} to {host}");
        }
    }
    assert_eq!(place.dev_link(), None, "there is nothing to open");
    // The operator reads the mails all the same, from another process.
    let told: Value =
        serde_json::from_str(&place.print(&["mail", "outbox", "--json"])).expect("JSON");
    assert_eq!(told["mails"][0]["to"], "p0@example.com");
    let text = told["mails"][0]["text"].as_str().expect("text");
    assert!(text.contains("Your code is "), "{text}");
    assert!(place.print(&["mail", "outbox"]).contains("p0@example.com"));
}

#[test]
fn over_http_the_printed_link_opens_them_and_nothing_else_does() {
    let place = Place::new("");
    assert_eq!(place.print(&["mail", "outbox"]), "no mail was kept");
    let server = Server::start(&place);
    assert!(asks_for_a_code(&server.url, 0, "1.1", b""));
    let link = place.dev_link().expect("it prints one");
    assert!(!place.log().contains(&link), "a secret is no log line");
    assert_eq!(secrets(&place.log()), Vec::<&str>::new());
    for said in [
        ("Host", "localhost"),
        ("Host", "127.0.0.1"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("X-Real-IP", "127.0.0.1"),
        ("Cookie", "dev=x"),
    ] {
        assert_eq!(get(&server.url, "/dev/outbox", &[said]).status, 404, "{said:?}");
    }
    let mut browser = Browser::default();
    let mut look = |path: &str| browser.ask(&server.url, "GET", path, "");
    assert_eq!(look("/dev/outbox").status, 404);
    let followed = look(path(&server.url, &link));
    assert_eq!(followed.status, 200, "{}", followed.head);
    assert!(followed.body.contains("p0@example.com"), "{}", followed.body);
    assert_eq!((look("/dev/outbox").status, look("/dev/checkout").status), (200, 200));
    // A restart asks nobody to follow the link again.
    drop(server);
    let server = Server::start(&place);
    assert_eq!(browser.ask(&server.url, "GET", "/dev/outbox", "").status, 200);
}

/// A demo that runs; stopped when it is dropped.
struct Demo {
    child: Child,
    told: String,
    _place: Place,
}

impl Demo {
    fn start() -> Self {
        let place = Place::new("");
        let dir = place.data();
        let dir = dir.to_str().expect("text");
        let child = place
            .command(&["demo", "--dir", dir])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut child = child.expect("the demo starts");
        let mut told = String::new();
        let mut lines = BufReader::new(child.stdout.take().expect("its output"));
        while !told.contains("Ctrl-C stops") {
            assert!(lines.read_line(&mut told).expect("text") > 0, "it ended: {told}");
        }
        Self { child, told, _place: place }
    }

    fn link(&self, part: &str) -> &str {
        self.told.split_whitespace().find(|word| word.contains(part)).expect(part)
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whoever follows the demo's one link is signed in, buys, and pays at the play checkout.
#[test]
fn the_demos_link_leads_to_the_play_checkout_and_no_other_browser_gets_there() {
    let demo = Demo::start();
    let link = demo.link("/sign-in/link/").to_owned();
    let url = link.split("/sign-in").next().expect("an address").to_owned();
    let mut browser = Browser::default();
    let signs_in = path(&url, &link);
    assert_eq!(browser.ask(&url, "GET", signs_in, "").status, 200);
    assert_eq!(browser.ask(&url, "POST", signs_in, "").status, 303);
    let leaving = browser.ask(&url, "POST", "/billing/buy", "pack=small&key=form-1");
    assert_eq!(leaving.status, 200, "{}", leaving.body);
    let checkout = leaving.body.split("/dev/checkout/").nth(1).expect("the way to the checkout");
    let checkout = format!("/dev/checkout/{}", checkout.split('"').next().expect("an end"));
    assert_eq!(browser.ask(&url, "GET", &checkout, "").status, 200);
    let mut other = Browser::default();
    other.cookies.insert("session".to_owned(), browser.cookies["session"].clone());
    for method in ["GET", "POST"] {
        assert_eq!(other.ask(&url, method, &checkout, "deed=pay").status, 404, "{method}");
    }
    let paid = browser.ask(&url, "POST", &checkout, "deed=pay");
    assert_eq!(paid.status, 303, "{}", paid.body);
    let back =
        paid.head.lines().find_map(|line| line.strip_prefix("location: ")).expect("a way back");
    let back = browser.ask(&url, "GET", path(&url, back), "");
    assert!(back.body.contains("100 credits added"), "{}", back.body);
    assert_eq!(other.ask(&url, "GET", path(&url, demo.link("/dev/outbox?")), "").status, 200);
}

/// The bytes of a header.
fn header(name: &str, value: &[u8]) -> Vec<u8> {
    [name.as_bytes(), b": ", value, b"\r\n"].concat()
}

#[test]
fn codes_are_counted_for_whoever_asks_through_a_proxy_and_no_byte_avoids_it() {
    let place = Place::new("[limits]\ntrusted_proxies = [\"127.0.0.1\"]\n");
    let server = Server::start(&place);
    let spoiled = |n: usize| {
        // Another start each time, as an attacker would.
        let start = [&b"\xff"[..], b"Z\xfcrich", b"127.0.0.1", b"unknown", b""][n % 5];
        header("X-Forwarded-For", &[start, b", 198.51.100.7"].concat())
    };
    let mailed = codes_until_refused(&server.url, "1.1", spoiled);
    assert!(mailed >= 5, "a person who asks a few times is served: {mailed}");
    let neighbour = header("X-Forwarded-For", b"\xff, 198.51.100.8");
    assert!(asks_for_a_code(&server.url, 900, "1.1", &neighbour), "each has a place of their own");
    // Where the proxy itself says nothing readable, all share one place, and it is counted.
    let hidden = |n: usize| {
        let hops = [&b"unknown"[..], b"\xff", b"198.51.100.7, ", b"_hidden", b" "][n % 5];
        header("X-Forwarded-For", hops)
    };
    codes_until_refused(&server.url, "1.1", |n| [hidden(n), header("X-N", b"1")].concat());
    assert!(asks_for_a_code(&server.url, 901, "1.1", &header("X-Forwarded-For", b"2001:db8::1")));
}

#[test]
fn a_proxy_nobody_named_shares_one_limit_and_is_told_of() {
    let place = Place::new("");
    place.print(&["backup"]);
    let proxy = |place: &Place| {
        let out = place.run(&["doctor", "--json"]);
        let report: Value = serde_json::from_slice(&out.stdout).expect("JSON");
        let checks = report["checks"].as_array().expect("checks").clone();
        checks.into_iter().find(|check| check["id"] == "proxy").expect("a check")
    };
    let server = Server::start(&place);
    assert_eq!(proxy(&place)["level"], "ok");
    let forwarded = |n: usize| header("X-Forwarded-For", format!("198.51.100.{n}").as_bytes());
    codes_until_refused(&server.url, "1.1", forwarded);
    assert!(!asks_for_a_code(&server.url, 900, "1.1", &header("CF-Connecting-IP", b"1.2.3.4")));
    let told = |place: &Place| place.log().matches("trusted_proxies does not name").count();
    assert_eq!(told(&place), 1, "once");
    let check = proxy(&place);
    assert_eq!(check["level"], "warn", "{check}");
    assert!(check["says"].as_str().expect("text").contains("trusted_proxies = [\"127.0.0.1\"]"));
    drop(server);
    let server = Server::start(&place);
    let restarted = place.log().matches("trusted_proxies does not name it").count();
    assert_eq!(restarted, 1, "and at the next start");
    drop(server);
}

/// nginx with `proxy_pass` alone adds no header.
#[test]
fn a_proxy_that_adds_nothing_is_not_exempt() {
    let place = Place::new("");
    let server = Server::start(&place);
    codes_until_refused(&server.url, "1.0", |_| Vec::new());
    for app_url in ["https://studio.example.com", "http://studio.example.com", "http://127.0.0.1:9"]
    {
        let place = Place::new(PRODUCTION).with(&[("APP_URL", app_url)]);
        let server = Server::start(&place);
        codes_until_refused(&server.url, "1.1", |_| Vec::new());
    }
}

#[test]
fn figures_on_this_machine_are_not_for_whoever_comes_through_a_proxy() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let bind = free.local_addr().expect("an address").to_string();
    drop(free);
    let place = Place::new("").with(&[("METRICS_BIND", &bind)]);
    let server = Server::start(&place);
    assert_eq!(get(&server.url, "/metrics", &[]).status, 404, "not on the public address");
    let figures = format!("http://{bind}");
    let plain = get(&figures, "/metrics", &[]);
    assert_eq!(plain.status, 200);
    for name in ["content-security-policy", "x-content-type-options", "permissions-policy"] {
        assert!(plain.head.contains(&format!("\r\n{name}: ")), "{name}: {}", plain.head);
    }
    for said in [
        ("X-Forwarded-For", "127.0.0.1"),
        ("X-Real-IP", "127.0.0.1"),
        ("Via", "1.1 x"),
        ("Host", "studio.example.com"),
        ("Host", "127.0.0.1.evil.example"),
    ] {
        let reply = get(&figures, "/metrics", &[said]);
        assert_eq!(reply.status, 404, "{said:?}");
        assert!(reply.head.contains("\r\nx-content-type-options: nosniff"), "{}", reply.head);
    }
}
