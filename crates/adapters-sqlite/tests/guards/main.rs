//! Every guard of the schema refuses what it is for, and nothing else would have refused it:
//! without that guard alone the same write is accepted. So no guard can be lost unnoticed.

mod cases;
mod ready;
mod schema;

use std::collections::BTreeSet;

use cases::Case;
use ready::{studio, txn, with_ids};
use rusqlite::Connection;
use schema::{guards, without};

/// The small studio on a schema without some guards.
fn ready(but: &[&str]) -> Connection {
    let db = without(but);
    run(&db, &studio()).unwrap();
    db
}

fn run(db: &Connection, sql: &str) -> rusqlite::Result<()> {
    db.execute_batch(&with_ids(sql))
}

fn one<T: rusqlite::types::FromSql>(db: &Connection, sql: &str) -> T {
    db.query_row(&with_ids(sql), [], |row| row.get(0)).unwrap()
}

/// Tries a case's write with and without its guard; answers what is wrong with the case.
fn fault(case: &Case) -> Option<String> {
    let Case { guard, also, given, bad, .. } = case;
    let says = case.says();
    let with = ready(also);
    run(&with, given).unwrap_or_else(|error| panic!("{guard}: given: {error}"));
    match run(&with, bad) {
        Ok(()) => return Some(format!("{guard}: nothing refuses {bad}")),
        Err(error) if !error.to_string().starts_with(&says) => {
            return Some(format!("{guard}: refused by another: {error}, not {says}"));
        }
        Err(_) => {}
    }
    let mut gone = also.clone();
    gone.push(guard);
    let without = ready(&gone);
    run(&without, given).unwrap_or_else(|error| panic!("{guard}: given: {error}"));
    let refused = run(&without, bad).err();
    refused.map(|error| format!("{guard}: something else refuses as well: {error}"))
}

#[test]
fn every_guard_refuses_and_nothing_else_would() {
    let faults: Vec<_> = cases::all().iter().filter_map(fault).collect();
    assert!(faults.is_empty(), "{} cases:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_guard_has_its_case_and_every_case_its_guard() {
    let shown: BTreeSet<_> = cases::all().iter().map(Case::shows).collect();
    let named = guards();
    let bare: Vec<_> = named.difference(&shown).collect();
    assert!(bare.is_empty(), "guards without a case: {bare:#?}");
    let lost: Vec<_> = shown.difference(&named).collect();
    assert!(lost.is_empty(), "cases without a guard: {lost:#?}");
    assert!(named.len() > 100, "the schema's guards were not found: {}", named.len());
}

#[test]
fn the_movers_move_what_follows_from_a_write() {
    let movers = [
        "entry_moves_lot",
        "txn_moves_account",
        "txn_reopens_day",
        "render_reopens_day",
        "user_is_found",
        "user_is_found_anew",
        "api_key_is_found",
        "api_key_is_found_anew",
        "line_joined",
        "line_left",
        "line_joined_again",
        "line_moves",
    ];
    assert_eq!(schema::movers(), movers);
    let db = ready(&[]);
    let spend = txn("spend", 1).lot("#gift", -1).charge("#unpaid").at("123").sql();
    run(&db, &spend).unwrap();
    assert_eq!(one::<i64>(&db, "SELECT remaining FROM lot WHERE id = #gift"), 6);
    let after: String = one(
        &db,
        "SELECT balance || ' ' || debt || ' ' || seq || ' ' || last_at FROM account WHERE id = #ada",
    );
    assert_eq!(after, "16 0 8 123");
    run(&db, &txn("refund", 1).lot("#gift", 1).charge("#unpaid").sql()).unwrap();
    assert_eq!(one::<String>(&db, "SELECT state FROM charge WHERE id = #unpaid"), "refunded");
}

#[test]
fn words_follow_addresses_and_names() {
    let db = ready(&[]);
    let found = |index: &str, place: &str, what: &str, words: &str| {
        let sql = format!(
            "SELECT count(*) FROM {index} w JOIN {place} p ON p.n = w.rowid \
             WHERE {index} MATCH '\"{words}\"' AND p.{what}"
        );
        one::<i64>(&db, &sql)
    };
    let person = |words| found("person_words", "person_place", "account_id = #ada", words);
    assert_eq!((person("ada@ex"), person("moved@")), (1, 0));
    run(&db, "UPDATE user SET canonical = 'moved@example.com' WHERE id = #ada_user").unwrap();
    assert_eq!((person("ada@ex"), person("moved@")), (0, 1));
    let key = |words| found("key_words", "key_place", "key_id = #key", words);
    assert_eq!((key("bcd"), key("laptop")), (1, 0));
    run(&db, "UPDATE api_key SET name = 'my laptop' WHERE id = #key").unwrap();
    assert_eq!((key("bcd"), key("laptop")), (1, 1));
}

#[test]
fn an_entry_without_its_txn_cannot_commit() {
    let db = ready(&[]);
    let entry = "BEGIN; INSERT INTO entry(txn_id, lot_id, delta, lot_after)
                 SELECT (SELECT max(id) + 1 FROM txn), id, -1, remaining - 1 FROM lot WHERE id = #gift; COMMIT;";
    assert!(run(&db, entry).unwrap_err().to_string().starts_with("FOREIGN KEY"));
    run(&db, "ROLLBACK").unwrap();
    assert_eq!(one::<i64>(&db, "SELECT remaining FROM lot WHERE id = #gift"), 7);
}

#[test]
fn rows_refer_to_rows_that_are_there() {
    for sql in [
        "INSERT INTO lot(id, account_id, kind, priority, granted, expires_at, source) VALUES(#x, #nobody, 'promo', 1, 1, 1, 's')",
        "INSERT INTO user(id, account_id, email, canonical, role, created_at) VALUES(#x, #nobody, 'x', 'x', 'member', 1)",
        "UPDATE folder SET parent_id = #nowhere WHERE id = #sub",
        "INSERT INTO folder(id, account_id, parent_id, name, created_at) VALUES(#x, #bob, #top, 'in another''s', 1)",
        "DELETE FROM folder WHERE id = #top",
        "DELETE FROM generation WHERE id = #fox",
        "DELETE FROM user WHERE id = #ada_user",
        "INSERT INTO event(account_id, name, subject, at) VALUES(#nobody, 'balance.changed', #x, 1)",
    ] {
        let error = run(&ready(&[]), sql).unwrap_err().to_string();
        assert!(error.starts_with("FOREIGN KEY"), "{sql}: {error}");
    }
    let filed = ready::image("#x", "#stored") + "UPDATE image SET folder_id = #bobs WHERE id = #x;";
    let folder =
        "INSERT INTO folder(id, account_id, name, created_at) VALUES(#bobs, #bob, 'b', 1);";
    let error = run(&ready(&[]), &(folder.to_owned() + &filed)).unwrap_err().to_string();
    assert!(error.starts_with("FOREIGN KEY"), "filed in another's folder: {error}");
}

#[test]
fn columns_hold_what_they_say() {
    let db = ready(&[]);
    for sql in [
        "UPDATE account SET status = x'00' WHERE id = #ada",
        "INSERT INTO lot(id, account_id, kind, priority, granted, expires_at, source) VALUES(#x, #ada, 'promo', 1, 'many', 1, 's')",
        "UPDATE render SET next_at = 'soon' WHERE id = #waits",
        "UPDATE session SET seen_at = 1.5",
    ] {
        let error = run(&db, sql).unwrap_err().to_string();
        assert!(error.starts_with("cannot store"), "{sql}: {error}");
    }
    let loose: i64 = one(
        &db,
        "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table'
         AND name NOT LIKE 'sqlite_%' AND strict = 0",
    );
    assert_eq!(loose, 0, "every table is STRICT");
}

#[test]
fn ids_are_taken_once() {
    let born = [
        "account_born_empty",
        "lot_born_empty",
        "charge_born_open",
        "render_born_paid",
        "order_born_open",
    ];
    let db = ready(&born);
    for table in [
        "account",
        "user",
        "lot",
        "charge",
        "folder",
        "generation",
        "render",
        "api_key",
        "session",
        "pack_order",
    ] {
        let sql = format!("INSERT INTO {table} SELECT * FROM {table} LIMIT 1");
        let error = run(&db, &sql).unwrap_err().to_string();
        assert!(error.starts_with("UNIQUE constraint failed"), "{table}: {error}");
    }
}

/// REPLACE deletes without asking, unless delete triggers may fire for it.
#[test]
fn nothing_of_the_books_is_replaced() {
    for (table, says) in [
        ("account", "accounts are permanent"),
        ("lot", "lots are permanent"),
        ("charge", "charges are permanent"),
        ("txn", "txns are permanent"),
        ("entry", "entries are permanent"),
        ("render", "renders are permanent"),
        ("pack_order", "orders are permanent"),
        ("delivery", "deliveries are permanent"),
    ] {
        // Without what else would say no to the new row.
        let db = ready(&[
            "account_born_empty",
            "lot_born_empty",
            "charge_born_open",
            "render_born_paid",
            "entry_fits",
            "txn_extends_chain",
            "txn_sums_entries",
            "txn_entries_belong",
            "txn_spend_allowed",
            "txn_refund_allowed",
            "txn_follows_order",
            "order_born_open",
            "lot_pack_is_paid",
        ]);
        let sql = format!("INSERT OR REPLACE INTO {table} SELECT * FROM {table}");
        assert_eq!(run(&db, &sql).unwrap_err().to_string(), says, "{table}");
    }
}
