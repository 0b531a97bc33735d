//! Figures move as they should, on an address of their own, and say nothing about anybody.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::TcpListener,
};

use safelight_tests::{Client, Place, Server};

/// A place whose server tells its figures somewhere that is free.
struct Scraped {
    place: Place,
    url: String,
}

impl Scraped {
    fn new() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let bind = port.local_addr().expect("an address").to_string();
        let place = Place::new("[painter]\nseconds = [0.05, 0.1]");
        let place = place.with(&[("METRICS_BIND", &bind)]);
        Self { place, url: format!("http://{bind}") }
    }

    fn figures(&self) -> Figures {
        let answer = ureq::get(format!("{}/metrics", self.url)).call();
        let mut answer = answer.expect("the figures are told");
        let text = answer.body_mut().read_to_string().expect("text");
        let series = text.lines().filter(|line| !line.starts_with('#'));
        let series = series.filter_map(|line| line.rsplit_once(' '));
        let series =
            series.map(|(name, value)| (name.to_owned(), value.parse().expect("a number")));
        Figures { series: series.collect(), text }
    }
}

struct Figures {
    series: BTreeMap<String, f64>,
    text: String,
}

impl Figures {
    fn of(&self, name: &str) -> f64 {
        self.series[name]
    }

    /// What is counted; what has not happened yet is zero.
    #[expect(clippy::cast_possible_truncation, reason = "what is counted here is small and whole")]
    fn count(&self, name: &str) -> i64 {
        self.series.get(name).copied().unwrap_or(0.0) as i64
    }

    fn names(&self) -> BTreeSet<&str> {
        let types = self.text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
        types.filter_map(|line| line.split(' ').next()).collect()
    }
}

#[test]
fn four_pictures_are_counted_and_what_is_counted_is_documented() {
    let scraped = Scraped::new();
    let key = scraped.place.member("ada@example.com", 10);
    let server = Server::start(&scraped.place);
    let before = scraped.figures();
    for told in ["safelight_renders_requested_total", "safelight_renders{state=\"pending\"}"] {
        assert!(before.series.contains_key(told), "{told}");
        assert_eq!(before.count(told), 0, "{told}");
    }

    let client = Client::new(&server.url, &key);
    let asked = client.generate("a fox", 4);
    let id = asked["id"].as_str().expect("an id");
    client.wait_for(id);
    for path in ["/api/v1/images/0198c2f0-5b0e-7a52-9d6b-3f0c2a7d4e11", "/no/such-place"] {
        assert_eq!(client.get(path).expect("it answers").status, 404, "{path}");
    }
    let mail = [("email", "grace@example.com")];
    let sent = ureq::post(format!("{}/sign-in", server.url)).header("Origin", &server.url);
    assert_eq!(sent.send_form(mail).expect("it answers").status(), 200);
    let after = scraped.figures();
    for (name, value) in [
        ("safelight_renders_requested_total", 4),
        ("safelight_renders_ended_total{outcome=\"stored\"}", 4),
        ("safelight_provider_calls_total{call=\"submit\",outcome=\"ok\"}", 4),
        ("safelight_provider_calls_total{call=\"fetch\",outcome=\"ok\"}", 4),
        ("safelight_provider_call_seconds_count{call=\"fetch\"}", 4),
        ("safelight_storage_calls_total{call=\"put\",outcome=\"ok\"}", 12),
        ("safelight_provider_calls_underway", 0),
        ("safelight_live_streams", 0),
        ("safelight_sign_ins_total{outcome=\"begun\"}", 1),
        ("safelight_mails_total{outcome=\"sent\"}", 1),
        ("safelight_store_readable", 1),
        (
            "safelight_http_requests_total{method=\"POST\",route=\"/api/v1/generations\",status=\"202\"}",
            1,
        ),
        (
            "safelight_http_requests_total{method=\"GET\",route=\"/api/v1/images/{id}\",status=\"404\"}",
            1,
        ),
        ("safelight_http_requests_total{method=\"GET\",route=\"other\",status=\"404\"}", 1),
    ] {
        assert_eq!(after.count(name), value, "{name} in\n{}", after.text);
    }
    let [transactions, members] =
        ["transactions", "members"].map(|of| after.of(&format!("safelight_store_{of}_total")));
    assert!(transactions > before.of("safelight_store_transactions_total"));
    assert!(members >= transactions);
    assert!(after.of("process_resident_memory_bytes") > 1e6);
    assert!(
        !["example.com", "such-place", id].iter().any(|word| after.text.contains(word)),
        "{}",
        after.text
    );

    let page = include_str!("../docs/metrics.md");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let documented: BTreeSet<_> = rows.collect();
    // Nothing was bought: what has not happened yet may have no series.
    let unheard = ["safelight_payments_calls_total", "safelight_payments_call_seconds"];
    let told = after.names();
    assert_eq!(told.difference(&documented).collect::<Vec<_>>(), Vec::<&&str>::new());
    let untold: Vec<_> = documented.difference(&told).filter(|n| !unheard.contains(n)).collect();
    assert_eq!(untold, Vec::<&&str>::new());
}

#[test]
fn they_are_not_for_the_public_and_an_address_that_was_asked_for_must_be_free() {
    let scraped = Scraped::new();
    let server = Server::start(&scraped.place);
    let public = ureq::get(format!("{}/metrics", server.url)).call();
    assert!(matches!(public, Err(ureq::Error::StatusCode(404))), "{public:?}");
    let beside = ureq::get(format!("{}/readyz", scraped.url)).call();
    assert!(matches!(beside, Err(ureq::Error::StatusCode(404))), "{beside:?}");
    drop(server);

    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let addr = taken.local_addr().expect("an address").to_string();
    let place = Place::new("").with(&[("METRICS_BIND", &addr)]);
    let out = place.run(&["serve", "--bind", "127.0.0.1:0"]);
    let says = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(1), "{says}");
    assert!(says.contains("metrics cannot be served on"), "{says}");

    let place = Place::new("").with(&[("METRICS_BIND", "everywhere")]);
    let says = place.run(&["serve", "--bind", "127.0.0.1:0"]).stderr;
    assert!(String::from_utf8_lossy(&says).contains("METRICS_BIND"));

    let off = Place::new("[metrics]\nbind = \"off\"").with(&[("METRICS_BIND", "")]);
    let server = Server::start(&off);
    assert!(server.terminate(), "it stops as well as it would with them");
}
