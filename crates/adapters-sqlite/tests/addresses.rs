//! The schema step that reads every address anew: nobody loses an account, nobody gets another's.

use std::{path::Path, sync::Arc};

use rusqlite::{Connection, params};
use safelight_adapters_sqlite::{Odd, Options, Sqlite, pending_migrations};
use safelight_domain::{AccountId, Email, Uuid};
use safelight_ports::Reads;
use safelight_testkit::ManualClock;
use sha2::{Digest, Sha256};

/// The step under test.
const ANEW: u32 = 15;

/// Address, its form by the old rule (all of Unicode in small letters), and when it was opened.
const PEOPLE: [(&str, i64); 10] = [
    ("Ada@example.com", 1),
    // The second of each two has the normal form, or is younger where none has it.
    ("jose\u{301}@example.com", 1),
    ("jos\u{e9}@example.com", 2),
    ("a@b\u{fc}cher.example", 1),
    ("a@xn--bcher-kva.example", 2),
    ("B@b\u{fc}cher.example", 1),
    ("b@bu\u{308}cher.example", 2),
    // A capital that is no ASCII letter, and what is refused today.
    ("\u{c9}va@example.com", 1),
    ("\u{212a}im@example.com", 1),
    ("eve\u{200b}@example.com", 1),
];

fn account(n: usize) -> AccountId {
    AccountId(Uuid::from_u128(n as u128 + 1))
}

/// A database as the release before left it.
fn old(path: &Path) {
    let db = Connection::open(path).unwrap();
    db.execute_batch(
        "CREATE TABLE migration(version INTEGER PRIMARY KEY, name TEXT NOT NULL, \
         checksum BLOB NOT NULL, applied_at INTEGER NOT NULL) STRICT",
    )
    .unwrap();
    let steps = pending_migrations(&Connection::open_in_memory().unwrap()).unwrap();
    for step in steps.iter().filter(|step| step.version < ANEW) {
        db.execute_batch(step.sql).unwrap();
        let checksum = Sha256::digest(step.sql).to_vec();
        let row = params![step.version, step.name, checksum];
        db.execute("INSERT INTO migration VALUES(?1, ?2, ?3, 0)", row).unwrap();
    }
    for (n, (email, at)) in PEOPLE.into_iter().enumerate() {
        let id = account(n).0.into_bytes();
        let sql = "INSERT INTO account(id, status, last_at, created_at) VALUES(?1, 'open', ?2, ?2)";
        db.execute(sql, params![id, at]).unwrap();
        let sql = "INSERT INTO user(id, account_id, email, canonical, role, created_at) \
                   VALUES(?1, ?1, ?2, ?3, 'member', ?4)";
        db.execute(sql, params![id, email, email.to_lowercase(), at]).unwrap();
        let sql = "INSERT INTO former(token, account_id, email, canonical, left_at) \
                   VALUES(?1, ?2, ?3, ?4, 1)";
        let token = Sha256::digest(email).to_vec();
        db.execute(sql, params![token, id, email, email.to_lowercase()]).unwrap();
    }
}

/// Whose account a typed address leads to.
async fn found(store: &Sqlite, typed: &str) -> Option<usize> {
    let email = Email::parse(typed).ok()?;
    for form in email.spelled().into_iter().chain([email.canonical()]) {
        if let Some((account, user)) = store.account_of(form).await.unwrap() {
            assert_eq!(user.account_id, account.id);
            return usize::try_from(account.id.0.as_u128() - 1).ok();
        }
    }
    None
}

#[tokio::test]
async fn addresses_that_turn_out_to_be_one_are_kept_apart_and_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("studio.db");
    old(&path);
    Sqlite::migrate(&path, ManualClock::START).unwrap();
    let store = Sqlite::open(&path, Arc::new(ManualClock::new()), &Options::default()).unwrap();
    for (n, (email, _)) in PEOPLE.into_iter().enumerate() {
        let (_, user) = store.account(account(n)).await.unwrap().unwrap();
        assert_eq!(user.email.as_str(), email, "nobody's address is rewritten");
        let refused = Email::parse(email).is_err();
        assert_eq!(found(&store, email).await, (!refused).then_some(n), "{email:?}");
    }
    for (typed, whose) in [
        ("ADA@EXAMPLE.COM", Some(0)),
        ("JOSE\u{301}@example.com", Some(1)),
        ("JOS\u{e9}@example.com", Some(2)),
        ("A@XN--BCHER-KVA.example", Some(4)),
        ("b@xn--bcher-kva.example", Some(5)),
        ("\u{e9}va@example.com", None),
        ("kim@example.com", None),
        ("eve@example.com", None),
    ] {
        assert_eq!(found(&store, typed).await, whose, "{typed:?}");
    }
    let odd = store.odd_addresses().await.unwrap();
    let shared = [1, 3, 6].map(|n| (account(n), Odd::Shared));
    let refused = [8, 9].map(|n| (account(n), Odd::Refused));
    assert_eq!(odd, [&shared[..], &refused].concat());
    let former: Vec<String> = Connection::open(&path)
        .unwrap()
        .prepare("SELECT canonical FROM former WHERE email LIKE 'a@%'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(former, ["a@xn--bcher-kva.example"; 2], "whoever left it is found by it");
}
