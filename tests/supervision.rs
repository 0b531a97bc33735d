//! The real binary goes on whatever becomes of its log, and a closed terminal does not end it.

use std::{
    fs::File,
    io::{self, Read},
    net::TcpListener,
    process::Stdio,
};

use safelight_tests::{Client, Place, Server};

const CONFIG: &str = "signup_bonus = 10\n[painter]\nseconds = [0.01, 0.02]\n";

/// A place and where its server tells its figures.
fn scraped(settings: &[(&str, &str)]) -> (Place, String) {
    let port = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let bind = port.local_addr().expect("an address").to_string();
    drop(port);
    let place = Place::new(CONFIG).with(&[("METRICS_BIND", &bind)]).with(settings);
    (place, format!("http://{bind}/metrics"))
}

fn get(url: &str) -> String {
    let mut answer = ureq::get(url).call().expect("it answers");
    answer.body_mut().read_to_string().expect("text")
}

fn figure(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name} ")));
    line.unwrap_or_else(|| panic!("{name} is not told: {text}")).parse().expect("a number")
}

/// Asks for pictures, gets them, and finds everything well.
fn works(server: &Server, key: &str) {
    let client = Client::new(&server.url, key);
    let made = client.generate("a lamp", 2);
    let done = client.wait_for(made["id"].as_str().expect("an id"));
    for render in done["renders"].as_array().expect("renders") {
        assert_eq!(render["state"], "stored", "{done:#}");
    }
    assert!(get(&format!("{}/readyz", server.url)).contains("\"ready\":true"));
}

#[test]
fn a_log_that_nobody_reads_any_more_stops_nothing() {
    let (place, metrics) = scraped(&[]);
    let key = place.member("ada@example.com", 0);
    let (reader, writer) = io::pipe().expect("a pipe");
    // The reader is gone before the first line.
    drop(reader);
    let out = writer.try_clone().expect("a second end");
    let server = Server::telling(&place, &[], out.into(), writer.into());
    for _ in 0..3 {
        works(&server, &key);
    }
    assert!(figure(&get(&metrics), "safelight_log_lines_dropped_total") > 0);
    assert_eq!(figure(&get(&metrics), "safelight_panics_total"), 0);
    assert!(server.terminate(), "it ends well, too");
    place.audit();
}

#[test]
fn a_log_on_a_full_disk_stops_nothing() {
    let (place, metrics) = scraped(&[]);
    let key = place.member("ada@example.com", 0);
    let full = || File::options().write(true).open("/dev/full").expect("Linux has one");
    let server = Server::telling(&place, &["--log-json"], full().into(), full().into());
    works(&server, &key);
    assert!(figure(&get(&metrics), "safelight_log_lines_dropped_total") > 0);
    assert!(server.terminate());
    place.audit();
}

#[test]
fn a_log_that_is_read_too_slowly_stops_nothing() {
    let (place, metrics) = scraped(&[("RUST_LOG", "trace")]);
    let key = place.member("ada@example.com", 0);
    // A pipe takes 64 KB, and nobody takes them out.
    let (mut reader, writer) = io::pipe().expect("a pipe");
    let server = Server::telling(&place, &[], Stdio::null(), writer.into());
    while figure(&get(&metrics), "safelight_log_lines_dropped_total") == 0 {
        for _ in 0..50 {
            get(&format!("{}/healthz", server.url));
        }
    }
    works(&server, &key);
    server.kill();
    let mut first = [0; 64];
    reader.read_exact(&mut first).expect("what was logged before is there");
}

#[test]
fn a_hangup_ends_nothing() {
    let (place, _) = scraped(&[]);
    let key = place.member("ada@example.com", 0);
    let server = Server::start(&place);
    for _ in 0..3 {
        server.signal("HUP");
        works(&server, &key);
    }
    assert!(server.terminate(), "asked to stop, it stops");
    assert!(place.log().contains("SIGHUP"), "{}", place.log());
}

#[test]
fn every_long_lived_task_is_told_and_well() {
    let (place, metrics) = scraped(&[]);
    let server = Server::start(&place);
    let text = get(&metrics);
    for task in ["catch-up", "housekeeping", "inbox", "live-views", "metrics", "pipeline"] {
        // With play money there is somebody to catch up with.
        let well = format!("safelight_task_well{{task=\"{task}\"}}");
        assert_eq!(figure(&text, &well), 1, "{task}");
        let restarts = format!("safelight_task_restarts_total{{task=\"{task}\"}}");
        assert_eq!(figure(&text, &restarts), 0, "{task}");
    }
    assert_eq!(figure(&text, "safelight_clock_doubted"), 0);
    drop(server);
}
