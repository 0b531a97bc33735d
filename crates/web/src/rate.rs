//! Requests a minute, counted in memory.
//!
//! A window begins with its owner's first request and lasts a minute, so that "598/600" is exact
//! and everybody's minute ends at its own time. Invariant: memory is bounded whoever calls; when
//! there are too many owners, those unseen for longest are forgotten, which only forgives.

use std::{
    collections::HashMap,
    fmt,
    hash::Hash,
    sync::{Mutex, PoisonError},
};

use safelight_domain::Timestamp;

/// How long a window lasts, in seconds.
pub const WINDOW: i64 = 60;
/// How many owners each of the two generations may hold.
const MOST: usize = 10_000;

/// Where an owner stands in its window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Requests a window.
    pub limit: u32,
    /// Requests left in this one.
    pub remaining: u32,
    /// Seconds until the next one, at least one.
    pub reset: u32,
    /// Whether this request was still within it.
    pub allowed: bool,
}

impl Quota {
    /// The `RateLimit` field (draft-ietf-httpapi-ratelimit-headers).
    pub fn header(&self) -> String {
        format!("\"default\";r={};t={}", self.remaining, self.reset)
    }

    /// The `RateLimit-Policy` field.
    pub fn policy(&self) -> String {
        format!("\"default\";q={};w={WINDOW}", self.limit)
    }
}

/// `598/600`: left, of how many.
impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.remaining, self.limit)
    }
}

#[derive(Debug, Clone, Copy)]
struct Window {
    began: i64,
    used: u32,
}

/// Counts requests by owner.
#[derive(Debug)]
pub struct Limiter<K> {
    limit: u32,
    most: usize,
    owners: Mutex<Owners<K>>,
}

/// Owners seen lately, and those seen before them.
#[derive(Debug)]
struct Owners<K> {
    young: HashMap<K, Window>,
    old: HashMap<K, Window>,
}

impl<K: Eq + Hash> Limiter<K> {
    /// A limiter of `limit` requests a window.
    pub fn new(limit: u32) -> Self {
        let owners = Mutex::new(Owners { young: HashMap::new(), old: HashMap::new() });
        Self { limit, most: MOST, owners }
    }

    /// Counts a request of `owner`. One that is over the limit is not counted.
    pub fn take(&self, owner: K, now: Timestamp) -> Quota {
        let now = now.as_second();
        let mut owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        let window = owners.window(owner, now, self.most);
        let allowed = window.used < self.limit;
        window.used += u32::from(allowed);
        Quota {
            limit: self.limit,
            remaining: self.limit - window.used,
            reset: u32::try_from(window.began + WINDOW - now).unwrap_or(1),
            allowed,
        }
    }
}

impl<K: Eq + Hash> Owners<K> {
    fn window(&mut self, owner: K, now: i64, most: usize) -> &mut Window {
        if self.young.len() >= most && !self.young.contains_key(&owner) {
            self.old = std::mem::take(&mut self.young);
        }
        let seen = self.old.remove(&owner);
        let window =
            self.young.entry(owner).or_insert(seen.unwrap_or(Window { began: now, used: 0 }));
        // A clock that went back must not lock anybody out, so a window in the future is over too.
        if !(window.began..window.began + WINDOW).contains(&now) {
            *window = Window { began: now, used: 0 };
        }
        window
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_window_is_exact_and_ends_a_minute_after_it_began() {
        let limiter = Limiter::new(2);
        let take = |second| limiter.take("ada", at(second));
        assert_eq!(take(100), Quota { limit: 2, remaining: 1, reset: 60, allowed: true });
        assert_eq!(take(130).to_string(), "0/2");
        let over = take(159);
        assert_eq!((over.allowed, over.remaining, over.reset), (false, 0, 1));
        assert_eq!(over.header(), "\"default\";r=0;t=1");
        assert_eq!(over.policy(), "\"default\";q=2;w=60");
        assert!(take(160).allowed);
        assert!(limiter.take("grace", at(159)).allowed, "owners do not share a window");
    }

    #[test]
    fn a_clock_that_went_back_locks_nobody_out() {
        let limiter = Limiter::new(1);
        assert!(limiter.take("ada", at(1_000)).allowed);
        assert!(!limiter.take("ada", at(1_001)).allowed);
        assert!(limiter.take("ada", at(10)).allowed);
    }

    #[test]
    fn memory_is_bounded_and_who_keeps_calling_is_remembered() {
        let limiter = Limiter { most: 10, ..Limiter::new(15) };
        for stranger in 1..=100 {
            limiter.take(0, at(5));
            limiter.take(stranger, at(5));
        }
        let owners = limiter.owners.lock().unwrap();
        assert!(owners.young.len() <= 10 && owners.old.len() <= 10);
        drop(owners);
        assert!(!limiter.take(0, at(6)).allowed, "a flood of strangers frees nobody");
    }
}
