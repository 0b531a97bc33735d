//! Answers that last, counted by account and in all: live views, and files that are written while
//! they are sent. Nobody can hold all connections open, and all together leave room for others.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use safelight_domain::AccountId;

use crate::Onlooker;

/// Live views one account may hold open: windows beyond it look once a second instead.
const VIEWS: usize = 8;
/// Files that are being written for one account, and for all. Each reads the store and the pictures
/// for as long as its client takes it.
const FILES: (usize, usize) = (2, 16);

/// The open streams.
#[derive(Clone)]
pub struct Streams {
    /// As many as one account may hold open.
    each: usize,
    /// As many as all together may hold open.
    all: usize,
    open: Arc<Mutex<Open>>,
    onlooker: Option<Arc<dyn Onlooker>>,
}

#[derive(Default)]
struct Open {
    of: HashMap<AccountId, usize>,
    all: usize,
}

/// A place among an account's streams, given back when dropped.
pub struct Place {
    streams: Streams,
    account: AccountId,
}

impl Streams {
    /// Live views, at most `all` together; `onlooker` is told of each.
    pub fn views(all: usize, onlooker: Option<Arc<dyn Onlooker>>) -> Self {
        Self { each: VIEWS, all, open: Arc::default(), onlooker }
    }

    /// Files that are written while they are sent.
    pub fn files() -> Self {
        let (each, all) = FILES;
        Self { each, all, open: Arc::default(), onlooker: None }
    }

    fn tell(&self, opened: bool) {
        if let Some(onlooker) = &self.onlooker {
            onlooker.stream(opened);
        }
    }

    /// Takes a place; none when all are taken.
    pub fn open(&self, account: AccountId) -> Option<Place> {
        let mut counts = self.counts();
        if counts.all >= self.all || counts.of.get(&account).is_some_and(|open| *open >= self.each)
        {
            return None;
        }
        *counts.of.entry(account).or_default() += 1;
        counts.all += 1;
        drop(counts);
        self.tell(true);
        Some(Place { streams: self.clone(), account })
    }

    fn counts(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.streams.tell(false);
        let mut counts = self.streams.counts();
        counts.all -= 1;
        if let Some(open) = counts.of.get_mut(&self.account) {
            *open -= 1;
            if *open == 0 {
                counts.of.remove(&self.account);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use safelight_domain::Uuid;

    #[test]
    fn an_account_holds_eight_and_gets_them_back() {
        let streams = Streams::views(100, None);
        let (ada, grace) = (AccountId(Uuid::from_u128(1)), AccountId(Uuid::from_u128(2)));
        let mut held: Vec<_> = (0..VIEWS).map(|_| streams.open(ada).unwrap()).collect();
        assert!(streams.open(ada).is_none());
        assert!(streams.open(grace).is_some(), "accounts do not share places");
        held.pop();
        assert!(streams.open(ada).is_some());
        drop(held);
        assert!(streams.counts().of.is_empty(), "who left is forgotten");
        assert_eq!(streams.counts().all, 0);
    }

    #[test]
    fn all_accounts_together_hold_no_more_than_they_may() {
        let files = Streams::files();
        let account = |n| AccountId(Uuid::from_u128(n));
        let held: Vec<_> = (0..100).filter_map(|n| files.open(account(n))).collect();
        assert_eq!(held.len(), FILES.1);
        drop(held);
        let of_one: Vec<_> = (0..9).filter_map(|_| files.open(account(1))).collect();
        assert_eq!(of_one.len(), FILES.0);
    }
}
