//! One person of the crowd: what their account holds, and what they do next.

use super::rows::{Line, Rows};
use crate::error::Sql;

/// What an account came to so far. It spends from the newest of its lots alone.
pub struct Purse {
    pub account: [u8; 16],
    lot: [u8; 16],
    left: i64,
    balance: i64,
    seq: i64,
}

impl Purse {
    /// Somebody joins and is given ten credits.
    pub fn join(rows: &mut Rows<'_>, n: usize, now: i64) -> Sql<Self> {
        let account = rows.person(n, now)?;
        let lot = rows.lot(account, "promo", 10, "bonus:signup", None, now)?;
        let mut purse = Self { account, lot, left: 0, balance: 0, seq: 0 };
        purse.given(rows, lot, "bonus:signup", 10, now)?;
        Ok(purse)
    }

    /// What they do next; answers how many lines that were.
    pub fn act(&mut self, rows: &mut Rows<'_>, now: i64) -> Sql<u32> {
        if self.left < 3 {
            return self.fill(rows, now);
        }
        let pictures = rows.names.happens(70);
        let price = 1 + i64::from(rows.names.happens(30));
        let action = if pictures { "image" } else { "export" };
        let charge = rows.charge(self.account, action, price, now)?;
        self.moved(rows, "spend", -price, Some(charge), None, now)?;
        let render = if pictures { Some(rows.render(self.account, charge, now)?) } else { None };
        let fails = rows.names.happens(4);
        if fails {
            self.moved(rows, "refund", price, Some(charge), None, now)?;
        } else {
            rows.keep(charge)?;
        }
        if let Some(render) = render {
            rows.end(render, !fails, now)?;
        }
        Ok(1 + u32::from(fails))
    }

    /// They buy a pack, or are given something.
    fn fill(&mut self, rows: &mut Rows<'_>, now: i64) -> Sql<u32> {
        if rows.names.happens(60) {
            let (order, checkout) = rows.order(self.account, now)?;
            let source = format!("pack:{checkout}");
            let lot = rows.lot(self.account, "pack", 100, &source, Some(order), now)?;
            self.given(rows, lot, &source, 100, now)?;
        } else {
            let source = format!("admin:{}", self.seq);
            let lot = rows.lot(self.account, "admin", 20, &source, None, now)?;
            self.given(rows, lot, &source, 20, now)?;
        }
        Ok(1)
    }

    fn given(
        &mut self,
        rows: &mut Rows<'_>,
        lot: [u8; 16],
        source: &str,
        amount: i64,
        now: i64,
    ) -> Sql<()> {
        (self.lot, self.left) = (lot, 0);
        self.moved(rows, "grant", amount, None, Some(source), now)
    }

    fn moved(
        &mut self,
        rows: &mut Rows<'_>,
        kind: &'static str,
        delta: i64,
        charge: Option<[u8; 16]>,
        key: Option<&str>,
        now: i64,
    ) -> Sql<()> {
        self.left += delta;
        self.balance += delta;
        self.seq += 1;
        let (account, lot) = (self.account, self.lot);
        let (lot_after, balance_after, seq) = (self.left, self.balance, self.seq);
        rows.line(&Line {
            account,
            lot,
            kind,
            delta,
            lot_after,
            balance_after,
            seq,
            charge,
            key,
            now,
        })
    }
}
