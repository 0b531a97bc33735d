//! What to believe when clocks disagree. Pure: the caller reads the clocks.
//!
//! The wall clock can be set; the steady clock only counts. While both tell the same elapsed time,
//! the wall clock is believed. When they stop agreeing, the studio goes on serving but destroys
//! nothing: what lapses, is purged, closed or forgotten waits, and money is judged by the time that
//! is sure. See docs/decisions/0013-clocks.md.

use crate::{SignedDuration, Timestamp};

/// Disagreement up to this is ordinary: a leap second, a slow start, a clock being brought right.
pub const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);
/// How long a wall clock that jumped must agree with the steady clock before it is believed by
/// itself.
pub const BELIEVED_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// The same for a studio that starts long after it was last seen: being off is ordinary.
pub const BELIEVED_AFTER_START: SignedDuration = SignedDuration::from_hours(1);
/// A running clock may be off by one part in so many without being doubted: ten times what a
/// clock is slewed by.
const SLEW: i32 = 100;
/// A step smaller than this moves no schedule.
const STEP: SignedDuration = SignedDuration::from_secs(5);

/// Both clocks at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// What the wall clock says.
    pub wall: Timestamp,
    /// What the steady clock says: time since a fixed moment. It is never set and never stops.
    pub steady: SignedDuration,
}

impl Reading {
    /// The wall time at `steady`, had the wall clock gone on from here undisturbed.
    fn at(self, steady: SignedDuration) -> Timestamp {
        let elapsed = steady.saturating_sub(self.steady);
        self.wall.saturating_add(elapsed).unwrap_or(self.wall)
    }

    /// How far the wall clock of `later` is ahead of where this line leads.
    fn ahead(self, later: Self) -> SignedDuration {
        later.wall.duration_since(self.at(later.steady))
    }
}

/// The wall clock is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doubt {
    /// The time that is sure: where the clocks would be had the wall clock not jumped.
    pub sure: Timestamp,
    /// How far the wall clock is ahead of it; negative when it is behind.
    pub ahead: SignedDuration,
    /// How long until the wall clock is believed by itself, if it keeps agreeing.
    pub left: SignedDuration,
    /// Whether it was so when the process began: it may just have been off for that long.
    pub since_start: bool,
}

/// What an earlier process left word of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The newest time it was sure of.
    pub at: Timestamp,
    /// Whether it doubted the wall clock after that.
    pub doubted: bool,
}

/// A wall clock that jumped, and since when it has been steady.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    line: Reading,
    believed_after: SignedDuration,
}

/// Watches both clocks of one process.
#[derive(Debug, Clone)]
pub struct Clocks {
    /// A point on the line that is sure.
    line: Reading,
    /// The wall clock's own line while it is doubted.
    candidate: Option<Candidate>,
    /// The time that was sure before this process began, until the wall clock is believed: it was
    /// never earlier than this, and may be any time later.
    earliest: Option<Reading>,
    /// Whether the process before this one doubted the wall clock to its end.
    doubted_before: bool,
    /// A point on the line that schedules go by.
    schedule: Reading,
}

impl Clocks {
    /// Starts at `now`. `seen` is the newest time this studio was sure of before: a wall clock
    /// before it is wrong, and one long after it may be.
    pub fn start(now: Reading, seen: Option<Seen>) -> Self {
        let earliest = seen.map(|seen| Reading { wall: seen.at, ..now });
        let doubted_before = seen.is_some_and(|seen| seen.doubted);
        let mut clocks =
            Self { line: now, candidate: None, earliest, doubted_before, schedule: now };
        clocks.observe(now);
        clocks
    }

    /// Takes note of both clocks; answers whether the wall clock is doubted.
    pub fn observe(&mut self, now: Reading) -> Option<Doubt> {
        match self.earliest {
            Some(earliest) => self.observe_start(earliest, now),
            None => self.observe_running(now),
        }
    }

    /// Being off for any time is ordinary, so a later time is taken for what it says, and only
    /// what destroys waits. An earlier one is wrong.
    fn observe_start(&mut self, earliest: Reading, now: Reading) -> Option<Doubt> {
        let ahead = earliest.ahead(now);
        if ahead.abs() <= TOLERANCE {
            self.accept(now);
            return None;
        }
        let late = ahead > SignedDuration::ZERO;
        let sure = if late { now.wall } else { earliest.at(now.steady) };
        self.line = Reading { wall: sure, ..now };
        let ordinary = late && !self.doubted_before;
        self.doubted(now, ahead, if ordinary { BELIEVED_AFTER_START } else { BELIEVED_AFTER })
    }

    fn observe_running(&mut self, now: Reading) -> Option<Doubt> {
        let ahead = self.line.ahead(now);
        if ahead.abs() > TOLERANCE {
            return self.doubted(now, ahead, BELIEVED_AFTER);
        }
        // The line follows, no faster than a clock that is being brought right.
        let most = now.steady.saturating_sub(self.line.steady).abs() / SLEW;
        let wall = self.line.at(now.steady);
        let wall = wall.saturating_add(ahead.clamp(-most, most)).unwrap_or(wall);
        self.line = Reading { wall, ..now };
        self.candidate = None;
        None
    }

    /// Doubts the wall clock until it has agreed with the steady one for long enough.
    fn doubted(
        &mut self,
        now: Reading,
        ahead: SignedDuration,
        believed_after: SignedDuration,
    ) -> Option<Doubt> {
        let kept = self.candidate.filter(|known| {
            known.believed_after == believed_after && known.line.ahead(now).abs() <= TOLERANCE
        });
        let known = kept.unwrap_or(Candidate { line: now, believed_after });
        self.candidate = Some(known);
        let agreed = now.steady.saturating_sub(known.line.steady);
        if agreed >= believed_after {
            self.accept(now);
            return None;
        }
        let left = believed_after.saturating_sub(agreed);
        let since_start = self.earliest.is_some();
        Some(Doubt { sure: self.line.at(now.steady), ahead, left, since_start })
    }

    /// An operator says that the wall clock is right.
    pub fn accept(&mut self, now: Reading) {
        self.line = now;
        self.candidate = None;
        self.earliest = None;
    }

    /// By how much the wall clock was set since the last answer: everything that is scheduled by
    /// it must move along, for what was meant is a span of time. Zero for what is too small.
    pub fn stepped(&mut self, now: Reading) -> SignedDuration {
        let by = self.schedule.ahead(now);
        if by.abs() < STEP {
            return SignedDuration::ZERO;
        }
        self.schedule = now;
        by
    }
}

/// What a decision goes by when it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// What the wall clock says.
    pub now: Timestamp,
    /// Why that is not believed, when it is not.
    pub doubt: Option<Doubt>,
}

impl From<Timestamp> for Moment {
    fn from(now: Timestamp) -> Self {
        Self { now, doubt: None }
    }
}

/// An instant that somebody computed from `theirs` as a span of time, as it must be now.
///
/// Whoever asks has read the clock a moment ago; when it was set meanwhile, the span still holds.
pub fn rebased(instant: Timestamp, theirs: Timestamp, now: Timestamp) -> Timestamp {
    now.saturating_add(instant.duration_since(theirs)).unwrap_or(instant)
}

/// Whether `now` is less than `span` after `since`. What was done by a clock that was ahead is no
/// proof of anything recent, however long it takes the clock to get there.
pub fn is_within(span: SignedDuration, since: Timestamp, now: Timestamp) -> bool {
    let age = now.duration_since(since);
    age >= -TOLERANCE && age < span
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(wall: i64, steady: i64) -> Reading {
        Reading {
            wall: Timestamp::from_second(1_800_000_000 + wall).unwrap(),
            steady: SignedDuration::from_secs(steady),
        }
    }

    const DAY: i64 = 86_400;

    #[test]
    fn clocks_that_agree_are_believed_and_a_slow_drift_too() {
        let mut clocks = Clocks::start(at(0, 0), None);
        for minute in 1..100_000 {
            // Off by half a percent: ten times what a slewed clock is.
            let now = at(minute * 60 + minute * 60 / 200, minute * 60);
            assert_eq!(clocks.observe(now), None, "minute {minute}");
        }
    }

    #[test]
    fn a_jump_is_doubted_until_it_is_taken_back() {
        for jump in [40 * DAY, 301, -301, -40 * DAY] {
            let mut clocks = Clocks::start(at(0, 0), None);
            assert_eq!(clocks.observe(at(10, 10)), None);
            let doubt = clocks.observe(at(20 + jump, 20)).unwrap();
            assert_eq!((doubt.sure, doubt.ahead.as_secs()), (at(20, 0).wall, jump));
            assert_eq!(clocks.observe(at(30, 30)), None, "{jump}");
        }
    }

    #[test]
    fn a_jump_that_stays_is_believed_after_a_day_and_not_before() {
        let mut clocks = Clocks::start(at(0, 0), None);
        assert!(clocks.observe(at(40 * DAY, 1)).is_some());
        assert!(clocks.observe(at(41 * DAY - 2, DAY - 1)).is_some());
        assert_eq!(clocks.observe(at(41 * DAY, DAY + 1)), None);
        assert_eq!(clocks.observe(at(41 * DAY + 9, DAY + 10)), None);
    }

    #[test]
    fn each_further_jump_begins_the_wait_anew() {
        let mut clocks = Clocks::start(at(0, 0), None);
        assert!(clocks.observe(at(40 * DAY, 1)).is_some());
        assert!(clocks.observe(at(50 * DAY, DAY)).is_some());
        assert!(clocks.observe(at(51 * DAY - 2, 2 * DAY - 2)).is_some());
        assert_eq!(clocks.observe(at(51 * DAY, 2 * DAY)), None);
    }

    #[test]
    fn many_small_steps_are_one_jump() {
        let mut clocks = Clocks::start(at(0, 0), None);
        let doubted = (1..10).any(|n| clocks.observe(at(n * 60 + n * 200, n * 60)).is_some());
        assert!(doubted);
    }

    #[test]
    fn an_operator_may_go_on() {
        let mut clocks = Clocks::start(at(0, 0), None);
        assert!(clocks.observe(at(40 * DAY, 1)).is_some());
        clocks.accept(at(40 * DAY, 1));
        assert_eq!(clocks.observe(at(40 * DAY + 1, 2)), None);
        assert!(clocks.observe(at(3, 3)).is_some(), "the jump back is one too");
    }

    #[test]
    fn a_start_long_after_the_last_time_waits_an_hour_and_one_before_it_a_day() {
        let seen = Some(Seen { at: at(0, 0).wall, doubted: false });
        let mut soon = Clocks::start(at(200, 0), seen);
        assert_eq!(soon.observe(at(201, 1)), None);
        let mut late = Clocks::start(at(30 * DAY, 0), seen);
        let doubt = late.observe(at(30 * DAY + 1, 1)).unwrap();
        assert_eq!(doubt.sure, at(30 * DAY + 1, 0).wall, "being off is ordinary");
        assert!(late.observe(at(30 * DAY + 3_599, 3_599)).is_some());
        assert_eq!(late.observe(at(30 * DAY + 3_600, 3_600)), None);
        let mut early = Clocks::start(at(-30 * DAY, 0), seen);
        let doubt = early.observe(at(1 - 30 * DAY, 1)).unwrap();
        assert_eq!(doubt.sure, at(1, 0).wall, "it was later than that before");
        assert!(early.observe(at(3_601 - 30 * DAY, 3_601)).is_some());
        assert_eq!(early.observe(at(3_602, 3_602)), None, "it was brought right");
        let mut again =
            Clocks::start(at(30 * DAY, 0), Some(Seen { at: at(0, 0).wall, doubted: true }));
        assert!(again.observe(at(30 * DAY + 3_601, 3_601)).is_some(), "a restart proves nothing");
        // Started ahead, then set back to a time that may well be: taken for that at once.
        let mut wrong = Clocks::start(at(40 * DAY, 0), seen);
        assert!(wrong.observe(at(40 * DAY + 1, 1)).is_some());
        let doubt = wrong.observe(at(DAY, 2)).unwrap();
        assert_eq!((doubt.sure, doubt.left), (at(DAY, 0).wall, BELIEVED_AFTER_START));
    }

    #[test]
    fn what_a_clock_that_was_ahead_proved_is_not_recent() {
        let (span, now) = (SignedDuration::from_mins(10), at(0, 0).wall);
        let within = |seconds| is_within(span, at(seconds, 0).wall, now);
        for (seconds, expected) in
            [(0, true), (-599, true), (-600, false), (300, true), (301, false), (40 * DAY, false)]
        {
            assert_eq!(within(seconds), expected, "{seconds}");
        }
    }

    #[test]
    fn schedules_move_by_what_the_clock_was_set() {
        let mut clocks = Clocks::start(at(0, 0), None);
        assert!(clocks.stepped(at(14, 10)).is_zero(), "too small to matter");
        assert_eq!(clocks.stepped(at(DAY + 20, 20)).as_secs(), DAY);
        assert!(clocks.stepped(at(DAY + 30, 30)).is_zero(), "told once");
        assert_eq!(clocks.stepped(at(40, 40)).as_secs(), -DAY);
        // Small steps add up.
        let small = [at(54, 50), at(68, 60)].map(|now| clocks.stepped(now).as_secs());
        assert_eq!(small, [0, 8]);
    }
}
