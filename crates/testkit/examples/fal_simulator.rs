//! A fal.ai on loopback as a process of its own, for peers that are not written in Rust.
//!
//! `fal_simulator [PORT] [KEY] [MILLISECONDS] [URL]` prints one JSON line with its addresses and
//! serves until it is ended. `URL` is how it is reached when somebody stands before it. The prompt
//! of a request directs it: see `Directions`.

use std::{sync::Arc, time::Duration};

use safelight_domain::Timestamp;
use safelight_ports::Clock;
use safelight_testkit::fal::FalSimulator;

struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let port = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(0);
    let key = arguments.next().unwrap_or_else(|| "id:secret".to_owned());
    let millis = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(300);
    let takes = Duration::from_millis(millis);
    let simulator = FalSimulator::start_on(port, &key, takes, Arc::new(SystemClock))?;
    if let Some(url) = arguments.next() {
        simulator.named(&url);
    }
    let addresses = serde_json::json!({
        "queue": simulator.queue_url(),
        "media": simulator.media_url(),
        "jwks": simulator.jwks_url(),
        "key": key,
    });
    println!("{addresses}");
    loop {
        std::thread::park();
    }
}
