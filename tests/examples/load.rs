//! What a server weighs and how fast it starts, for docs/PERFORMANCE.md.
//!
//!     cargo build --release -p safelight-cli
//!     SAFELIGHT_BIN=target/release/safelight cargo run -p safelight-tests --example load

use std::{
    thread,
    time::{Duration, Instant},
};

use safelight_tests::{Client, Place, Server, resident_kb};

const CALLS: usize = 10_000;
const GENERATIONS: usize = 200;
const CALLERS: usize = 4;

fn main() {
    let place = Place::new(
        "[limits]\nrequests_per_minute = 10000000\nunfinished_renders = 1000000\n[painter]\nseconds = [0.05, 0.1]\n",
    );
    let key = place.member("ada@example.com", 10_000);
    let mut starts: Vec<_> = (0..10).map(|_| start(&place)).collect();
    starts.sort_unstable();
    println!("start to first answer    median {:?}, slowest {:?}", starts[5], starts[9]);

    let server = Server::start(&place);
    println!("resident at start        {} MB", resident_kb(server.pid()) / 1024);
    let client = Client::new(&server.url, &key);
    let ids: Vec<_> = (0..GENERATIONS)
        .map(|_| client.generate("a lamp", 1)["id"].as_str().expect("an id").to_owned())
        .collect();
    for id in ids {
        client.wait_for(&id);
    }
    println!("after {GENERATIONS} generations    {} MB", resident_kb(server.pid()) / 1024);
    let from = Instant::now();
    thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                for n in 0..CALLS / CALLERS {
                    let path =
                        ["/api/v1/images?limit=40", "/api/v1/generations", "/api/v1/credits"];
                    assert_eq!(client.get(path[n % 3]).expect("it answers").status, 200);
                }
            });
        }
    });
    let rate = f64::from(u32::try_from(CALLS).unwrap_or(0)) / from.elapsed().as_secs_f64();
    println!(
        "after {CALLS} API calls   {} MB  ({rate:.0} calls/s with {CALLERS} callers)",
        resident_kb(server.pid()) / 1024
    );
}

/// From the process's start to its first answer.
fn start(place: &Place) -> Duration {
    let from = Instant::now();
    let server = Server::start(place);
    let took = from.elapsed();
    server.kill();
    took
}
