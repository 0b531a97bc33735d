//! From the moment fal is done to the moment a live view hears `stored`, for docs/PERFORMANCE.md.
//!
//!     cargo build --release -p safelight-cli
//!     SAFELIGHT_BIN=target/release/safelight cargo run -p safelight-tests --example latency
//!
//! One picture at a time: fal (simulated), fetching, imaging, the disk store, the commit, the feed.

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use safelight_domain::Timestamp;
use safelight_ports::Clock;
use safelight_testkit::fal::FalSimulator;
use safelight_tests::{Client, Place, Server, live};

struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the binary under test asks the system too")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// What is measured: how fal tells, how long its pictures take, and how many.
struct Row {
    name: &'static str,
    webhooks: &'static str,
    takes: [u64; 2],
    count: u64,
}

const ROWS: [Row; 4] = [
    Row { name: "push, 0.3 to 3 s", webhooks: "on", takes: [300, 3_000], count: 40 },
    Row { name: "poll, 0.3 to 3 s", webhooks: "off", takes: [300, 3_000], count: 40 },
    Row { name: "push, 8 to 12 s", webhooks: "on", takes: [8_000, 12_000], count: 11 },
    Row { name: "poll, 8 to 12 s", webhooks: "off", takes: [8_000, 12_000], count: 11 },
];

fn main() {
    safelight_tests::binary();
    println!("ms from done at fal to stored in a live view");
    println!("{:<20}{:>8}{:>8}{:>8}{:>14}", "", "median", "p90", "most", "looks each");
    thread::scope(|scope| {
        let rows: Vec<_> = ROWS.iter().map(|row| scope.spawn(|| measure(row))).collect();
        for row in rows {
            println!("{}", row.join().expect("a row"));
        }
    });
}

fn measure(row: &Row) -> String {
    let fal = FalSimulator::start("id:secret", Duration::ZERO, Arc::new(SystemClock)).expect("fal");
    let place = Place::new("[limits]\nrequests_per_minute = 1000000\n").with(&[
        ("FAL_KEY", "id:secret"),
        ("FAL_QUEUE_URL", &fal.queue_url()),
        ("FAL_JWKS_URL", &fal.jwks_url()),
        ("FAL_MEDIA_HOSTS", &fal.media_url()),
        ("FAL_WEBHOOKS", row.webhooks),
    ]);
    let key = place.member("ada@example.com", 1_000);
    let link = place.print(&["login-link", "ada@example.com"]);
    let server = Server::start(&place);
    let cookie = live::sign_in(&server.url, &link);
    let client = Client::new(&server.url, &key);
    let [least, most] = row.takes;
    let mut since = 0;
    let mut late: Vec<_> = (0..row.count)
        .map(|n| {
            // Spread evenly, in an order that no schedule of polls follows.
            let takes = least + (most - least) * (n * 7 % row.count) / row.count;
            let asked = client.generate(&format!("a red fox [late {takes}]"), 1);
            let render = &asked["renders"][0]["id"];
            // What is told from where the last one stopped: nothing can be missed.
            let mut messages = live::messages(&server.url, &cookie, since);
            let stored = messages
                .find(|message| message.data["id"] == *render && message.data["state"] == "stored");
            let heard = Instant::now();
            since = since.max(stored.expect("it ends well").seq);
            let id = fal.accepted().pop().expect("it was asked");
            heard.duration_since(fal.done(&id).expect("it is done")).as_millis()
        })
        .collect();
    late.sort_unstable();
    let looks = fal.queue_received().iter().filter(|r| r.path.ends_with("/status")).count();
    let at = |tenths: usize| late[(late.len() - 1) * tenths / 10];
    let each = looks / late.len();
    format!("{:<20}{:>8}{:>8}{:>8}{each:>14}", row.name, at(5), at(9), at(10))
}
