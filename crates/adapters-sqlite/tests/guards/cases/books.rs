//! Accounts, lots, charges, the journal.

use super::{Case, check, trigger, unique};
use crate::ready::{Txn, txn};

pub fn cases() -> Vec<Case> {
    [accounts(), lots(), charges(), txns(), entries(), settlements()]
        .into_iter()
        .flatten()
        .collect()
}

/// A new account, right but for one column.
fn account(column: &str, value: &str) -> String {
    let columns =
        [("id", "#x"), ("status", "'open'"), ("balance", "0"), ("debt", "0"), ("seq", "0")];
    let values = columns.map(|(name, right)| if name == column { value } else { right });
    format!(
        "INSERT INTO account(id, status, balance, debt, seq, last_at, created_at) VALUES({}, 1, 1)",
        values.join(", ")
    )
}

fn accounts() -> Vec<Case> {
    let user = |values: &str| {
        format!(
            "INSERT INTO user(id, account_id, email, canonical, role, created_at) VALUES({values}, 1)"
        )
    };
    let born = ("account_born_empty", "an account is born empty");
    vec![
        check("account_id_length", account("id", "x'00'")),
        check("account_status_known", "UPDATE account SET status = 'odd' WHERE id = #ada"),
        check("account_balance_not_negative", account("balance", "-1")).also(&[born.0]),
        check("account_debt_not_negative", account("debt", "-1")).also(&[born.0]),
        check("account_closed_is_empty", "UPDATE account SET status = 'closed' WHERE id = #ada"),
        trigger(born.0, born.1, account("balance", "1")),
        trigger(born.0, born.1, account("debt", "1")),
        trigger(born.0, born.1, account("seq", "1")),
        trigger("account_permanent", "accounts are permanent", "DELETE FROM account WHERE id = #x")
            .given(account("id", "#x")),
        trigger(
            "account_identity_frozen",
            "an account keeps its identity",
            "UPDATE account SET created_at = 2",
        ),
        trigger(
            "account_moves_by_txn",
            "an account moves only by a txn",
            "UPDATE account SET balance = 99 WHERE id = #ada",
        ),
        trigger(
            "account_moves_by_txn",
            "an account moves only by a txn",
            "UPDATE account SET balance = 99, seq = seq + 1 WHERE id = #ada",
        ),
        trigger(
            "account_moves_by_txn",
            "an account moves only by a txn",
            "UPDATE account SET seq = seq - 1 WHERE id = #ada",
        ),
        trigger(
            "account_moves_by_txn",
            "an account moves only by a txn",
            "UPDATE account SET last_at = 0 WHERE id = #ada",
        ),
        check("user_id_length", user("x'00', #bob, 'b', 'b', 'member'")),
        check("user_role_known", user("#x, #bob, 'b', 'b', 'king'")),
        unique(
            "user_one_per_address",
            "UNIQUE constraint failed: user.canonical",
            user("#x, #bob, 'b', 'ada@example.com', 'member'"),
        ),
        unique(
            "user_one_per_account",
            "UNIQUE constraint failed: user.account_id",
            user("#x, #ada, 'b', 'b', 'member'"),
        ),
        trigger(
            "user_identity_frozen",
            "a user keeps their identity",
            "UPDATE user SET account_id = #bob WHERE id = #ada_user",
        ),
    ]
}

fn lots() -> Vec<Case> {
    let lot = |id: &str, kind: &str, priority: i64, granted: i64, remaining: i64, source: &str| {
        format!("INSERT INTO lot(id, account_id, kind, priority, granted, remaining, expires_at, source)
                 VALUES({id}, #ada, '{kind}', {priority}, {granted}, {remaining}, 9999, '{source}')")
    };
    vec![
        check("lot_id_length", lot("x'00'", "promo", 1, 1, 0, "s")),
        check("lot_kind_known", lot("#x", "odd", 1, 1, 0, "s")),
        check("lot_priority_range", lot("#x", "promo", 256, 1, 0, "s")),
        check("lot_priority_range", lot("#x", "promo", -1, 1, 0, "s")),
        check("lot_granted_something", lot("#x", "promo", 1, 0, 0, "s")),
        check("lot_remaining_range", lot("#x", "promo", 1, 1, 2, "s")).also(&["lot_born_empty"]),
        check("lot_remaining_range", lot("#x", "promo", 1, 1, -1, "s")).also(&["lot_born_empty"]),
        trigger(
            "lot_born_empty",
            "a lot is born empty; its grant fills it",
            lot("#x", "promo", 1, 1, 1, "s"),
        ),
        unique(
            "lot_one_per_source",
            "UNIQUE constraint failed: lot.account_id, lot.source",
            lot("#x", "promo", 1, 1, 0, "gift"),
        ),
        trigger("lot_permanent", "lots are permanent", "DELETE FROM lot WHERE id = #empty"),
        trigger(
            "lot_terms_frozen",
            "lot terms are immutable",
            "UPDATE lot SET expires_at = 99999 WHERE id = #gift",
        ),
        trigger(
            "lot_terms_frozen",
            "lot terms are immutable",
            "UPDATE lot SET account_id = #bob WHERE id = #pack",
        ),
        trigger(
            "lot_moves_by_entry",
            "a lot moves only by an entry of the open txn",
            "UPDATE lot SET remaining = 5 WHERE id = #gift",
        ),
    ]
}

fn charges() -> Vec<Case> {
    let charge = |id: &str, price: i64, state: &str| {
        format!(
            "INSERT INTO charge(id, account_id, action, price, state) VALUES({id}, #ada, 'image', {price}, '{state}')"
        )
    };
    vec![
        check("charge_id_length", charge("x'00'", 1, "open")),
        check("charge_price_not_negative", charge("#x", -1, "open")),
        check("charge_state_known", charge("#x", 1, "odd")).also(&["charge_born_open"]),
        trigger("charge_born_open", "a charge is born open", charge("#x", 0, "kept")),
        trigger("charge_permanent", "charges are permanent", "DELETE FROM charge WHERE id = #free"),
        trigger(
            "charge_terms_frozen",
            "charge terms are immutable",
            "UPDATE charge SET price = 9 WHERE id = #paid",
        ),
    ]
}

fn txns() -> Vec<Case> {
    let chain = |bad: Txn| {
        trigger("txn_extends_chain", "the txn does not extend its account's chain", bad.sql())
    };
    let debt = || txn("debt", 5);
    vec![
        check("txn_kind_known", txn("odd", 1).lot("#gift", -1).sql()),
        check("txn_amount_positive", txn("debt", 0).sql()),
        check(
            "txn_balance_not_negative",
            txn("forfeit", 21).lot("#gift", -11).lot("#pack", -10).sql(),
        )
        .also(&[
            "entry_lot_not_negative",
            "lot_remaining_range",
            "account_balance_not_negative",
        ]),
        check("txn_debt_not_negative", txn("write_off", 1).sql())
            .also(&["account_debt_not_negative", "txn_follows_order"]),
        check(
            "txn_charge_exactly_for_spend_and_refund",
            txn("forfeit", 1).lot("#gift", -1).charge("#free").sql(),
        ),
        check("txn_charge_exactly_for_spend_and_refund", txn("spend", 1).lot("#gift", -1).sql())
            .also(&["txn_spend_allowed"]),
        check(
            "txn_charge_or_key",
            txn("spend", 1).lot("#gift", -1).charge("#unpaid").key("'both'").sql(),
        ),
        check("txn_charge_or_key", txn("forfeit", 1).lot("#gift", -1).key("NULL").sql()),
        check("txn_reason_given", txn("adjust_down", 1).lot("#gift", -1).reason("' '").sql()),
        check("txn_reason_given", txn("forfeit", 1).lot("#gift", -1).reason("NULL").sql()),
        unique(
            "txn_seq_once",
            "UNIQUE constraint failed: txn.account_id, txn.seq",
            debt().seq("seq").sql(),
        )
        .also(&["txn_extends_chain", "account_moves_by_txn"]),
        unique("txn_key_once", "UNIQUE constraint failed: txn.account_id, txn.key", debt().sql())
            .given(debt().sql()),
        unique(
            "txn_one_spend_one_refund",
            "UNIQUE constraint failed: txn.charge_id, txn.kind",
            txn("spend", 1).lot("#gift", -1).charge("#paid").sql(),
        ),
        unique(
            "txn_one_spend_one_refund",
            "UNIQUE constraint failed: txn.charge_id, txn.kind",
            txn("refund", 1).lot("#gift", 1).charge("#refunded").sql(),
        )
        .also(&["txn_refund_allowed", "charge_settles_once"]),
        trigger("txn_permanent", "txns are permanent", "DELETE FROM txn WHERE kind = 'debt'")
            .given(debt().sql()),
        trigger("txn_immutable", "txns are immutable", "UPDATE txn SET reason = 'another'"),
        trigger(
            "txn_decided_behind_account",
            "only an account whose clock is ahead is decided by another",
            debt().decided("last_at").sql(),
        ),
        trigger(
            "txn_decided_behind_account",
            "only an account whose clock is ahead is decided by another",
            debt().at("last_at + 1").decided("last_at").sql(),
        ),
        chain(debt().seq("seq + 2")).also(&["account_moves_by_txn"]),
        chain(debt().at("last_at - 1")),
        chain(debt().balance("balance + 5")),
        chain(debt().debt("debt + 4")),
        chain(txn("spend", 1).lot("#gift", -1).charge("#unpaid").balance("balance")),
    ]
}

fn entries() -> Vec<Case> {
    let fits = ("entry_fits", "the entry does not fit its lot");
    let sums =
        |bad: Txn| trigger("txn_sums_entries", "the entries do not sum to the txn", bad.sql());
    let belong = |bad: Txn| {
        let says = "an entry has the wrong account or sign, or its lot's life forbids it";
        trigger("txn_entries_belong", says, bad.sql())
    };
    let bobs = txn("grant", 10).of("#bob").lot("#bobs", 10).key("'gift'").sql();
    // A lot that dies at 50 can only be filled by going back: there is no clock in the schema.
    let dying = "INSERT INTO lot(id, account_id, kind, priority, granted, expires_at, source) VALUES(#dying, #ada, 'promo', 30, 2, 200, 'dying');"
        .to_owned()
        + &txn("grant", 2).lot("#dying", 2).key("'dying'").sql();
    let paid_by_dying = dying.clone() + &txn("spend", 1).lot("#dying", -1).charge("#unpaid").sql();
    vec![
        check("entry_moves_something", txn("debt", 1).lot("#gift", 0).sql()),
        check("entry_lot_not_negative", txn("forfeit", 11).lot("#gift", -11).sql())
            .also(&["lot_remaining_range"]),
        unique(
            "entry_lot_once",
            "UNIQUE constraint failed: entry.txn_id, entry.lot_id",
            txn("forfeit", 2).lot("#gift", -1).lot("#gift", -1).sql(),
        ),
        trigger("entry_permanent", "entries are permanent", "DELETE FROM entry"),
        trigger("entry_immutable", "entries are immutable", "UPDATE entry SET delta = 2 * delta"),
        trigger(
            "entry_fits",
            "not the open txn",
            "INSERT INTO entry(txn_id, lot_id, delta, lot_after) VALUES(1, #pack, -1, 9)",
        )
        .also(&["lot_moves_by_entry"]),
        trigger(fits.0, fits.1, txn("forfeit", 1).lot_left("#gift", -1, "remaining").sql())
            .also(&["lot_moves_by_entry"]),
        sums(txn("forfeit", 1).lot("#gift", -2)),
        sums(txn("grant", 1).key("'nothing'")),
        sums(txn("debt", 1).lot("#gift", -1)),
        belong(txn("forfeit", 1).lot("#bobs", -1)).given(bobs),
        belong(txn("forfeit", 1).lot("#gift", -2).lot("#pack", 1))
            .given(txn("forfeit", 1).key("'first'").lot("#pack", -1).sql()),
        belong(txn("spend", 1).lot("#dying", -1).charge("#unpaid").at("200")).given(dying.clone()),
        belong(txn("repay", 1).lot("#dying", -1).at("200"))
            .given(dying.clone() + &txn("debt", 1).sql()),
        belong(txn("refund", 1).lot("#dying", 1).charge("#unpaid").at("200")).given(paid_by_dying),
        belong(txn("expire", 1).lot("#dying", -1).at("199")).given(dying),
        belong(txn("grant", 9).lot("#empty", 9).key("'empty'")),
        belong(txn("grant", 10).lot("#empty", 10).key("'another'")),
    ]
}

fn settlements() -> Vec<Case> {
    let spend = |says, bad: Txn| trigger("txn_spend_allowed", says, bad.sql());
    let refund = |says, bad: Txn| trigger("txn_refund_allowed", says, bad.sql());
    let settle = |says, bad: &'static str| trigger("charge_settles_once", says, bad);
    let unpaid = || txn("spend", 1).lot("#gift", -1).charge("#unpaid");
    let full = "a spend pays an open charge in full";
    let cannot = "the account cannot spend";
    let back = "a refund returns what was spent on an open charge";
    let bobs_lot = txn("grant", 10).of("#bob").lot("#bobs", 10).key("'gift'").sql();
    let grace = "INSERT INTO lot(id, account_id, kind, priority, granted, expires_at, source) VALUES(#grace, #ada, 'refund', 5, 1, 9999, 'g');";
    vec![
        spend(cannot, unpaid()).given("UPDATE account SET status = 'frozen' WHERE id = #ada"),
        spend(cannot, unpaid()).given(txn("debt", 1).sql()),
        spend(full, txn("spend", 2).lot("#gift", -2).charge("#unpaid")),
        spend(full, txn("spend", 1).of("#bob").lot("#bobs", -1).charge("#unpaid")).given(bobs_lot),
        spend(full, txn("spend", 1).lot("#gift", -1).charge("#kept"))
            .also(&["txn_one_spend_one_refund"]),
        refund(back, txn("refund", 1).lot("#gift", 1).charge("#unpaid"))
            .also(&["charge_settles_once"]),
        refund(back, txn("refund", 2).lot("#gift", 2).charge("#paid")),
        refund(back, txn("refund", 1).lot("#gift", 1).charge("#kept"))
            .also(&["charge_settles_once"]),
        refund(
            "a refund goes to the lots that paid",
            txn("refund", 1).lot("#pack", 1).charge("#paid"),
        )
        .given(txn("forfeit", 1).lot("#pack", -1).sql()),
        refund(
            "a refund goes to the lots that paid",
            txn("refund", 1).lot("#grace", 1).charge("#paid"),
        )
        .given(grace),
        settle("the charge is settled", "UPDATE charge SET state = 'refunded' WHERE id = #kept"),
        settle("the charge is settled", "UPDATE charge SET state = 'open' WHERE id = #kept"),
        settle("the charge was never paid", "UPDATE charge SET state = 'kept' WHERE id = #unpaid"),
        settle(
            "a charge is refunded by a refund",
            "UPDATE charge SET state = 'refunded' WHERE id = #paid",
        ),
    ]
}
