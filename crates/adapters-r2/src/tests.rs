//! Against a server that verifies signatures (s3s-fs), and against one that does as it is told.

mod bucket;
mod clock;
mod contract;
mod links;
mod peer;
mod probe;
mod refusals;
mod requests;
mod retries;
mod script;
mod skew_cases;

use std::{sync::Arc, time::Duration};

use safelight_domain::{ObjectKey, SignedDuration, Timestamp};
use safelight_ports::{Clock, Fault};
use safelight_testkit::FixedEntropy;
use zeroize::Zeroizing;

use crate::{R2, R2Config, limits::Limits};

const ACCESS_KEY_ID: &str = "AKIDEXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const BUCKET: &str = "media";
const PNG: &str = "image/png";

/// The time of the machine, off by a little: peers that verify dates live in it too.
#[derive(Debug)]
struct OffClock(SignedDuration);

impl Clock for OffClock {
    #[expect(clippy::disallowed_methods, reason = "the peer's clock is the machine's")]
    fn now(&self) -> Timestamp {
        Timestamp::try_from(std::time::SystemTime::now()).expect("within our era") + self.0
    }
}

fn true_clock() -> OffClock {
    OffClock(SignedDuration::ZERO)
}

/// A bucket at `origin`, path style, with the right keys.
fn config(origin: &str) -> R2Config {
    R2Config {
        endpoint: origin.to_owned(),
        bucket: BUCKET.to_owned(),
        region: "auto".to_owned(),
        access_key_id: ACCESS_KEY_ID.to_owned(),
        secret_access_key: Zeroizing::new(SECRET.to_owned()),
        path_style: true,
    }
}

/// As patient as a test can be.
fn brisk() -> Limits {
    Limits {
        connect: Duration::from_secs(2),
        attempt: Duration::from_secs(5),
        pause: Duration::from_millis(2),
        longest_pause: Duration::from_millis(10),
        ..Limits::default()
    }
}

fn open(config: &R2Config, clock: impl Clock + 'static, limits: Limits) -> R2 {
    R2::within(config, Arc::new(clock), Arc::new(FixedEntropy::new()), limits).expect("valid")
}

fn key(text: &str) -> ObjectKey {
    ObjectKey(text.to_owned())
}

/// All that a fault says.
fn told(fault: &Fault) -> String {
    let mut said = fault.to_string();
    let mut cause = std::error::Error::source(fault);
    while let Some(error) = cause {
        said = format!("{said}: {error}");
        cause = error.source();
    }
    assert!(!said.contains(SECRET) && !said.contains("Signature="), "{said}");
    said
}
