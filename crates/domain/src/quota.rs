//! How often something may be done: so many times a window, counted for each owner.
//!
//! A window begins with its owner's first act, so that "58/60" is exact and everybody's window
//! ends at its own time.

use std::fmt;

use crate::Timestamp;

/// So many times in so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// What it counts, as counters are kept by: `codes-to-an-address`.
    pub name: &'static str,
    /// How often, at least once.
    pub limit: u32,
    /// How long a window lasts, in seconds.
    pub seconds: u32,
}

/// An owner's window under one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// When it began, in seconds since 1970.
    pub began: i64,
    /// How often it was used, never above the limit.
    pub used: u32,
}

/// Where an owner stands in its window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// How often a window.
    pub limit: u32,
    /// How often still in this one.
    pub remaining: u32,
    /// Seconds until the next one, at least one.
    pub reset: u32,
    /// Seconds a window lasts.
    pub seconds: u32,
    /// Whether this act was still within it.
    pub allowed: bool,
}

/// `58/60`: left, of how many.
impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.remaining, self.limit)
    }
}

impl Rule {
    /// A rule of a minute.
    pub const fn a_minute(name: &'static str, limit: u32) -> Self {
        Self { name, limit, seconds: 60 }
    }

    /// Counts one act at `now`; one over the limit is not counted.
    ///
    /// A clock that went back must not lock anybody out: a window in the future is over too.
    pub fn take(&self, seen: Option<Window>, now: Timestamp) -> (Window, Quota) {
        let now = now.as_second();
        let lasts = i64::from(self.seconds);
        let running = seen.filter(|window| (window.began..window.began + lasts).contains(&now));
        let Window { began, used } = running.unwrap_or(Window { began: now, used: 0 });
        let allowed = used < self.limit;
        let window = Window { began, used: used + u32::from(allowed) };
        let quota = Quota {
            limit: self.limit,
            remaining: self.limit.saturating_sub(window.used),
            reset: u32::try_from(began + lasts - now).unwrap_or(1),
            seconds: self.seconds,
            allowed,
        };
        (window, quota)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: Rule = Rule::a_minute("tries", 2);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_window_is_exact_and_ends_when_it_has_lasted() {
        let (window, quota) = TWO.take(None, at(100));
        let first = Quota { limit: 2, remaining: 1, reset: 60, seconds: 60, allowed: true };
        assert_eq!(quota, first);
        let (window, quota) = TWO.take(Some(window), at(130));
        assert_eq!(quota.to_string(), "0/2");
        let (window, over) = TWO.take(Some(window), at(159));
        assert_eq!((over.allowed, over.remaining, over.reset), (false, 0, 1));
        assert_eq!(window, Window { began: 100, used: 2 }, "what is refused is not counted");
        let (window, quota) = TWO.take(Some(window), at(160));
        assert_eq!((window, quota.allowed), (Window { began: 160, used: 1 }, true));
    }

    #[test]
    fn a_clock_that_went_back_locks_nobody_out() {
        let full = Window { began: 1_000, used: 2 };
        assert!(!TWO.take(Some(full), at(1_001)).1.allowed);
        assert!(TWO.take(Some(full), at(10)).1.allowed);
    }

    #[test]
    fn a_lower_limit_holds_at_once() {
        let seen = Window { began: 100, used: 9 };
        let (_, quota) = TWO.take(Some(seen), at(101));
        assert_eq!((quota.allowed, quota.remaining), (false, 0));
    }
}
