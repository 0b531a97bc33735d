//! How far the server's clock is from ours, learned from its answers.
//!
//! The rules are those of AWS's own clients (aws-runtime: `service_clock_skew`), whose test cases
//! are ours too: every answer teaches, so that what was learned wrongly is soon unlearned.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::fmt::rfc2822;
use safelight_domain::{SignedDuration, Timestamp};

/// Slower answers do not tell when their date was written.
const LONGEST_TRIP: SignedDuration = SignedDuration::from_mins(15);
/// Beyond this a clock is not off but wrong: TLS and sessions fail with it, so it must be set.
const LARGEST: SignedDuration = SignedDuration::from_hours(24);
/// Servers bear 15 minutes; a refusal at less than this has another cause.
const NOTABLE_SECONDS: u64 = 4 * 60;
/// Refusals that a wrong clock may be behind.
const CLOCK_CODES: [&str; 6] = [
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "AccessDeniedException",
    "AuthFailure",
    // An answer to HEAD names none.
    "",
];

/// The server's time minus ours, in seconds.
#[derive(Debug, Default)]
pub(crate) struct Skew(AtomicI64);

/// When a request was sent and its answer came, by our clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trip {
    pub sent: Timestamp,
    pub received: Timestamp,
}

impl Skew {
    #[cfg(test)]
    pub(crate) fn starting_at(seconds: i64) -> Self {
        Self(AtomicI64::new(seconds))
    }

    pub(crate) fn seconds(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    /// The server's time in unix seconds when ours is `now`.
    pub(crate) fn corrected(&self, now: Timestamp) -> i64 {
        now.as_second().saturating_add(self.seconds())
    }

    /// Learns from an answer's `Date`, unless a cache kept it (`Age`), it was long under way, or
    /// it is beyond belief. Gives what was learned.
    pub(crate) fn learn(&self, trip: Trip, date: Option<&str>, age: bool) -> Option<i64> {
        let date = rfc2822::parse(date?).ok()?.timestamp();
        let took = trip.received.duration_since(trip.sent);
        if age || took > LONGEST_TRIP || took.is_negative() {
            return None;
        }
        let skew = date.duration_since(trip.sent + took / 2);
        if skew.abs() > LARGEST {
            return None;
        }
        let seconds = skew.as_secs();
        self.0.store(seconds, Ordering::Relaxed);
        Some(seconds)
    }
}

/// Whether the time a request was signed for can be why it was refused; both in unix seconds, the
/// server's as it was learned from this refusal.
pub(crate) fn explains(code: &str, signed: i64, server: i64) -> bool {
    CLOCK_CODES.contains(&code) && signed.abs_diff(server) > NOTABLE_SECONDS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::new(1_767_225_600 + seconds, 0).unwrap()
    }

    fn trip(seconds: i64) -> Trip {
        Trip { sent: at(0), received: at(seconds) }
    }

    #[test]
    fn what_teaches_and_what_does_not() {
        let five_past = Some("Thu, 01 Jan 2026 00:05:01 GMT");
        for (trip, date, age, learned) in [
            (trip(2), five_past, false, Some(300)),
            (trip(2), Some("Wed, 31 Dec 2025 23:55:01 GMT"), false, Some(-300)),
            (trip(2), five_past, true, None),
            (trip(901), five_past, false, None),
            (trip(-1), five_past, false, None),
            (trip(2), None, false, None),
            (trip(2), Some("yesterday"), false, None),
            (trip(2), Some("Fri, 02 Jan 2026 00:00:02 GMT"), false, None),
            (trip(2), Some("Fri, 02 Jan 2026 00:00:01 GMT"), false, Some(86_400)),
        ] {
            let skew = Skew::default();
            assert_eq!(skew.learn(trip, date, age), learned, "{date:?}");
            assert_eq!(skew.seconds(), learned.unwrap_or_default());
            assert_eq!(skew.corrected(at(7)), at(7).as_second() + learned.unwrap_or_default());
        }
    }

    #[test]
    fn only_some_refusals_may_be_the_clocks() {
        assert!(explains("RequestTimeTooSkewed", 1_000, 1_241));
        assert!(explains("RequestTimeTooSkewed", 1_241, 1_000));
        assert!(explains("", 0, 1_000));
        assert!(!explains("RequestTimeTooSkewed", 1_000, 1_240));
        assert!(!explains("NoSuchBucket", 0, 1_000));
    }
}
