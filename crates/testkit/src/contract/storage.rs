//! The contract of [`Storage`]. The second argument of every guard only keeps alive what the
//! subject stands on, such as its folder.

use safelight_domain::{ObjectKey, SignedDuration, Timestamp};
use safelight_ports::{Presign, Storage};

use crate::ManualClock;

/// Tests of the contract for `$make`, an expression giving a storage and what it stands on.
#[macro_export]
macro_rules! storage_contract {
    ($make:expr) => {
        $crate::contract_tests!(storage, $make,
            what_was_put_is_read
            what_is_not_there_is_none
            the_same_key_again_overwrites
            keys_do_not_meet
            deleted_is_gone_and_may_be_deleted_again
            more_than_asked_for_is_refused
            a_link_is_the_same_all_through_its_hour
            a_link_says_how_and_what
        );
    };
}

const MEDIA_TYPE: &str = "image/png";

fn key(name: &str) -> ObjectKey {
    ObjectKey(format!("images/ada/first/{name}.png"))
}

/// Bytes go in and come out.
pub async fn what_was_put_is_read<K>(storage: &dyn Storage, _: &K) {
    for bytes in [vec![], vec![0, 159, 146, 150], vec![7; 300_000]] {
        storage.put(&key("a"), MEDIA_TYPE, bytes.clone()).await.unwrap();
        assert_eq!(storage.get(&key("a"), 1 << 20).await.unwrap(), Some(bytes));
    }
}

/// Nothing is not an error.
pub async fn what_is_not_there_is_none<K>(storage: &dyn Storage, _: &K) {
    assert_eq!(storage.get(&key("a"), 10).await.unwrap(), None);
}

/// Storing a render twice leaves the second bytes, whole.
pub async fn the_same_key_again_overwrites<K>(storage: &dyn Storage, _: &K) {
    storage.put(&key("a"), MEDIA_TYPE, b"a longer first".to_vec()).await.unwrap();
    storage.put(&key("a"), MEDIA_TYPE, b"second".to_vec()).await.unwrap();
    assert_eq!(storage.get(&key("a"), 100).await.unwrap(), Some(b"second".to_vec()));
}

/// One object's life is not another's.
pub async fn keys_do_not_meet<K>(storage: &dyn Storage, _: &K) {
    storage.put(&key("a"), MEDIA_TYPE, b"a".to_vec()).await.unwrap();
    storage.put(&key("b"), MEDIA_TYPE, b"b".to_vec()).await.unwrap();
    storage.delete(&key("a")).await.unwrap();
    assert_eq!(storage.get(&key("a"), 10).await.unwrap(), None);
    assert_eq!(storage.get(&key("b"), 10).await.unwrap(), Some(b"b".to_vec()));
}

/// Deleting is idempotent, and a key may be used again.
pub async fn deleted_is_gone_and_may_be_deleted_again<K>(storage: &dyn Storage, _: &K) {
    storage.delete(&key("never")).await.unwrap();
    storage.put(&key("a"), MEDIA_TYPE, b"a".to_vec()).await.unwrap();
    storage.delete(&key("a")).await.unwrap();
    storage.delete(&key("a")).await.unwrap();
    storage.put(&key("a"), MEDIA_TYPE, b"again".to_vec()).await.unwrap();
    assert_eq!(storage.get(&key("a"), 10).await.unwrap(), Some(b"again".to_vec()));
}

/// The cap is exact and what exceeds it is a fault, never a cut object.
pub async fn more_than_asked_for_is_refused<K>(storage: &dyn Storage, _: &K) {
    storage.put(&key("a"), MEDIA_TYPE, vec![1; 1_000]).await.unwrap();
    assert_eq!(storage.get(&key("a"), 1_000).await.unwrap().map(|bytes| bytes.len()), Some(1_000));
    let fault = storage.get(&key("a"), 999).await.unwrap_err();
    assert!(!fault.retryable, "asking again would not make it smaller");
}

/// From two past the hour to two past the next, browsers see one URL and cache it.
pub async fn a_link_is_the_same_all_through_its_hour<K>(storage: &dyn Storage, _: &K) {
    let hour = ManualClock::START;
    let link = |seconds| {
        let now: Timestamp = hour + SignedDuration::from_secs(seconds);
        storage.presign(&key("a"), &Presign::Show, now)
    };
    assert_eq!(link(120), link(3_600 + 119));
    assert_ne!(link(119), link(120), "the window begins at two past");
    assert_ne!(link(120), link(3_600 + 120), "the window ends at two past the next");
}

/// Another object, another way to open it, another file name: another link.
pub async fn a_link_says_how_and_what<K>(storage: &dyn Storage, _: &K) {
    let save = |name: &str| Presign::Save(name.to_owned());
    let links = [
        storage.presign(&key("a"), &Presign::Show, ManualClock::START),
        storage.presign(&key("b"), &Presign::Show, ManualClock::START),
        storage.presign(&key("a"), &save("a.png"), ManualClock::START),
        storage.presign(&key("a"), &save("b.png"), ManualClock::START),
    ];
    for (i, one) in links.iter().enumerate() {
        assert!(links[i + 1..].iter().all(|other| other != one), "{one}");
    }
}
