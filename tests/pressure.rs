//! The real binary under pressure: clients that do nothing, ask for too much, or send what cannot
//! be read. Every load is bounded and goes to 127.0.0.1.
//!
//! `PRESSURE_CONNECTIONS` sets how many connections ask at the same time (1,200).

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use safelight_tests::{Place, Server, live, resident_kb};

/// Nothing takes this long. A test that waits for it has failed.
const NEVER: Duration = Duration::from_mins(2);

fn host(server: &Server) -> &str {
    server.url.trim_start_matches("http://")
}

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(host(server)).expect("it listens");
    stream.set_read_timeout(Some(NEVER)).expect("a limit");
    stream
}

/// Sends `bytes`, and answers all that comes until the server closes the connection.
fn exchange(server: &Server, bytes: &[u8]) -> String {
    let mut stream = connect(server);
    // The server may have closed already: what it said is still to be read.
    let _ = stream.write_all(bytes);
    until_closed(stream)
}

fn until_closed(mut stream: TcpStream) -> String {
    let mut all = Vec::new();
    match stream.read_to_end(&mut all) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
        Err(error) => panic!("it was not closed: {error}"),
    }
    String::from_utf8_lossy(&all).into_owned()
}

/// A page or a figure, on a connection of its own; the answer.
fn get(server: &Server, path: &str, more: &str) -> String {
    let asked = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{more}\r\n");
    exchange(server, asked.as_bytes())
}

fn status(answer: &str) -> &str {
    answer.get(9..12).unwrap_or("none")
}

/// A member's cookie.
fn member(place: &Place, server: &Server) -> String {
    place.print(&["users", "create", "ada@example.com"]);
    let link = place.print(&["login-link", "ada@example.com"]);
    format!("Cookie: {}\r\n", live::sign_in(&server.url, &link))
}

#[test]
fn a_request_that_can_be_read_in_two_ways_is_refused_and_its_connection_closed() {
    let place = Place::new("");
    let server = Server::start(&place);
    let long = format!("Host: x\r\nX: {}\r\n", "y".repeat(40_000));
    let many = format!("Host: x\r\n{}", "X: y\r\n".repeat(150));
    let chunks = "Host: x\r\nTransfer-Encoding: chunked\r\n";
    for (fields, refused) in [
        ("", "400"),
        ("Host: x\r\nHost: x\r\n", "400"),
        ("Host: x y\r\n", "400"),
        ("Host: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n", "400"),
        ("Host: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n", "400"),
        ("Host: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n", "400"),
        ("Host: x\r\nContent-Length: 5, 5\r\n", "400"),
        ("Host: x\r\nContent-Length: -1\r\n", "400"),
        ("Host: x\r\nContent-Length : 5\r\n", "400"),
        ("Host: x\r\nTransfer-Encoding: xchunked\r\n", "400"),
        ("Host: x\r\nTransfer-Encoding: gzip, chunked\r\n", "400"),
        ("Host: x\r\nX-Folded: a\r\n b\r\n", "400"),
        ("Host: x\r\nX-Return: a\rb\r\n", "400"),
        ("Host: x\r\nX(: y\r\n", "400"),
        (long.as_str(), "431"),
        (many.as_str(), "431"),
    ] {
        // What follows would be a request of its own to whoever reads it the other way.
        let after = "0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
        let answer =
            exchange(&server, format!("POST / HTTP/1.1\r\n{fields}\r\n{after}").as_bytes());
        assert_eq!(status(&answer), refused, "{fields:?}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "nothing after it: {answer}");
    }
    for body in ["zz\r\n", "2\r\n{}}\r\n", &format!("2;{}\r\n{{}}\r\n0\r\n\r\n", "x".repeat(5_000))]
    {
        let head = format!(
            "POST /api/v1/quote HTTP/1.1\r\n{chunks}Content-Type: application/json\r\n\r\n"
        );
        let answer = exchange(&server, (head + body).as_bytes());
        assert_eq!(status(&answer), "400", "{body:.20}: {answer}");
    }
    for line in ["GET / HTTP/2.0", "GET /", "PRI * HTTP/2.0", "G(T / HTTP/1.1"] {
        let answer = exchange(&server, format!("{line}\r\nHost: x\r\n\r\n").as_bytes());
        assert_eq!(status(&answer), "400", "{line}: {answer}");
    }
    let old = exchange(&server, b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    assert_eq!(status(&old), "400", "{old}");
}

#[test]
fn requests_one_after_the_other_are_each_answered_and_a_bad_one_only_ends_the_rest() {
    let place = Place::new("");
    let server = Server::start(&place);
    let one = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    let posted = "POST /api/v1/quote HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    let chunked = "POST /api/v1/quote HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         Transfer-Encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n0\r\nX-Trailer: y\r\n\r\n";
    let bad = "GET /healthz HTTP/1.1\r\n\r\n";
    let answer = exchange(&server, [one, posted, chunked, one, bad, one].concat().as_bytes());
    let statuses: Vec<_> = answer.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect();
    assert_eq!(statuses, ["200", "401", "401", "200", "400"], "{answer}");

    let old = exchange(&server, b"GET /healthz HTTP/1.0\r\n\r\n");
    assert_eq!(status(&old), "200", "HTTP/1.0 names no host and is closed: {old}");
    let kept = "GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    let kept = exchange(&server, [kept, "GET /healthz HTTP/1.0\r\n\r\n"].concat().as_bytes());
    assert_eq!(kept.matches(" 200 OK").count(), 2, "{kept}");

    // Who expects to be told to go on is told.
    let mut stream = connect(&server);
    let head = "POST /api/v1/quote HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         Content-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).expect("it reads");
    let mut told = [0; 12];
    stream.read_exact(&mut told).expect("an interim answer");
    assert_eq!(&told, b"HTTP/1.1 100");
    stream.write_all(b"{}").expect("it reads");
    assert!(until_closed(stream).contains("HTTP/1.1 401"));
}

/// Clients of each kind that would hold a connection for ever, all at the same time.
#[test]
fn whoever_does_nothing_or_too_little_loses_the_connection() {
    let place = Place::new("");
    let server = Server::start(&place);
    let form =
        "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let half_head = "GET / HTTP/1.1\r\nHost: x\r\n".to_owned();
    let half_body = format!("{form}Content-Length: 60000\r\n\r\n");
    let half_chunks = format!("{form}Transfer-Encoding: chunked\r\n\r\n");
    let kinds = [
        ("silent", String::new(), ""),
        ("half a head", half_head.clone(), ""),
        ("a head, line by line", half_head, "X: y\r\n"),
        ("half a body", half_body.clone(), ""),
        ("a body, byte by byte", half_body, "a"),
        ("chunks of a byte", half_chunks, "1\r\na\r\n"),
    ];
    thread::scope(|scope| {
        for (kind, first, drip) in &kinds {
            let server = &server;
            scope.spawn(move || {
                let began = Instant::now();
                let mut stream = connect(server);
                stream.write_all(first.as_bytes()).expect("it reads");
                stream.set_read_timeout(Some(Duration::from_millis(250))).expect("a limit");
                while goes_on(&mut stream, drip) {
                    assert!(began.elapsed() < NEVER, "{kind}: still open");
                }
                println!("{kind}: closed after {:.1} s", began.elapsed().as_secs_f64());
            });
        }
        scope.spawn(|| {
            let began = Instant::now();
            reads_nothing(&server);
            println!("reads nothing: cut after {:.1} s", began.elapsed().as_secs_f64());
        });
    });
    assert_eq!(status(&get(&server, "/readyz", "")), "200");
}

/// Whether the connection is still open after some more was sent.
fn goes_on(stream: &mut TcpStream, drip: &str) -> bool {
    if stream.write_all(drip.as_bytes()).is_err() {
        return false;
    }
    let mut piece = [0; 1024];
    match stream.read(&mut piece) {
        Ok(0) => false,
        Ok(_) => true,
        Err(error) => matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
    }
}

/// Asks for more and more and reads none of it, until the server has enough.
fn reads_nothing(server: &Server) {
    let began = Instant::now();
    let mut stream = connect(server);
    stream.set_write_timeout(Some(Duration::from_millis(250))).expect("a limit");
    let ask = "GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(16);
    loop {
        assert!(began.elapsed() < NEVER, "reads nothing: still open");
        match stream.write(ask.as_bytes()) {
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => return,
        }
    }
}

#[test]
fn with_64_descriptors_the_server_serves_among_four_hundred_silent_connections() {
    let place = Place::new("").descriptors(64);
    let server = Server::start(&place);
    let cookie = member(&place, &server);
    let mut silent = Vec::new();
    for n in 0..400 {
        let mut stream = connect(&server);
        // Every other one begins a request and does not go on.
        if n % 2 == 0 {
            let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost:");
        }
        silent.push(stream);
    }
    for path in ["/healthz", "/readyz", "/gallery", "/api/openapi.json"] {
        let answer = get(&server, path, &cookie);
        assert_eq!(status(&answer), "200", "{path}: {answer}");
    }
    drop(silent);
    assert_eq!(status(&get(&server, "/gallery", &cookie)), "200");
    let told = place.log().matches("no connection can be taken").count();
    assert!(told <= 1, "told {told} times");
    assert!(server.terminate(), "{}", place.log());
}

/// As many connections as `PRESSURE_CONNECTIONS` says.
fn connections() -> usize {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let many = std::env::var("PRESSURE_CONNECTIONS").ok().and_then(|text| text.parse().ok());
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).expect("descriptors for this test's own ends");
    many.unwrap_or(1_200)
}

#[test]
fn more_requests_than_can_wait_are_turned_away_at_once_and_health_and_webhooks_answer() {
    let place = Place::new("[limits]\naddress_requests_per_minute = 100000\n");
    let server = Server::start(&place);
    let cookie = member(&place, &server);
    let before = resident_kb(server.pid());
    let mut clients: Vec<_> = (0..connections()).map(|_| connect(&server)).collect();
    let began = Instant::now();
    let ask = format!("GET /gallery HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{cookie}\r\n");
    for client in &mut clients {
        client.write_all(ask.as_bytes()).expect("it reads");
    }
    let mut most = Duration::ZERO;
    for path in ["/healthz", "/readyz"] {
        let asked = Instant::now();
        assert_eq!(status(&get(&server, path, "")), "200", "{path}");
        most = most.max(asked.elapsed());
    }
    // No push is proven here; that it is told so is the point.
    let push = "POST /webhooks/fal HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";
    let pushed = exchange(&server, push.as_bytes());
    assert_eq!(status(&pushed), "404", "{pushed}");
    let during = resident_kb(server.pid());

    let answers: Vec<_> = clients.into_iter().map(until_closed).collect();
    let all = began.elapsed();
    let (answered, turned_away): (Vec<_>, Vec<_>) =
        answers.iter().partition(|answer| status(answer) == "200");
    for answer in &turned_away {
        assert_eq!(status(answer), "503", "{answer}");
        assert!(answer.contains("retry-after: 2\r\n"), "{answer}");
        assert!(answer.contains("application/problem+json"), "{answer}");
    }
    assert!(answered.len() >= 64 && !turned_away.is_empty(), "{} served", answered.len());

    let asked = Instant::now();
    assert_eq!(status(&get(&server, "/gallery", &cookie)), "200");
    println!(
        "{} served, {} turned away in {:.2} s; health within {:.3} s; a page {:.3} s afterwards; \
         resident {before}, {during}, {} kB",
        answered.len(),
        turned_away.len(),
        all.as_secs_f64(),
        most.as_secs_f64(),
        asked.elapsed().as_secs_f64(),
        resident_kb(server.pid()),
    );
}

#[test]
fn a_browser_that_is_turned_away_gets_a_page_that_waits_for_nothing() {
    let place = Place::new("[limits]\naddress_requests_per_minute = 100000\n");
    let server = Server::start(&place);
    let cookie = member(&place, &server);
    let mut clients: Vec<_> = (0..connections()).map(|_| connect(&server)).collect();
    let ask = format!(
        "GET /gallery HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nConnection: close\r\n{cookie}\r\n"
    );
    for client in &mut clients {
        client.write_all(ask.as_bytes()).expect("it reads");
    }
    let answers: Vec<_> = clients.into_iter().map(until_closed).collect();
    let mut turned_away = answers.iter().filter(|answer| status(answer) != "200").peekable();
    assert!(turned_away.peek().is_some(), "nobody had to wait");
    for answer in turned_away {
        assert_eq!(status(answer), "503", "{answer}");
        assert!(answer.contains("text/html") && answer.contains("Busy just now"), "{answer}");
        assert!(answer.contains("content-security-policy: default-src 'none'"), "{answer}");
    }
}

/// Work for who has gone is not begun, or the page afterwards would wait for all of it.
#[test]
fn requests_of_clients_who_have_gone_are_dropped() {
    let place = Place::new("");
    let server = Server::start(&place);
    let cookie = member(&place, &server);
    let ask = format!("GET /gallery HTTP/1.1\r\nHost: x\r\n{cookie}\r\n");
    let sent = connections();
    let each = 20;
    let mut clients: Vec<_> = (0..sent).map(|_| connect(&server)).collect();
    for client in &mut clients {
        client.write_all(ask.repeat(each).as_bytes()).expect("it reads");
    }
    drop(clients);
    let gone = Instant::now();
    assert_eq!(status(&get(&server, "/gallery", &cookie)), "200");
    println!("a page {:.3} s after {sent} clients had gone", gone.elapsed().as_secs_f64());
    let worked_for = place.log().matches("path=\"/gallery\" status=200").count();
    println!("{worked_for} pages of {} were made", sent * each);
    assert!(worked_for < sent * each / 2, "{worked_for} pages were made for nobody");
}

#[test]
fn a_stop_ends_within_its_grace_whatever_waits() {
    let place = Place::new("[painter]\nseconds = [60.0, 61.0]");
    let key = place.member("ada@example.com", 10);
    let server = Server::start(&place);
    let cookie = live::sign_in(&server.url, &place.print(&["login-link", "ada@example.com"]));
    let body = "{\"prompt\":\"a fox\"}";
    let asked = exchange(
        &server,
        format!(
            "POST /api/v1/generations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
        .as_bytes(),
    );
    assert_eq!(status(&asked), "202", "{asked}");
    let mut watched = live::open(&server.url, &cookie);
    let mut first = [0; 12];
    watched.read_exact(&mut first).expect("the stream begins");
    assert_eq!(&first, b"HTTP/1.1 200");

    connections();
    let mut waiting = vec![watched];
    let gallery = format!("GET /gallery HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\n\r\n");
    let form = "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\nemail=";
    for _ in 0..300 {
        for begun in ["", "GET / HTTP/1.1\r\n", form, &gallery, &gallery.repeat(20)] {
            let mut stream = connect(&server);
            let _ = stream.write_all(begun.as_bytes());
            waiting.push(stream);
        }
    }
    let asked = Instant::now();
    let ended = server.terminate_within(Duration::from_secs(30));
    println!(
        "ended {:.2} s after SIGTERM, with {} connections",
        asked.elapsed().as_secs_f64(),
        waiting.len()
    );
    assert_eq!(ended, Some(true), "{}", place.log());
    assert!(place.log().trim_end().ends_with("stopped"), "by itself, to the end: {}", place.log());
}
