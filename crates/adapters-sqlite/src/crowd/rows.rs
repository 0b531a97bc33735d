//! The rows of a crowd, in the order in which the guards let them in.

use rusqlite::{Connection, Params, params};

use super::names::Names;
use crate::error::Sql;

/// In microseconds.
const SECOND: i64 = 1_000_000;

/// Writes rows, in the transaction its owner keeps.
pub struct Rows<'a> {
    pub names: Names,
    /// Rows written since the last commit.
    pub since_commit: u32,
    db: &'a Connection,
    txns: i64,
    orders: u64,
}

/// A line of a journal with its one entry.
pub struct Line<'a> {
    pub account: [u8; 16],
    pub lot: [u8; 16],
    pub kind: &'static str,
    pub delta: i64,
    pub lot_after: i64,
    pub balance_after: i64,
    pub seq: i64,
    pub charge: Option<[u8; 16]>,
    pub key: Option<&'a str>,
    pub now: i64,
}

impl<'a> Rows<'a> {
    pub fn new(db: &'a Connection, names: Names) -> Self {
        Self { names, since_commit: 0, db, txns: 0, orders: 0 }
    }

    fn write(&mut self, sql: &str, params: impl Params) -> Sql<()> {
        self.since_commit += 1;
        self.db.prepare_cached(sql)?.execute(params)?;
        Ok(())
    }

    pub fn person(&mut self, n: usize, now: i64) -> Sql<[u8; 16]> {
        let (account, user) = (self.names.id(now), self.names.id(now));
        let sql = "INSERT INTO account(id, status, last_at, created_at) VALUES(?1, 'open', ?2, ?2)";
        self.write(sql, params![account, now])?;
        let email = format!("somebody.{n}@{}.example.com", ["mail", "post", "home"][n % 3]);
        let sql = "INSERT INTO user(id, account_id, email, canonical, role, created_at) \
                   VALUES(?1, ?2, ?3, ?3, 'member', ?4)";
        self.write(sql, params![user, account, email, now])?;
        Ok(account)
    }

    pub fn key(&mut self, account: [u8; 16], now: i64) -> Sql<()> {
        let id = self.names.id(now);
        let sql = "INSERT INTO api_key(id, account_id, name, secret_hash, last4, scopes, created_at) \
                   VALUES(?1, ?2, 'deploy', randomblob(32), 'abcd', 'generate', ?3)";
        self.write(sql, params![id, account, now])
    }

    pub fn lot(
        &mut self,
        account: [u8; 16],
        kind: &str,
        amount: i64,
        source: &str,
        order: Option<[u8; 16]>,
        now: i64,
    ) -> Sql<[u8; 16]> {
        let id = self.names.id(now);
        let sql = "INSERT INTO lot(id, account_id, kind, priority, granted, expires_at, source, order_id) \
                   VALUES(?1, ?2, ?3, 30, ?4, 253402207200000000, ?5, ?6)";
        self.write(sql, params![id, account, kind, amount, source, order])?;
        Ok(id)
    }

    /// An order that was paid; answers its checkout too.
    pub fn order(&mut self, account: [u8; 16], now: i64) -> Sql<([u8; 16], String)> {
        self.orders += 1;
        let (id, checkout) = (self.names.id(now), format!("cs_{}", self.orders));
        let sql = "INSERT INTO pack_order(id, account_id, mode, pack, credits, minor, currency, created_at) \
                   VALUES(?1, ?2, 'test', 'small', 100, 999, 'usd', ?3)";
        self.write(sql, params![id, account, now])?;
        let sql = "UPDATE pack_order SET state = 'paid', checkout = ?2, payment = 'pi_' || ?2, \
                   captured = 999, settled_at = ?3 WHERE id = ?1";
        self.write(sql, params![id, checkout, now])?;
        Ok((id, checkout))
    }

    pub fn charge(
        &mut self,
        account: [u8; 16],
        action: &str,
        price: i64,
        now: i64,
    ) -> Sql<[u8; 16]> {
        let id = self.names.id(now);
        let sql = "INSERT INTO charge(id, account_id, action, price) VALUES(?1, ?2, ?3, ?4)";
        self.write(sql, params![id, account, action, price])?;
        Ok(id)
    }

    pub fn keep(&mut self, charge: [u8; 16]) -> Sql<()> {
        self.write("UPDATE charge SET state = 'kept' WHERE id = ?1", [charge])
    }

    pub fn line(&mut self, line: &Line<'_>) -> Sql<()> {
        self.txns += 1;
        let sql = "INSERT INTO entry(txn_id, lot_id, delta, lot_after) VALUES(?1, ?2, ?3, ?4)";
        let id = self.txns;
        self.write(sql, params![id, line.lot, line.delta, line.lot_after])?;
        let sql = "INSERT INTO txn(id, account_id, seq, kind, amount, balance_after, debt_after, \
                   charge_id, key, actor, at) VALUES(?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, 'system', ?9)";
        let amount = line.delta.abs();
        let Line { account, seq, kind, balance_after, charge, key, now, .. } = line;
        self.write(sql, params![id, account, seq, kind, amount, balance_after, charge, key, now])
    }

    /// A render that is sent and waited for, on an open charge.
    pub fn render(&mut self, account: [u8; 16], charge: [u8; 16], now: i64) -> Sql<[u8; 16]> {
        let (generation, render) = (self.names.id(now), self.names.id(now));
        let model = match self.names.below(20) {
            0..13 => "flux-schnell",
            13..18 => "flux-dev",
            _ => "flux-pro",
        };
        let sql = "INSERT INTO generation(id, account_id, prompt, model, size, seed, count, created_at) \
                   VALUES(?1, ?2, 'a lighthouse', ?3, 'square', 7, 1, ?4)";
        self.write(sql, params![generation, account, model, now])?;
        let sql = "INSERT INTO render(id, generation_id, account_id, idx, charge_id, seed, state, \
                   next_at, deadline, created_at) VALUES(?1, ?2, ?3, 0, ?4, 7, 'pending', ?5, ?5, ?5)";
        self.write(sql, params![render, generation, account, charge, now])?;
        let begun = now + self.up_to(3 * SECOND);
        self.step(render, "state = 'submitting', begun_at = ?2", begun)?;
        self.step(render, "state = 'waiting', request_id = 'r', submitted_at = ?2", begun)?;
        Ok(render)
    }

    /// It ends, its charge being settled.
    pub fn end(&mut self, render: [u8; 16], stored: bool, now: i64) -> Sql<()> {
        let ended = now + 4 * SECOND + self.up_to(9 * SECOND);
        let state = match self.names.below(4) {
            _ if stored => "state = 'stored', next_at = NULL, ended_at = ?2",
            0 => "state = 'cancelled', next_at = NULL, ended_at = ?2",
            1 => "state = 'filtered', next_at = NULL, ended_at = ?2",
            _ => "state = 'failed', next_at = NULL, ended_at = ?2",
        };
        self.step(render, state, ended)
    }

    fn up_to(&mut self, most: i64) -> i64 {
        let below = self.names.below(usize::try_from(most).unwrap_or(1));
        i64::try_from(below).unwrap_or(0)
    }

    fn step(&mut self, render: [u8; 16], set: &str, at: i64) -> Sql<()> {
        self.write(&format!("UPDATE render SET {set} WHERE id = ?1"), params![render, at])
    }

    pub fn notice(&mut self, n: u32, now: i64) -> Sql<()> {
        let state = match self.names.below(1_000) {
            0 => "dead",
            1 => "parked",
            2..300 => "ignored",
            _ => "applied",
        };
        let body =
            format!("{{\"id\":\"evt_{n}\",\"object\":\"event\",\"data\":\"{}\"}}", "x".repeat(600));
        let sql = "INSERT INTO delivery(event, kind, topic, object, customer, live, created_at, \
                   received_at, headers, body, next_at) VALUES(?1, 'checkout.session.completed', \
                   'checkout', ?2, ?3, 0, ?4, ?4, 'content-type: application/json', ?5, ?4)";
        let (event, customer) = (format!("evt_{n}"), format!("cus_{}", n % 50_000));
        self.write(sql, params![event, format!("cs_{n}"), customer, now, body.as_bytes()])?;
        let sql = "UPDATE delivery SET state = ?2, next_at = NULL, attempts = 1 WHERE event = ?1";
        self.write(sql, params![event, state])
    }
}
