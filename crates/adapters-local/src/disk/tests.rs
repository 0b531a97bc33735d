//! What only a store on a disk must keep, beyond the contract of every storage.

use std::{fs, sync::Arc};

use safelight_domain::{ObjectKey, SignedDuration, Timestamp};
use safelight_ports::{LinkError, LocalFile, LocalFiles, Presign, Storage};
use safelight_testkit::ManualClock;
use tempfile::TempDir;

use super::DiskStore;

const BASE: &str = "http://127.0.0.1:8080/";
const SECRET: [u8; 32] = [7; 32];

fn store() -> (Arc<DiskStore>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (Arc::new(open(&folder, SECRET)), folder)
}

fn open(folder: &TempDir, secret: [u8; 32]) -> DiskStore {
    DiskStore::open(folder.path().join("files"), BASE.to_owned(), secret).unwrap()
}

fn key() -> ObjectKey {
    ObjectKey("images/ada/first/original.png".to_owned())
}

fn at(seconds: i64) -> Timestamp {
    ManualClock::START + SignedDuration::from_secs(seconds)
}

/// The path and query of a link, as a web server would pass them.
fn split(link: &str) -> (String, String) {
    let rest = link.strip_prefix("http://127.0.0.1:8080/files/").expect("our base, once");
    let (path, query) = rest.split_once('?').expect("a query");
    (path.to_owned(), query.to_owned())
}

async fn opened(store: &DiskStore, link: &str, now: Timestamp) -> Result<LocalFile, LinkError> {
    let (path, query) = split(link);
    store.open(&path, &query, now).await
}

safelight_testkit::storage_contract!(store());

#[tokio::test]
async fn a_link_opens_its_file_until_it_lapses() {
    let (store, _folder) = store();
    store.put(&key(), "image/png", b"png".to_vec()).await.unwrap();
    let link = store.presign(&key(), &Presign::Show, at(120));
    let file = opened(&store, &link, at(120)).await.unwrap();
    assert_eq!((file.bytes.as_slice(), file.media_type.as_str()), (b"png".as_slice(), "image/png"));
    assert_eq!(file.save_as, None);
    assert!(opened(&store, &link, at(7_199)).await.is_ok(), "two hours from the floored hour");
    assert!(matches!(opened(&store, &link, at(7_200)).await, Err(LinkError::Refused)));
    let last = store.presign(&key(), &Presign::Show, at(3_600 + 119));
    assert!(opened(&store, &last, at(3_600 + 119 + 58 * 60)).await.is_ok(), "58 minutes");
}

#[tokio::test]
async fn a_link_to_nothing_is_told_from_a_bad_link() {
    let (store, _folder) = store();
    let link = store.presign(&key(), &Presign::Show, at(0));
    assert!(matches!(opened(&store, &link, at(0)).await, Err(LinkError::NotFound)));
}

#[tokio::test]
async fn whatever_is_altered_is_refused() {
    let (store, folder) = store();
    let other = ObjectKey("images/grace/first/original.png".to_owned());
    for key in [&key(), &other] {
        store.put(key, "image/png", b"png".to_vec()).await.unwrap();
    }
    let (path, query) = split(&store.presign(&key(), &Presign::Save("fox.png".into()), at(0)));
    assert!(store.open(&path, &query, at(0)).await.is_ok());
    let expires = query.split('&').next().unwrap().to_owned();
    let swapped = {
        let (head, signature) = query.rsplit_once('=').unwrap();
        let flipped = if signature.starts_with('A') { "B" } else { "A" };
        format!("{head}={flipped}{}", &signature[1..])
    };
    for (path, query) in [
        (other.0.as_str(), query.clone()),
        (&path, query.replace(&expires, "expires=9999999999")),
        (&path, query.replace("expires=", "expires=0")),
        (&path, query.replace("expires=", "expires=%2B")),
        (&path, query.replace("fox.png", "fox.exe")),
        (&path, query.replace("&save=fox.png", "")),
        (&path, query.replace("&save=fox.png", "&save=")),
        (&path, format!("{query}&{expires}")),
        (&path, format!("{query}&save=fox.png")),
        (&path, format!("{query}&x=1")),
        (&path, query[..query.len() - 1].to_owned()),
        (&path, swapped),
        (&path, query.rsplit_once("&sig=").unwrap().0.to_owned()),
        (&path, String::new()),
        (&path, "expires=&sig=".to_owned()),
    ] {
        let refused = store.open(path, &query, at(0)).await;
        assert!(matches!(refused, Err(LinkError::Refused)), "{path}?{query}: {refused:?}");
    }
    let stranger = open(&folder, [8; 32]);
    assert!(matches!(stranger.open(&path, &query, at(0)).await, Err(LinkError::Refused)));
}

#[tokio::test]
async fn a_name_to_save_under_comes_back_safe() {
    let (store, _folder) = store();
    store.put(&key(), "image/png", b"png".to_vec()).await.unwrap();
    let link = store.presign(&key(), &Presign::Save("Fuchs & \"ü\"\r\n.png".into()), at(0));
    assert!(link.is_ascii() && !link.contains(['"', ' ', '\r']), "{link}");
    let file = opened(&store, &link, at(0)).await.unwrap();
    assert_eq!(file.save_as.as_deref(), Some("Fuchs & -ü-.png"));
}

#[tokio::test]
async fn a_key_cannot_leave_the_folder() {
    let (store, folder) = store();
    fs::write(folder.path().join("beside.png"), b"outside").unwrap();
    for bad in ["../beside.png", "images/../../beside.png", "/beside.png", "a\\b.png", "a//b.png"] {
        let bad = ObjectKey(bad.to_owned());
        assert!(!store.put(&bad, "image/png", vec![1]).await.unwrap_err().retryable);
        assert!(!store.get(&bad, 100).await.unwrap_err().retryable);
        assert!(!store.delete(&bad).await.unwrap_err().retryable);
        // Even a link that was signed for it opens nothing.
        let (_, query) = split(&store.presign(&bad, &Presign::Show, at(0)));
        let refused = store.open(&bad.0, &query, at(0)).await;
        assert!(matches!(refused, Err(LinkError::Refused)), "{}", bad.0);
    }
    assert_eq!(fs::read(folder.path().join("beside.png")).unwrap(), b"outside");
}

#[tokio::test]
async fn what_a_crash_left_is_cleared_and_what_is_being_written_is_not() {
    let (_, folder) = store();
    let parts = folder.path().join("files/.parts");
    fs::write(parts.join("1-0"), b"half a pic").unwrap();
    let writing = fs::File::create(parts.join("2-0")).unwrap();
    writing.lock().unwrap();
    open(&folder, SECRET);
    let left: Vec<_> = fs::read_dir(&parts).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(left, ["2-0"]);
}

#[tokio::test]
async fn a_put_leaves_nothing_but_its_file_and_a_delete_nothing_at_all() {
    let (store, folder) = store();
    let root = folder.path().join("files");
    store.put(&key(), "image/png", vec![1]).await.unwrap();
    assert_eq!(fs::read_dir(root.join(".parts")).unwrap().count(), 0);
    assert_eq!(fs::read_dir(root.join("images/ada/first")).unwrap().count(), 1);
    store.delete(&key()).await.unwrap();
    assert!(!root.join("images").exists(), "emptied folders go");
    assert!(root.exists());
}

#[tokio::test]
async fn a_put_that_fails_cleans_up_after_itself() {
    let (store, folder) = store();
    store.put(&key(), "image/png", vec![1]).await.unwrap();
    let under_a_file = ObjectKey(format!("{}/x.png", key().0));
    assert!(!store.put(&under_a_file, "image/png", vec![2]).await.unwrap_err().retryable);
    assert_eq!(fs::read_dir(folder.path().join("files/.parts")).unwrap().count(), 0);
    assert_eq!(store.get(&key(), 10).await.unwrap(), Some(vec![1]));
}

#[tokio::test]
async fn a_media_type_the_ending_does_not_tell_is_refused() {
    let (store, _folder) = store();
    assert!(!store.put(&key(), "text/html", vec![1]).await.unwrap_err().retryable);
    assert_eq!(store.get(&key(), 10).await.unwrap(), None);
}

#[tokio::test]
async fn puts_and_deletes_side_by_side_lose_nothing() {
    let (store, _folder) = store();
    let rounds = (0..8).map(|n| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            let key = ObjectKey(format!("images/ada/first/{n}.png"));
            for round in 0..20 {
                store.put(&key, "image/png", vec![n; 1_000]).await.unwrap();
                let read = store.get(&key, 1_000).await.unwrap();
                assert_eq!(read, Some(vec![n; 1_000]), "round {round}");
                store.delete(&key).await.unwrap();
            }
        })
    });
    for round in rounds.collect::<Vec<_>>() {
        round.await.unwrap();
    }
}

#[tokio::test]
async fn the_secret_is_never_shown() {
    let (store, _folder) = store();
    let shown = format!("{store:?}");
    assert!(shown.contains("DiskStore") && !shown.contains("[7, 7"), "{shown}");
}
