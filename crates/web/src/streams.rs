//! Open live views, counted by account, so that nobody can hold all connections open.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use safelight_domain::AccountId;

use crate::Onlooker;

/// As many as one account may hold open: windows beyond it look once a second instead.
const MOST: usize = 8;

/// The open streams.
#[derive(Clone, Default)]
pub struct Streams {
    open: Arc<Mutex<HashMap<AccountId, usize>>>,
    onlooker: Option<Arc<dyn Onlooker>>,
}

/// A place among an account's streams, given back when dropped.
pub struct Place {
    streams: Streams,
    account: AccountId,
}

impl Streams {
    /// None open yet; `onlooker` is told of each.
    pub fn told_to(onlooker: Option<Arc<dyn Onlooker>>) -> Self {
        Self { onlooker, ..Self::default() }
    }

    fn tell(&self, opened: bool) {
        if let Some(onlooker) = &self.onlooker {
            onlooker.stream(opened);
        }
    }

    /// Takes a place; none when all are taken.
    pub fn open(&self, account: AccountId) -> Option<Place> {
        let mut counts = self.counts();
        let open = counts.entry(account).or_default();
        if *open >= MOST {
            return None;
        }
        *open += 1;
        drop(counts);
        self.tell(true);
        Some(Place { streams: self.clone(), account })
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<AccountId, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.streams.tell(false);
        let mut counts = self.streams.counts();
        if let Some(open) = counts.get_mut(&self.account) {
            *open -= 1;
            if *open == 0 {
                counts.remove(&self.account);
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
        let streams = Streams::default();
        let (ada, grace) = (AccountId(Uuid::from_u128(1)), AccountId(Uuid::from_u128(2)));
        let mut held: Vec<_> = (0..MOST).map(|_| streams.open(ada).unwrap()).collect();
        assert!(streams.open(ada).is_none());
        assert!(streams.open(grace).is_some(), "accounts do not share places");
        held.pop();
        assert!(streams.open(ada).is_some());
        drop(held);
        assert!(streams.counts().is_empty(), "who left is forgotten");
    }
}
