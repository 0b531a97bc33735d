//! Requests counted in memory, by the domain's rule.
//!
//! Invariant: memory is bounded whoever calls; when there are too many owners, those unseen for
//! longest are forgotten, which only forgives.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
};

use safelight_domain::{Quota, Rule, Timestamp, Window};

/// How many owners each of the two generations may hold.
const MOST: usize = 10_000;

/// The `RateLimit` field (draft-ietf-httpapi-ratelimit-headers).
pub fn field(quota: &Quota) -> String {
    format!("\"default\";r={};t={}", quota.remaining, quota.reset)
}

/// The `RateLimit-Policy` field.
pub fn policy(quota: &Quota) -> String {
    format!("\"default\";q={};w={}", quota.limit, quota.seconds)
}

/// Counts requests by owner.
#[derive(Debug)]
pub struct Limiter<K> {
    rule: Rule,
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
    /// A limiter by one rule.
    pub fn new(rule: Rule) -> Self {
        let owners = Mutex::new(Owners { young: HashMap::new(), old: HashMap::new() });
        Self { rule, most: MOST, owners }
    }

    /// Counts a request of `owner`. One that is over the limit is not counted.
    pub fn take(&self, owner: K, now: Timestamp) -> Quota {
        let mut owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = owners.seen(&owner, self.most);
        let (window, quota) = self.rule.take(seen, now);
        owners.young.insert(owner, window);
        quota
    }
}

impl<K: Eq + Hash> Owners<K> {
    /// The owner's window, with room made for one more.
    fn seen(&mut self, owner: &K, most: usize) -> Option<Window> {
        if self.young.len() >= most && !self.young.contains_key(owner) {
            self.old = std::mem::take(&mut self.young);
        }
        let old = self.old.remove(owner);
        self.young.get(owner).copied().or(old)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(limit: u32) -> Limiter<u32> {
        Limiter::new(Rule::a_minute("default", limit))
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn owners_do_not_share_a_window() {
        let limiter = limiter(1);
        let first = limiter.take(1, at(100));
        assert_eq!(field(&first), "\"default\";r=0;t=60");
        assert_eq!(policy(&first), "\"default\";q=1;w=60");
        assert!(!limiter.take(1, at(130)).allowed);
        assert!(limiter.take(2, at(130)).allowed);
        assert!(limiter.take(1, at(160)).allowed);
    }

    #[test]
    fn memory_is_bounded_and_who_keeps_calling_is_remembered() {
        let limiter = Limiter { most: 10, ..limiter(15) };
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
