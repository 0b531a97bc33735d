//! The fault injector fails the call it was told to, once, on the side it was told to.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use safelight_domain::{
    Changes, Mac, Moment, ObjectKey, Quota, Receipt, Refusal, Render, RenderId, Rule, Seed,
    Timestamp,
};
use safelight_ports::{
    Claimed, ClaimedDeliveries, CommitError, Dispatch, Fault, Ids, IngestError, Looked, Provider,
    Store, SubmitError,
};
use safelight_testkit::{
    Faults, ManualClock, MemoryStorage, ScriptedProvider, SeqIds, Strike, TinyImaging,
    contract::provider::order, people::ada, picture,
};

fn key() -> ObjectKey {
    ObjectKey("images/ada/first/original.png".to_owned())
}

#[tokio::test]
async fn before_leaves_nothing_and_after_loses_only_the_answer() {
    for strike in Strike::ALL {
        let memory = Arc::new(MemoryStorage::new());
        let faults = Faults::new();
        let storage = faults.storage(memory.clone());
        faults.plan(2, strike);
        storage.delete(&key()).await.unwrap();
        let fault = storage.put(&key(), "image/png", vec![1]).await.unwrap_err();
        assert!(fault.retryable);
        assert_eq!(memory.object(&key()).is_some(), strike == Strike::After);
        assert!(!faults.pending());
        storage.put(&key(), "image/png", vec![2]).await.unwrap();
        assert_eq!(faults.calls(), 3);
    }
}

#[tokio::test]
async fn a_submit_knows_whether_bytes_left() {
    for strike in Strike::ALL {
        let scripted = Arc::new(ScriptedProvider::new());
        let faults = Faults::new();
        let provider = faults.provider(scripted.clone());
        faults.plan(1, strike);
        let error = provider.submit(RenderId(SeqIds::new().next()), &order()).await.unwrap_err();
        match strike {
            Strike::Before => assert!(matches!(error, SubmitError::NotSent(_))),
            Strike::After => assert!(matches!(error, SubmitError::Lost(_))),
        }
        assert_eq!(scripted.submit.calls(), usize::from(strike == Strike::After));
    }
}

#[tokio::test]
async fn one_count_over_all_ports() {
    let faults = Faults::new();
    let storage = faults.storage(Arc::new(MemoryStorage::new()));
    let provider = faults.provider(Arc::new(ScriptedProvider::new()));
    faults.plan(2, Strike::Before);
    storage.get(&key(), 1).await.unwrap();
    assert!(provider.look(&order(), "scripted-1").await.is_err());
    assert_eq!(faults.calls(), 2);
}

#[tokio::test]
async fn a_script_answers_a_seed_before_anybody() {
    let provider = ScriptedProvider::new();
    provider.look.next(Ok(Looked::Filtered));
    provider.look.next_for(Seed(101), Ok(Looked::Failed("provider_failed".to_owned())));
    let looks = [
        provider.look(&order(), "scripted-1").await.unwrap(),
        provider.look(&order(), "scripted-1").await.unwrap(),
        provider.look(&order(), "scripted-1").await.unwrap(),
    ];
    assert_eq!(looks[0], Looked::Failed("provider_failed".to_owned()));
    assert_eq!(looks[1], Looked::Filtered);
    assert!(matches!(looks[2], Looked::Done(_)));
    assert_eq!((provider.look.calls(), provider.look.calls_for(Seed(101))), (3, 3));
    assert_eq!(provider.look.calls_for(Seed(102)), 0);
}

/// Counts what reached it.
#[derive(Default)]
struct CountingStore(AtomicUsize);

#[async_trait]
impl Store for CountingStore {
    async fn commit(&self, _: Changes) -> Result<Receipt, CommitError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Err(Refusal::Stale.into())
    }

    async fn dispatch(&self, _: Dispatch) -> Result<Vec<Render>, Fault> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(Vec::new())
    }

    async fn claim(&self, _: Timestamp, _: Timestamp, _: u16) -> Result<Claimed, Fault> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(Claimed::default())
    }

    async fn claim_deliveries(
        &self,
        _: Timestamp,
        _: Timestamp,
        _: u16,
    ) -> Result<ClaimedDeliveries, Fault> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(ClaimedDeliveries::default())
    }

    async fn take_over(&self, _: Timestamp, _: Timestamp) -> Result<u64, Fault> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(0)
    }

    async fn prune(&self, _: Timestamp, _: Timestamp, _: Timestamp) -> Result<u64, Fault> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(0)
    }

    async fn take(&self, rule: Rule, _: Mac, now: Timestamp) -> Result<Quota, Fault> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(rule.take(None, now).1)
    }

    async fn claim_overdue(
        &self,
        _: Timestamp,
        _: Timestamp,
        _: u16,
    ) -> Result<Vec<Render>, Fault> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(Vec::new())
    }

    async fn clock(&self, _: bool) -> Result<Moment, Fault> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(ManualClock::START.into())
    }

    async fn accept_clock(&self) -> Result<(), Fault> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

#[tokio::test]
async fn every_call_of_a_store_can_fail_on_either_side() {
    let now = ManualClock::START;
    let dispatch = Dispatch { due: now, until: now, in_flight: 1, live_since: now };
    let rule = Rule::a_minute("tries", 1);
    for n in 1..=11 {
        for strike in Strike::ALL {
            let counting = Arc::new(CountingStore::default());
            let faults = Faults::new();
            let store = faults.store(counting.clone());
            faults.plan(n, strike);
            let commit = store.commit(ada().joining()).await.unwrap_err();
            let failed = [
                matches!(commit, CommitError::Fault(_)),
                store.dispatch(dispatch).await.is_err(),
                store.claim(now, now, 1).await.is_err(),
                store.claim_deliveries(now, now, 1).await.is_err(),
                store.take_over(now, now).await.is_err(),
                store.prune(now, now, now).await.is_err(),
                store.take(rule, [0; 32], now).await.is_err(),
                store.claim_overdue(now, now, 1).await.is_err(),
                store.clock(true).await.is_err(),
                store.accept_clock().await.is_err(),
            ];
            let planned = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(|call| n == call);
            assert_eq!(failed, planned, "{n} {strike:?}");
            assert_eq!(faults.pending(), n == 11, "a run with no fault left ends the loop");
            let kept_off = usize::from(strike == Strike::Before && n < 11);
            assert_eq!(counting.0.load(Ordering::SeqCst), 10 - kept_off);
        }
    }
}

#[tokio::test]
async fn imaging_fails_as_planned_too() {
    let faults = Faults::new();
    let imaging = faults.imaging(Arc::new(TinyImaging));
    faults.plan(1, Strike::After);
    let lost = imaging.ingest(picture(Seed(1))).await;
    assert!(matches!(lost, Err(IngestError::Fault(fault)) if fault.retryable));
    assert_eq!(imaging.ingest(picture(Seed(1))).await.unwrap().width, 64);
}
