//! A small valid studio in plain SQL, and txns written out as SQL.
//!
//! `#ada` in any text here stands for Ada's id: her name, padded to sixteen bytes.

use std::fmt::Write as _;

/// Ada has 10 credits as a gift and 10 of a pack whose money went back untold, one paid render in line, one stored, one failed,
/// and charges of every state. Bob has nothing.
pub fn studio() -> String {
    let grant = |lot: &str, source: &str| txn("grant", 10).lot(lot, 10).key(source).sql();
    let spend = |charge: &str| txn("spend", 1).lot("#gift", -1).charge(charge).sql();
    let mut sql = "
        INSERT INTO account(id, status, last_at, created_at) VALUES(#ada, 'open', 100, 1), (#bob, 'open', 100, 1);
        INSERT INTO user(id, account_id, email, canonical, role, created_at)
          VALUES(#ada_user, #ada, 'ada@example.com', 'ada@example.com', 'member', 1);
        INSERT INTO customer(account_id, mode, customer) VALUES(#ada, 'play', 'cus_ada');
        INSERT INTO pack_order(id, account_id, mode, pack, credits, minor, currency, created_at) VALUES
          (#bought, #ada, 'play', 'small', 10, 999, 'usd', 1), (#open, #ada, 'play', 'small', 10, 999, 'usd', 1),
          (#bobs_open, #bob, 'play', 'small', 10, 999, 'usd', 1);
        UPDATE pack_order SET state = 'paid', checkout = 'cs', payment = 'pi', captured = 1000, refunded = 1000, settled_at = 1
          WHERE id = #bought;
        INSERT INTO lot(id, account_id, kind, priority, granted, expires_at, source, order_id) VALUES
          (#pack, #ada, 'pack', 50, 10, 9999, 'pack:cs', #bought);
        INSERT INTO lot(id, account_id, kind, priority, granted, expires_at, source) VALUES
          (#gift, #ada, 'promo', 30, 10, 9999, 'gift'),
          (#empty, #ada, 'promo', 30, 10, 9999, 'empty'), (#dead, #ada, 'promo', 30, 10, 50, 'dead'),
          (#bobs, #bob, 'promo', 30, 10, 9999, 'gift');
        INSERT INTO charge(id, account_id, action, price) VALUES
          (#paid, #ada, 'image', 1), (#paid2, #ada, 'image', 1), (#unpaid, #ada, 'image', 1), (#free, #ada, 'image', 0),
          (#kept, #ada, 'image', 1), (#refunded, #ada, 'image', 1), (#bobs_free, #bob, 'image', 0);"
        .to_owned();
    sql += &grant("#gift", "'gift'");
    sql += &grant("#pack", "'pack:cs'");
    for charge in ["#paid", "#paid2", "#kept", "#refunded"] {
        sql += &spend(charge);
    }
    sql += "
        INSERT INTO generation(id, account_id, prompt, model, size, seed, count, created_at) VALUES
          (#fox, #ada, 'a fox', 'flux', 'square', 7, 4, 1), (#lone, #ada, 'one', 'flux', 'square', 7, 1, 1),
          (#bobs_fox, #bob, 'a fox', 'flux', 'square', 7, 4, 1);";
    sql += &render("#waits", 0, "#paid");
    sql += &render("#stored", 1, "#kept");
    sql += &render("#failed", 2, "#refunded");
    sql += "
        UPDATE charge SET state = 'kept' WHERE id = #kept;
        UPDATE render SET state = 'submitting' WHERE id = #stored;
        UPDATE render SET state = 'waiting', request_id = 'r' WHERE id = #stored;
        UPDATE render SET state = 'stored', next_at = NULL, ended_at = 5 WHERE id = #stored;";
    sql += &txn("refund", 1).lot("#gift", 1).charge("#refunded").sql();
    sql += "
        UPDATE render SET state = 'failed', next_at = NULL, ended_at = 5 WHERE id = #failed;
        INSERT INTO folder(id, account_id, name, created_at) VALUES(#top, #ada, 'top', 1);
        INSERT INTO folder(id, account_id, parent_id, name, created_at)
          VALUES(#sub, #ada, #top, 'sub', 1), (#subsub, #ada, #sub, 'subsub', 1);
        INSERT INTO event(account_id, name, subject, at)
          VALUES(#ada, 'balance.changed', #ada, 1), (#ada, 'balance.changed', #ada, 2);
        INSERT INTO api_key(id, account_id, name, secret_hash, last4, scopes, created_at)
          VALUES(#key, #ada, 'k', zeroblob(32), 'abcd', 'generate', 1);
        INSERT INTO session(id, hash, account_id, user_id, device, created_at, seen_at)
          VALUES(#session, zeroblob(32), #ada, #ada_user, 'd', 1, 1);
        INSERT INTO challenge(id, email, canonical, code, link, browser, return_to, created_at)
          VALUES(#challenge, 'a@b.c', 'a@b.c', zeroblob(32), zeroblob(32), zeroblob(32), '/', 1);
        INSERT INTO delivery(event, kind, topic, object, live, created_at, received_at, headers, body, next_at) VALUES
          ('evt', 'charge.refunded', 'payment', 'ch', 0, 1, 1, '', x'7b7d', 1), ('evt2', 'charge.refunded', 'payment', 'ch', 0, 1, 1, '', x'7b7d', 1);
        INSERT INTO idempotency(account_id, key, body_hash, balance, at) VALUES(#ada, 'k', zeroblob(32), 0, 1);
        INSERT INTO quota(rule, owner, began_at, used, lapses_at) VALUES('x', zeroblob(32), 1, 1, 2);";
    sql
}

/// A pending render of Ada's.
pub fn render(id: &str, index: i64, charge: &str) -> String {
    format!(
        "INSERT INTO render(id, generation_id, account_id, idx, charge_id, seed, state, next_at, deadline, created_at)
         VALUES({id}, #fox, #ada, {index}, {charge}, 7, 'pending', 1, 99, 1);"
    )
}

/// A picture of Ada's.
pub fn image(id: &str, render: &str) -> String {
    format!(
        "INSERT INTO image(id, account_id, render_id, generation_id, model, seed, width, height, bytes, media_type, thumbhash, created_at)
         VALUES({id}, #ada, {render}, #fox, 'flux', 7, 1, 1, 1, 'image/png', x'', 1);"
    )
}

/// A txn of Ada's with its entries. Every part is an SQL expression over her account's row, right
/// until a case makes it wrong.
#[derive(Clone)]
pub struct Txn {
    kind: &'static str,
    amount: i64,
    entries: Vec<(String, i64, String)>,
    account: &'static str,
    seq: &'static str,
    balance: String,
    debt: String,
    charge: String,
    key: String,
    order: &'static str,
    reason: &'static str,
    at: &'static str,
    decided: &'static str,
}

pub fn txn(kind: &'static str, amount: i64) -> Txn {
    let (balance, debt) = match kind {
        "grant" | "refund" => (amount, 0),
        "debt" => (0, amount),
        "write_off" => (0, -amount),
        "repay" => (-amount, -amount),
        _ => (-amount, 0),
    };
    Txn {
        kind,
        amount,
        entries: Vec::new(),
        account: "#ada",
        seq: "seq + 1",
        balance: format!("balance + {balance}"),
        debt: format!("debt + {debt}"),
        charge: "NULL".to_owned(),
        key: format!("'{kind}'"),
        order: if matches!(kind, "clawback" | "debt" | "write_off") { "#bought" } else { "NULL" },
        reason: "'because'",
        at: "last_at",
        decided: "NULL",
    }
}

impl Txn {
    pub fn lot(self, lot: &str, delta: i64) -> Self {
        self.lot_left(lot, delta, &format!("remaining + {delta}"))
    }

    pub fn lot_left(mut self, lot: &str, delta: i64, after: &str) -> Self {
        self.entries.push((lot.to_owned(), delta, after.to_owned()));
        self
    }

    /// For a charge instead of a key.
    pub fn charge(self, charge: &str) -> Self {
        Self { charge: charge.to_owned(), key: "NULL".to_owned(), ..self }
    }

    /// For the money of an order.
    pub fn order(self, order: &'static str) -> Self {
        Self { order, ..self }
    }

    pub fn key(self, key: &str) -> Self {
        Self { key: key.to_owned(), ..self }
    }

    pub fn of(self, account: &'static str) -> Self {
        Self { account, ..self }
    }

    pub fn seq(self, seq: &'static str) -> Self {
        Self { seq, ..self }
    }

    pub fn balance(self, balance: &str) -> Self {
        Self { balance: balance.to_owned(), ..self }
    }

    pub fn debt(self, debt: &str) -> Self {
        Self { debt: debt.to_owned(), ..self }
    }

    pub fn reason(self, reason: &'static str) -> Self {
        Self { reason, ..self }
    }

    pub fn at(self, at: &'static str) -> Self {
        Self { at, ..self }
    }

    pub fn decided(self, decided: &'static str) -> Self {
        Self { decided, ..self }
    }

    pub fn sql(&self) -> String {
        let Self {
            kind,
            amount,
            entries,
            account,
            seq,
            balance,
            debt,
            charge,
            key,
            order,
            reason,
            at,
            decided,
        } = self;
        let open = "(SELECT coalesce(max(id), 0) + 1 FROM txn)";
        let mut sql = "BEGIN;".to_owned();
        for (lot, delta, after) in entries {
            let _ = write!(
                sql,
                "INSERT INTO entry(txn_id, lot_id, delta, lot_after)
                   SELECT {open}, id, {delta}, {after} FROM lot WHERE id = {lot};"
            );
        }
        let _ = write!(
            sql,
            "INSERT INTO txn(id, account_id, seq, kind, amount, balance_after, debt_after, charge_id, key, order_id, actor, reason, at, decided_at)
               SELECT {open}, id, {seq}, '{kind}', {amount}, {balance}, {debt}, {charge}, {key}, {order}, 'test', {reason}, {at}, {decided}
               FROM account WHERE id = {account};
             COMMIT;"
        );
        sql
    }
}

/// Puts ids where their names are.
pub fn with_ids(sql: &str) -> String {
    let mut parts = sql.split('#');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        let id = name.bytes().fold(0_u128, |id, byte| id << 8 | u128::from(byte));
        let _ = write!(out, "x'{:032x}'{rest}", id << (8 * (16 - name.len())));
    }
    out
}
