//! Time, names and chance as they really are.

use rustix::time::{ClockId, clock_gettime};
use safelight_domain::{Reading, SignedDuration, Timestamp, Uuid};
use safelight_ports::{Clock, Entropy, Ids};

/// The system's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the system for the time"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn reading(&self) -> Reading {
        let steady = clock_gettime(STEADY);
        // Never a second or more, as the system says it.
        let nanos = i32::try_from(steady.tv_nsec).unwrap_or(0);
        Reading { wall: self.now(), steady: SignedDuration::new(steady.tv_sec, nanos) }
    }
}

/// The clock nobody can set. On Linux it counts while the machine is suspended too, so that a
/// laptop which was closed is no clock that jumped.
#[cfg(target_os = "linux")]
const STEADY: ClockId = ClockId::Boottime;
#[cfg(not(target_os = "linux"))]
const STEADY: ClockId = ClockId::Monotonic;

/// UUID version 7, growing within the process even in one millisecond.
#[derive(Debug, Clone, Copy)]
pub struct V7Ids;

impl Ids for V7Ids {
    #[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}

/// The system's randomness.
#[derive(Debug, Clone, Copy)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn secret(&self) -> [u8; 32] {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).expect("the system gives randomness");
        secret
    }
}
