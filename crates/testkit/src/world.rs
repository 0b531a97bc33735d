//! Time, identity and chance as a test decides them.

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use safelight_domain::{Reading, SignedDuration, Timestamp, Uuid};
use safelight_ports::{Clock, Entropy, Ids};

/// 2026-01-01T00:00:00Z in milliseconds: where clocks and ids of tests start.
const START_MILLIS: u64 = 1_767_225_600_000;

/// A clock that stands still until it is told otherwise.
#[derive(Debug)]
pub struct ManualClock(Mutex<Reading>);

impl ManualClock {
    /// Where every clock starts: 2026-01-01T00:00:00Z.
    pub const START: Timestamp = Timestamp::constant(START_MILLIS.cast_signed() / 1_000, 0);

    /// A clock at [`ManualClock::START`].
    pub fn new() -> Self {
        Self(Mutex::new(Reading { wall: Self::START, steady: SignedDuration::ZERO }))
    }

    /// Sets it, backwards too; the steady clock goes along, as if that much time had passed.
    pub fn set(&self, now: Timestamp) {
        let mut both = self.both();
        let by = now.duration_since(both.wall);
        both.steady += by;
        both.wall = now;
    }

    /// Moves it on.
    pub fn advance(&self, by: SignedDuration) {
        let mut both = self.both();
        both.wall += by;
        both.steady += by;
    }

    /// Somebody sets the wall clock while no time passes: forwards, or backwards when negative.
    pub fn jump(&self, by: SignedDuration) {
        self.both().wall += by;
    }

    fn both(&self) -> MutexGuard<'_, Reading> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.both().wall
    }

    fn reading(&self) -> Reading {
        *self.both()
    }
}

/// Ids shaped as UUID version 7, the same in every run: one a millisecond from the clock's start.
#[derive(Debug, Default)]
pub struct SeqIds(AtomicU64);

impl SeqIds {
    /// Starts over.
    pub fn new() -> Self {
        Self::default()
    }

    /// Leaves out the first `count`: a process before this one used them.
    pub fn after(count: u64) -> Self {
        Self(AtomicU64::new(count))
    }
}

impl Ids for SeqIds {
    fn next(&self) -> Uuid {
        seq_id(START_MILLIS + self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// A version 7 id of that millisecond, all other bits zero.
pub(crate) fn seq_id(millis: u64) -> Uuid {
    const VERSION_7: u128 = 0x7 << 76;
    const RFC_VARIANT: u128 = 0b10 << 62;
    Uuid::from_u128(u128::from(millis) << 80 | VERSION_7 | RFC_VARIANT)
}

/// Secrets anybody can guess: different from each other, the same in every run.
#[derive(Debug, Default)]
pub struct FixedEntropy(AtomicU64);

impl FixedEntropy {
    /// Starts over.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Entropy for FixedEntropy {
    fn secret(&self) -> [u8; 32] {
        let mut secret = [0x5a; 32];
        let n = self.0.fetch_add(1, Ordering::Relaxed);
        secret[24..].copy_from_slice(&n.to_be_bytes());
        secret
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_stands_still() {
        let clock = ManualClock::new();
        assert_eq!(clock.now().to_string(), "2026-01-01T00:00:00Z");
        clock.advance(SignedDuration::from_mins(90));
        assert_eq!(clock.now().to_string(), "2026-01-01T01:30:00Z");
        clock.set(ManualClock::START);
        assert_eq!(clock.now(), ManualClock::START);
        let before = clock.reading();
        clock.jump(SignedDuration::from_mins(9));
        assert_eq!(clock.now().to_string(), "2026-01-01T00:09:00Z");
        assert_eq!(clock.reading().steady, before.steady);
    }

    #[test]
    fn ids_grow_and_are_version_7() {
        let ids = SeqIds::new();
        let (one, two) = (ids.next(), ids.next());
        assert!(one < two);
        assert_eq!(one.to_string(), "019b76da-a800-7000-8000-000000000000");
        assert_eq!((two.get_version_num(), two.get_variant()), (7, one.get_variant()));
        assert_eq!(SeqIds::new().next(), one);
    }

    #[test]
    fn secrets_differ_and_repeat() {
        let entropy = FixedEntropy::new();
        let first = entropy.secret();
        assert_ne!(first, entropy.secret());
        assert_eq!(first, FixedEntropy::new().secret());
    }
}
