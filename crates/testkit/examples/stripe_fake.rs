//! A Stripe on loopback as a process of its own, for peers that are not written in Rust.
//!
//! `stripe_fake [PORT] [KEY]` prints one JSON line with its addresses and serves until it is
//! ended. `POST /control/..` decides what buyers and banks do: see `stripe/control.rs`.

use std::sync::Arc;

use safelight_domain::Timestamp;
use safelight_ports::Clock;
use safelight_testkit::stripe::StripeFake;

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
    let key = arguments.next().unwrap_or_else(|| "sk_test_51Fake0123456789abcdef".to_owned());
    let fake = StripeFake::start_on(port, &key, Arc::new(SystemClock))?;
    println!("{}", serde_json::json!({ "api": fake.url(), "pay": fake.url(), "key": key }));
    loop {
        std::thread::park();
    }
}
