//! Whoever gets past the guards is found by the audit, by the name of the rule they broke.

#[path = "common/room.rs"]
mod room;

use room::Room;
use rusqlite::Connection;
use safelight_domain::{
    AccountId, Change, Changes, Ending, EventChange, EventId, LotId, Mark, NEVER, OrderChange,
    OrderId, Paying, RenderChange, SignedDuration, UnownedEventChange,
};
use safelight_testkit::{
    darkroom::{delivery, pack_order},
    people::{ada, grace},
};

/// A studio with one render of every ending and one in line.
async fn busy() -> Room {
    let room = Room::new();
    let (ada, _) = (room.join(&ada()).await, room.join(&grace()).await);
    room.picture(ada).await;
    let failed = room.waiting(ada, 1).await.remove(0).id;
    room.commit(ada, vec![Change::Render(RenderChange::End(failed, Ending::Filtered))])
        .await
        .unwrap();
    room.commit(ada, vec![room.gift(5, NEVER)]).await.unwrap();
    bought(&room, ada).await;
    room.ask(ada, 1).await;
    room
}

/// A pack that was paid by a notice, and half of whose money went back.
async fn bought(room: &Room, of: AccountId) {
    let order = OrderId(room.ids.next());
    let event = EventId::parse("evt").unwrap();
    let delivery = delivery(&event, "cs", room.now());
    room.record(Changes::unowned([UnownedEventChange::Receive(Box::new(delivery))])).await.unwrap();
    room.commit(of, vec![Change::Order(OrderChange::Open(pack_order(order, of, 10, room.now())))])
        .await
        .unwrap();
    let by = Paying { checkout: "cs".to_owned(), payment: Some(("pi".to_owned(), 999)) };
    let pay = Change::Order(OrderChange::Pay { order, by, lot: LotId(room.ids.next()) });
    room.commit(of, vec![pay, Change::Event(EventChange::Mark(event, Mark::Applied))])
        .await
        .unwrap();
    let lot = LotId(room.ids.next());
    let back = Change::Order(OrderChange::Reverse { order, refunded: 500, receipt_url: None, lot });
    room.commit(of, vec![back]).await.unwrap();
}

/// Writes as somebody who has the file and knows no rules.
fn vandalise(room: &Room, sql: &str) {
    let db = Connection::open(room.path()).unwrap();
    db.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    let mut triggers =
        db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").unwrap();
    let triggers: Vec<(String, String)> = triggers
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for (name, _) in &triggers {
        db.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    db.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    for (_, sql) in &triggers {
        db.execute_batch(sql).unwrap();
    }
}

#[tokio::test]
async fn an_honest_studio_has_nothing_to_find() {
    let room = busy().await;
    assert_eq!(room.audit().await, []);
}

#[tokio::test]
async fn every_corruption_is_found_by_name() {
    let ada = "(SELECT account_id FROM generation LIMIT 1)";
    let with_ada = |sql: &str| sql.replace("$ada", ada);
    for (sql, rule) in [
        (
            "UPDATE account SET balance = balance + 1 WHERE id = $ada",
            "a balance is the sum of its lots",
        ),
        ("UPDATE account SET debt = 1 WHERE id = $ada", "an account is where its last txn left it"),
        ("DELETE FROM txn WHERE kind = 'refund'", "a journal has no gaps"),
        (
            "UPDATE txn SET at = at - 1 WHERE id = (SELECT max(id) FROM txn)",
            "a journal's time never runs backwards, and each line follows from the one before",
        ),
        (
            "UPDATE txn SET balance_after = balance_after + 1 WHERE kind = 'refund'",
            "a journal's time never runs backwards, and each line follows from the one before",
        ),
        (
            "UPDATE txn SET amount = amount + 1 WHERE kind = 'refund'",
            "a txn is the sum of its entries",
        ),
        (
            "UPDATE lot SET remaining = remaining - 1 WHERE account_id = $ada",
            "a lot holds the sum of its entries",
        ),
        (
            "UPDATE lot SET granted = granted + 1 WHERE account_id = $ada",
            "a lot was filled by one grant or refund",
        ),
        (
            "INSERT INTO lot(id, account_id, kind, priority, granted, expires_at, source) VALUES(zeroblob(16), $ada, 'promo', 1, 1, 1, 's')",
            "a lot was filled by one grant or refund",
        ),
        (
            "INSERT INTO entry(txn_id, lot_id, delta, lot_after) SELECT 999, id, 1, 1 FROM lot",
            "no entry without its txn",
        ),
        (
            "UPDATE lot SET account_id = (SELECT id FROM account WHERE id <> $ada) WHERE account_id = $ada",
            "an entry stays within its account",
        ),
        ("UPDATE charge SET price = price + 1", "a charge with a price was spent once, in full"),
        (
            "UPDATE charge SET state = 'kept' WHERE state = 'refunded'",
            "a refunded charge got everything back, any other nothing",
        ),
        (
            "UPDATE charge SET state = 'open' WHERE state = 'kept'",
            "a stored render kept its charge",
        ),
        (
            "UPDATE charge SET state = 'open' WHERE state = 'refunded'",
            "a render that ended without a picture was refunded",
        ),
        (
            "UPDATE charge SET state = 'kept' WHERE state = 'open'",
            "an unfinished render's charge is open",
        ),
        ("DELETE FROM image", "a stored render has its picture or gave it up, any other has none"),
        ("DELETE FROM render WHERE state = 'pending'", "a generation has all its renders"),
        (
            "UPDATE render SET deadline = 0, next_at = 0 WHERE state = 'pending'",
            "no unfinished render is forgotten for an hour",
        ),
        (
            "UPDATE generation SET account_id = (SELECT id FROM account WHERE id <> $ada)",
            "everything of a generation belongs to its account",
        ),
        (
            "INSERT INTO key_month VALUES(zeroblob(16), 0, 1)",
            "a key's month is what it spent less what came back",
        ),
        ("UPDATE line SET pending = pending + 1", "the line is counted as its renders stand"),
        ("UPDATE line SET live = live + 1", "the line is counted as its renders stand"),
        ("DELETE FROM line", "the line is counted as its renders stand"),
        ("DELETE FROM image_words", "every picture can be found by its words"),
        (
            "UPDATE pack_order SET state = 'failed', captured = 0, refunded = 0",
            "a paid order has its pack, any other has none",
        ),
        ("UPDATE lot SET order_id = NULL", "a paid order has its pack, any other has none"),
        ("UPDATE pack_order SET refunded = 700", "an order gave back what its returned money says"),
        ("UPDATE pack_order SET refunded = 0", "an order gave back what its returned money says"),
        (
            "UPDATE txn SET kind = 'debt' WHERE kind = 'clawback'",
            "a debt is what was owed and neither repaid nor forgiven",
        ),
        ("UPDATE delivery SET last_seq = 99", "what a delivery moved is in the journal"),
        (
            "UPDATE delivery SET state = 'pending', next_at = 0",
            "no delivery is forgotten for a day",
        ),
    ] {
        let room = busy().await;
        vandalise(&room, &with_ada(sql));
        let found = room.audit().await;
        assert!(found.iter().any(|finding| finding.rule == rule), "{sql}: {found:?}");
        assert!(found.iter().all(|finding| !finding.rule.starts_with("the schema")), "{found:?}");
    }
}

#[tokio::test]
async fn a_guard_that_was_taken_away_or_slipped_in_is_found() {
    for (sql, rule, example) in [
        ("DROP TRIGGER txn_immutable", "the schema has all its guards", "txn_immutable"),
        (
            "DROP INDEX txn_one_spend_one_refund",
            "the schema has all its guards",
            "txn_one_spend_one_refund",
        ),
        (
            "DROP TRIGGER txn_immutable; CREATE TRIGGER txn_immutable BEFORE UPDATE ON txn BEGIN SELECT 1; END",
            "the schema has all its guards",
            "txn_immutable",
        ),
        (
            "CREATE TRIGGER gift AFTER INSERT ON txn BEGIN SELECT 1; END",
            "the schema has no triggers of others",
            "gift",
        ),
    ] {
        let room = busy().await;
        Connection::open(room.path()).unwrap().execute_batch(sql).unwrap();
        let found = room.audit().await;
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].rule, found[0].example.as_str()), (rule, example));
    }
}

#[tokio::test]
async fn what_nobody_looked_after_is_found() {
    let room = busy().await;
    room.clock.advance(SignedDuration::from_hours(3));
    let found = room.audit().await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (found[0].rule, found[0].rows),
        ("no unfinished render is forgotten for an hour", 1)
    );
}
