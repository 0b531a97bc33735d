use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use safelight_domain::Uuid;

use super::*;
use crate::{
    connect::{self, Durability},
    migrate, work,
};

/// A store with nothing but renders in line, without what they stand on and its guards.
fn empty() -> Connection {
    let mut db = connect::writer(None, Durability::Off).unwrap();
    migrate::migrate(&mut db, 0).unwrap();
    db.pragma_update(None, "foreign_keys", false).unwrap();
    let guards = "SELECT group_concat('DROP TRIGGER ' || name || ';', '') FROM sqlite_schema \
                  WHERE type = 'trigger' AND tbl_name = 'render' AND name NOT LIKE 'line_%'";
    let guards: String = db.query_row(guards, [], |row| row.get(0)).unwrap();
    db.execute_batch(&guards).unwrap();
    db
}

fn account(n: u32) -> AccountId {
    AccountId(Uuid::from_u128(n.into()))
}

/// Render `n` of an account joins the line.
fn join(db: &Connection, of: u32, n: u32) -> RenderId {
    let render = RenderId(Uuid::from_u128(n.into()));
    let sql = "INSERT INTO render(id, generation_id, account_id, idx, charge_id, seed, state, \
               next_at, deadline, created_at) VALUES(?1, ?1, ?2, 0, ?1, 0, 'pending', 0, 1, 0)";
    let of = account(of);
    db.prepare_cached(sql).unwrap().execute([id(render.0), id(of.0)]).unwrap();
    render
}

fn set(db: &Connection, n: u32, state: &str) {
    let request = if state == "waiting" { ", request_id = 'r'" } else { "" };
    let sql = format!("UPDATE render SET state = ?2, begun_at = 0{request} WHERE id = ?1");
    db.execute(&sql, params![id(Uuid::from_u128(n.into())), state]).unwrap();
}

fn end(db: &Connection, n: u32) {
    let sql = "UPDATE render SET state = 'cancelled', next_at = NULL, ended_at = 0 WHERE id = ?1";
    db.execute(sql, [id(Uuid::from_u128(n.into()))]).unwrap();
}

/// Every render in line with its account, in the order of the dispatch.
fn line(db: &Connection) -> Vec<(RenderId, AccountId)> {
    let mut statement = db.prepare(work::LINE).unwrap();
    let all = params![i64::MIN, i64::MAX, -1, i64::MIN];
    let ids: Vec<_> = statement
        .query_map(all, |row| Ok(RenderId(rows::uuid(row, "id")?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let of = |render: RenderId| {
        let sql = "SELECT account_id FROM render WHERE id = ?1";
        let of = one(db, sql, [id(render.0)], |row| rows::uuid(row, "account_id"));
        (render, AccountId(of.unwrap().unwrap()))
    };
    ids.into_iter().map(of).collect()
}

fn check(db: &Connection) {
    let told = Line::read(db).unwrap();
    for (place, (render, of)) in (0..).zip(line(db)) {
        assert_eq!(told.before(db, of, render).unwrap(), FAR.min(place), "{render} of {of}");
    }
}

/// Whatever joined, was handed out, ended or came back.
#[test]
fn the_place_is_the_one_the_dispatch_gives() {
    for seed in 1..=12_u32 {
        let db = empty();
        let mut dice = seed;
        let mut roll = |sides: u32| {
            dice ^= dice << 13;
            dice ^= dice >> 17;
            dice ^= dice << 5;
            dice % sides
        };
        let accounts = 1 + roll(9);
        for n in 1..=120 {
            join(&db, roll(accounts), n);
            let other = 1 + roll(n);
            let state: Option<String> = one(
                &db,
                "SELECT state FROM render WHERE id = ?1",
                [id(Uuid::from_u128(other.into()))],
                |row| row.get(0),
            )
            .unwrap();
            match (state.as_deref(), roll(4)) {
                (Some("pending"), 0 | 1) => set(&db, other, "submitting"),
                (Some("submitting"), 0) => set(&db, other, "pending"),
                (Some("submitting"), 1) => set(&db, other, "waiting"),
                (Some("waiting"), 0) => set(&db, other, "storing"),
                (Some("pending" | "submitting" | "waiting"), 2) => end(&db, other),
                _ => {}
            }
            if n % 20 == 0 {
                check(&db);
            }
        }
    }
}

/// Far back it is "that many or more", and never less than for those before.
#[test]
fn a_place_far_back_is_told_as_far_back() {
    let db = empty();
    for n in 1..=FAR + 20 {
        join(&db, n % 300, n);
    }
    check(&db);
    let crowd = empty();
    for n in 1..=FAR + 20 {
        join(&crowd, n, n);
    }
    check(&crowd);
}

/// The steps SQLite takes to tell the places of four renders, as a generation has, behind others.
fn steps(others: u32, each: u32) -> u64 {
    let db = empty();
    for n in 0..others {
        join(&db, n / each + 1, n + 1);
    }
    let mine: Vec<_> = (0..4).map(|n| join(&db, 1_000_000, 2_000_000 + n)).collect();
    let count = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&count);
    db.progress_handler(
        1,
        Some(move || {
            counted.fetch_add(1, Ordering::Relaxed);
            false
        }),
    )
    .unwrap();
    let told = Line::read(&db).unwrap();
    for render in mine {
        told.before(&db, account(1_000_000), render).unwrap();
    }
    count.load(Ordering::Relaxed)
}

/// Of one person, of many, and of many with many.
#[test]
fn the_place_in_line_costs_the_same_at_any_length() {
    for each in [1, 8, 4_000] {
        let (short, long, longer) = (steps(1_000, each), steps(4_000, each), steps(12_000, each));
        assert!(long <= short + short / 4 + 100, "{each} each: {short} becomes {long}");
        assert!(longer <= short + short / 4 + 100, "{each} each: {short} becomes {longer}");
        assert!(longer < 40_000, "{each} each: {longer}");
    }
}
