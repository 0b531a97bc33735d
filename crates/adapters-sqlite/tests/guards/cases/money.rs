//! Customers, orders, and the inbox.

use super::{Case, check, trigger, unique};
use crate::ready::txn;

pub fn cases() -> Vec<Case> {
    [customers(), orders(), moves(), packs(), returns(), inbox(), tasks()]
        .into_iter()
        .flatten()
        .collect()
}

fn customers() -> Vec<Case> {
    let customer =
        |values: &str| format!("INSERT INTO customer(account_id, mode, customer) VALUES({values})");
    vec![
        check("customer_mode_known", customer("#bob, 'odd', 'cus'")),
        unique(
            "customer_one_per_account",
            "UNIQUE constraint failed: customer.account_id, customer.mode",
            customer("#ada, 'play', 'another'"),
        ),
        unique(
            "customer_of_one_account",
            "UNIQUE constraint failed: customer.mode, customer.customer",
            customer("#bob, 'play', 'cus_ada'"),
        ),
    ]
}

/// A new order, right but for one column.
fn order(column: &str, value: &str) -> String {
    let columns = [
        ("id", "#x"),
        ("mode", "'play'"),
        ("credits", "10"),
        ("expires_days", "NULL"),
        ("minor", "999"),
        ("state", "'open'"),
        ("checkout", "NULL"),
        ("settled_at", "NULL"),
        ("captured", "0"),
        ("refunded", "0"),
    ];
    assert!(columns.iter().any(|(name, _)| *name == column));
    let values = columns.map(|(name, right)| if name == column { value } else { right });
    format!(
        "INSERT INTO pack_order(id, mode, credits, expires_days, minor, state, checkout, settled_at, captured, refunded, account_id, pack, currency, created_at)
         VALUES({}, #ada, 'small', 'usd', 1)",
        values.join(", ")
    )
}

fn orders() -> Vec<Case> {
    let born = &["order_born_open"];
    let big = "100000000001";
    vec![
        check("order_id_length", order("id", "x'00'")),
        check("order_mode_known", order("mode", "'odd'")),
        check("order_credits_range", order("credits", "0")),
        check("order_credits_range", order("credits", "10000001")),
        check("order_expiry_range", order("expires_days", "0")),
        check("order_price_range", order("minor", "0")),
        check("order_price_range", order("minor", big)),
        check("order_state_known", order("state", "'odd'"))
            .also(&["order_born_open", "order_settled_when_over"]),
        check("order_named_once_confirmed", order("state", "'unpaid'")).also(born),
        check("order_settled_when_over", order("settled_at", "1")),
        check("order_settled_when_over", order("state", "'failed'")).also(born),
        check("order_money_once_paid", order("captured", "1")),
        check(
            "order_reason_of_failed",
            "UPDATE pack_order SET reason = 'declined' WHERE id = #open",
        ),
        check("order_captured_range", order("captured", "-1"))
            .also(&["order_money_once_paid", "order_refunded_range"]),
        check("order_captured_range", order("captured", big)).also(&["order_money_once_paid"]),
        check("order_refunded_range", order("refunded", "1")),
        check("order_refunded_range", "UPDATE pack_order SET refunded = -1 WHERE id = #bought"),
        unique(
            "order_checkout_once",
            "UNIQUE constraint failed: pack_order.mode, pack_order.checkout",
            "UPDATE pack_order SET checkout = 'cs' WHERE id = #open",
        ),
        unique(
            "order_payment_once",
            "UNIQUE constraint failed: pack_order.mode, pack_order.payment",
            "UPDATE pack_order SET payment = 'pi' WHERE id = #open",
        ),
        trigger("order_permanent", "orders are permanent", "DELETE FROM pack_order WHERE id = #open"),
        trigger(
            "order_terms_frozen",
            "an order's terms are immutable",
            "UPDATE pack_order SET credits = 11 WHERE id = #open",
        ),
        trigger(
            "order_born_open",
            "an order is born open",
            "INSERT INTO pack_order(id, account_id, mode, pack, credits, minor, currency, state, checkout, created_at)
             VALUES(#x, #ada, 'play', 'small', 10, 999, 'usd', 'unpaid', 'c2', 1)",
        ),
    ]
}

fn moves() -> Vec<Case> {
    let kept = |bad: &'static str| {
        trigger("order_names_kept", "an order is for one checkout and one payment", bad)
    };
    let forward =
        |bad: &'static str| trigger("order_moves_forward", "an order cannot move this way", bad);
    let failed = "UPDATE pack_order SET state = 'failed', settled_at = 1 WHERE id = #open;";
    vec![
        kept("UPDATE pack_order SET checkout = 'other' WHERE id = #bought"),
        kept("UPDATE pack_order SET checkout = NULL WHERE id = #open")
            .given("UPDATE pack_order SET checkout = 'c2' WHERE id = #open;"),
        kept("UPDATE pack_order SET payment = 'other' WHERE id = #bought"),
        forward(
            "UPDATE pack_order SET state = 'failed', captured = 0, refunded = 0 WHERE id = #bought",
        )
        .also(&["order_captured_frozen"]),
        forward("UPDATE pack_order SET state = 'open', settled_at = NULL WHERE id = #open")
            .given(failed),
        trigger(
            "order_captured_frozen",
            "what was captured is captured",
            "UPDATE pack_order SET captured = 2000 WHERE id = #bought",
        ),
    ]
}

fn packs() -> Vec<Case> {
    let lot = |kind: &str, granted: i64, source: &str, order: &str| {
        format!(
            "INSERT INTO lot(id, account_id, kind, priority, granted, expires_at, source, order_id)
             VALUES(#x, #ada, '{kind}', 50, {granted}, 9999, '{source}', {order});"
        )
    };
    let paid = |bad: String| {
        trigger("lot_pack_is_paid", "a pack is of a paid order, in full or what came again", bad)
    };
    let again = || lot("pack", 4, "again:1", "#bought");
    let before = txn("clawback", 4).lot("#pack", -4).sql()
        + "UPDATE pack_order SET refunded = 0 WHERE id = #bought;"
        + &again();
    let gives =
        |bad: String| trigger("txn_gives_again", "what is given again follows its order", bad);
    let refilled = || txn("grant", 4).lot("#x", 4).key("'again:1'");
    vec![
        paid(lot("pack", 10, "pack:cs", "NULL")).also(&["lot_one_per_source"]),
        paid(lot("pack", 10, "pack:other", "#bought")),
        paid(lot("pack", 9, "pack:cs", "#bought")).also(&["lot_one_per_source"]),
        paid(lot("pack", 11, "again:1", "#bought")),
        paid(lot("pack", 10, "again:1", "#open")),
        paid(lot("promo", 10, "again:1", "#bought")),
        gives(refilled().sql()).given(before),
        gives(txn("grant", 4).lot("#x", 4).key("'a gift'").order("#bought").sql()).given(
            txn("clawback", 4).lot("#pack", -4).sql()
                + "UPDATE pack_order SET refunded = 0 WHERE id = #bought;"
                + "INSERT INTO lot(id, account_id, kind, priority, granted, expires_at, source)
                   VALUES(#x, #ada, 'promo', 50, 4, 9999, 'a gift');",
        ),
    ]
}

fn returns() -> Vec<Case> {
    let follows = |says, bad: String| trigger("txn_follows_order", says, bad);
    let followed = "only returned money is followed, and it is its own account's";
    let more = "no more is taken than went back";
    let again = "no more is given again than came again";
    let half = "UPDATE pack_order SET refunded = 495 WHERE id = #bought;";
    vec![
        follows(followed, txn("debt", 1).order("NULL").sql()),
        follows(followed, txn("debt", 1).order("#open").sql()),
        follows(followed, txn("debt", 1).of("#bob").sql()),
        follows(followed, txn("forfeit", 1).lot("#gift", -1).order("#bought").sql()),
        follows(more, txn("debt", 11).sql()),
        follows(more, txn("debt", 1).key("'second'").sql()).given(txn("debt", 10).sql()),
        // 495 of 1000 is 4.95 of 10 credits: five of them, not six.
        follows(more, txn("debt", 6).sql()).given(half),
        follows(more, txn("clawback", 1).lot("#pack", -1).sql()).given(txn("debt", 10).sql()),
        follows(again, txn("write_off", 1).sql()).given(txn("debt", 10).sql()),
        follows(again, txn("write_off", 6).sql()).given(txn("debt", 10).sql() + half),
        follows(
            "only what the order gave is clawed back",
            txn("clawback", 1).lot("#gift", -1).sql(),
        ),
    ]
}

/// A new delivery, right but for one column.
fn delivery(column: &str, value: &str) -> String {
    let columns = [
        ("event", "'x'"),
        ("topic", "'payment'"),
        ("object", "'ch'"),
        ("live", "0"),
        ("body", "x'7b7d'"),
        ("state", "'pending'"),
        ("next_at", "1"),
        ("account_id", "NULL"),
        ("first_seq", "NULL"),
        ("last_seq", "NULL"),
    ];
    assert!(columns.iter().any(|(name, _)| *name == column));
    let values = columns.map(|(name, right)| if name == column { value } else { right });
    format!(
        "INSERT INTO delivery(event, topic, object, live, body, state, next_at, account_id, first_seq, last_seq, kind, created_at, received_at, headers)
         VALUES({}, 'charge.refunded', 1, 1, '')",
        values.join(", ")
    )
}

fn inbox() -> Vec<Case> {
    let born = "delivery_born_pending";
    let effect = |says, bad: &'static str| trigger("delivery_effect_is_there", says, bad);
    let after = "a delivery is marked after its effect";
    vec![
        check("delivery_topic_known", delivery("topic", "'odd'")),
        check("delivery_object_named", delivery("object", "NULL")),
        check("delivery_live_flag", delivery("live", "2")),
        check("delivery_body_bounded", delivery("body", "zeroblob(1048577)")),
        check("delivery_state_known", delivery("state", "'odd'"))
            .also(&[born, "delivery_due_while_pending"]),
        check("delivery_due_while_pending", delivery("next_at", "NULL")),
        check("delivery_effect_whole", delivery("last_seq", "1")),
        check("delivery_effect_whole", delivery("first_seq", "1")).also(&[born]),
        unique("delivery_once", "UNIQUE constraint failed: delivery.event", delivery("event", "'evt'")),
        trigger("delivery_permanent", "deliveries are permanent", "DELETE FROM delivery"),
        trigger(born, "a delivery is born pending", delivery("state", "'dead'"))
            .also(&["delivery_due_while_pending"]),
        trigger(
            "delivery_facts_frozen",
            "what was delivered is immutable",
            "UPDATE delivery SET body = x'00'",
        ),
        trigger(
            "delivery_marked_once",
            "a marked delivery only becomes pending again",
            "UPDATE delivery SET state = 'applied' WHERE event = 'evt'",
        )
        .given("UPDATE delivery SET state = 'dead', next_at = NULL WHERE event = 'evt';"),
        effect(
            "what a delivery moved stays told",
            "UPDATE delivery SET first_seq = 1, last_seq = 1 WHERE event = 'evt'",
        )
        .given(
            "UPDATE delivery SET state = 'applied', next_at = NULL, account_id = #ada, first_seq = 2, last_seq = 3 WHERE event = 'evt';",
        ),
        effect(
            after,
            "UPDATE delivery SET state = 'applied', next_at = NULL, account_id = #ada, first_seq = 7, last_seq = 99 WHERE event = 'evt'",
        ),
        effect(
            after,
            "UPDATE delivery SET account_id = #ada, first_seq = 1, last_seq = 1 WHERE event = 'evt'",
        ),
    ]
}

/// A new task, right but for one column.
fn task(column: &str, value: &str) -> String {
    let columns = [("id", "#x"), ("kind", "'paid_not_delivered'"), ("subject", "'pi_x'")];
    assert!(columns.iter().any(|(name, _)| *name == column));
    let values = columns.map(|(name, right)| if name == column { value } else { right });
    format!(
        "INSERT INTO task(id, kind, subject, account_id, says, created_at) VALUES({}, #ada, 'why', 1)",
        values.join(", ")
    )
}

fn tasks() -> Vec<Case> {
    let made = task("id", "#y") + ";";
    vec![
        check("task_id_length", task("id", "x'00'")),
        check("task_kind_known", task("kind", "'odd'")),
        check("task_subject_there", task("subject", "''")),
        unique("task_once", "UNIQUE constraint failed: task.kind, task.subject", task("id", "#x"))
            .given(made.clone()),
        trigger("task_permanent", "tasks are permanent", "DELETE FROM task").given(made.clone()),
        trigger(
            "task_facts_frozen",
            "what a task says is immutable",
            "UPDATE task SET says = 'nothing'",
        )
        .given(made.clone()),
        trigger("task_done_once", "a task is done once", "UPDATE task SET done_at = 3")
            .given(made + "UPDATE task SET done_at = 2;"),
    ]
}
