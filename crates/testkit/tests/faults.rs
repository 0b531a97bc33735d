//! The fault injector fails the call it was told to, once, on the side it was told to.

use std::sync::Arc;

use safelight_domain::{ObjectKey, RenderId, Seed};
use safelight_ports::{Ids, Looked, Provider, SubmitError};
use safelight_testkit::{
    Faults, MemoryStorage, ScriptedProvider, SeqIds, Strike, contract::provider::order,
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
