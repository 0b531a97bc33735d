//! Lots, transactions and charges as rows.

use rusqlite::params;
use safelight_domain::{Charge, LedgerWrite, Lot, Txn};

use super::RowWriter;
use crate::{
    error::Sql,
    rows::{self, id, micros},
};

impl RowWriter<'_> {
    pub(super) fn record_ledger(&self, write: &LedgerWrite) -> Sql<()> {
        let me = id(self.account.0);
        match write {
            LedgerWrite::Lot(lot) => self.lot(lot),
            LedgerWrite::Txn(txn) => self.txn(txn),
            LedgerWrite::Charge(charge) => self.charge(charge),
            LedgerWrite::ChargeState(charge, state) => self.one(
                "UPDATE charge SET state = ?3 WHERE id = ?1 AND account_id = ?2",
                params![id(charge.0), me, state.as_str()],
            ),
        }
    }

    fn lot(&self, lot: &Lot) -> Sql<()> {
        self.one(
            "INSERT INTO lot(id, account_id, kind, priority, granted, expires_at, source, \
             order_id) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                id(lot.id.0),
                id(lot.account_id.0),
                rows::lot_word(lot.kind),
                lot.priority,
                lot.granted.get(),
                micros(lot.expires_at),
                lot.source.as_str(),
                lot.order.map(|order| id(order.0))
            ],
        )
    }

    /// Entries first; the txn seals them, and triggers move the lots, the account and the charge.
    fn txn(&self, txn: &Txn) -> Sql<()> {
        let number: i64 = self
            .db
            .prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM txn")?
            .query_row([], |row| row.get(0))?;
        for entry in &txn.entries {
            self.one(
                "INSERT INTO entry(txn_id, lot_id, delta, lot_after) VALUES(?1, ?2, ?3, ?4)",
                params![number, id(entry.lot.0), entry.delta, entry.lot_after.get()],
            )?;
        }
        self.one(
            "INSERT INTO txn(id, account_id, seq, kind, amount, balance_after, debt_after, \
             charge_id, key, actor, reason, at, order_id, decided_at) \
             VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            params![
                number,
                id(txn.account_id.0),
                txn.seq,
                txn.kind.as_str(),
                txn.amount.get(),
                txn.balance_after.get(),
                txn.debt_after.get(),
                txn.charge.map(|charge| id(charge.0)),
                txn.key,
                txn.actor.0,
                txn.reason,
                micros(txn.at),
                txn.order.map(|order| id(order.0)),
                (txn.decided_at < txn.at).then_some(micros(txn.decided_at))
            ],
        )
    }

    fn charge(&self, charge: &Charge) -> Sql<()> {
        self.one(
            "INSERT INTO charge(id, account_id, action, price) VALUES(?1, ?2, ?3, ?4)",
            params![
                id(charge.id.0),
                id(charge.account_id.0),
                charge.action.as_str(),
                charge.price.get()
            ],
        )
    }
}
