//! The money rules: how credits are given, burnt, returned and swept, on what was seen.
//!
//! Invariant: after every step the working account balance equals the sum of its lots, and each
//! move appended one txn whose entries sum to it.

mod packs;
mod spender;

use std::collections::HashMap;

use crate::{
    Account, ActionName, Actor, Charge, ChargeId, ChargeState, Credits, Entry, GRACE_DAYS, Grant,
    LedgerWrite, Lot, LotId, LotKind, Month, OrderId, PackOrder, Paid, Refusal, Returned,
    SignedDuration, SourceRef, Spender, Timestamp, Txn, TxnKind, Write,
};

/// The working copy of one account's money while a commit is decided.
pub(crate) struct Till<'a> {
    pub account: Account,
    pub lots: Vec<Lot>,
    pub charges: HashMap<ChargeId, Paid>,
    pub orders: HashMap<OrderId, PackOrder>,
    pub returned: HashMap<OrderId, Returned>,
    pub spenders: Vec<Spender>,
    /// The time money is judged by: what lives, and which month it is.
    pub at: Timestamp,
    /// The later of that and what the clock says: what is promised lasts from then on, so that no
    /// clock that was behind makes it shorter.
    pub latest: Timestamp,
    /// Whether the clock is doubted: then nothing lapses.
    pub paused: bool,
    pub writes: &'a mut Vec<Write>,
    pub moved: bool,
}

/// What a txn is for, besides its amount and entries.
struct About {
    kind: TxnKind,
    charge: Option<ChargeId>,
    key: Option<String>,
    order: Option<OrderId>,
    actor: Actor,
    reason: Option<String>,
}

impl About {
    /// What the studio does by itself; the kind and what it is for are the caller's.
    fn system() -> Self {
        let actor = Actor::system();
        Self { kind: TxnKind::Grant, charge: None, key: None, order: None, actor, reason: None }
    }
}

impl Till<'_> {
    /// Credits that can be spent now.
    pub fn spendable(&self) -> Credits {
        let alive = self.lots.iter().filter(|lot| lot.alive(self.at));
        alive.fold(Credits::ZERO, |sum, lot| sum.plus(lot.remaining).unwrap_or(Credits::MAX))
    }

    /// Refuses unless `price` can be spent now.
    pub fn afford(&self, price: Credits) -> Result<(), Refusal> {
        if !self.account.may_act() {
            return Err(Refusal::Blocked);
        }
        if !self.account.debt.is_zero() {
            return Err(Refusal::Indebted { debt: self.account.debt });
        }
        let balance = self.spendable();
        if balance < price { Err(Refusal::Overdrawn { price, balance }) } else { Ok(()) }
    }

    /// Opens a charge and pays it from the lots in burn order.
    pub fn charge(
        &mut self,
        id: ChargeId,
        action: ActionName,
        price: Credits,
        actor: Actor,
    ) -> Result<(), Refusal> {
        self.admit(&actor, price)?;
        self.afford(price)?;
        self.expire();
        let account_id = self.account.id;
        let charge = Charge { id, account_id, action, price, state: ChargeState::Open };
        self.writes.push(Write::Ledger(LedgerWrite::Charge(charge.clone())));
        let by = self.take(price, |a, b| a.burn_order().cmp(&b.burn_order()));
        let key = actor.key_id().map(|key| (key, Month::of(self.at)));
        if !price.is_zero() {
            self.count(&actor, price);
            let about = About { kind: TxnKind::Spend, charge: Some(id), actor, ..About::system() };
            self.seal(price, by.iter().map(|(lot, paid)| (*lot, -i64::from(paid.get()))), about);
        }
        self.charges.insert(id, Paid { charge, by, key });
        Ok(())
    }

    /// Settles a charge as delivered.
    pub fn keep(&mut self, id: ChargeId) -> Result<(), Refusal> {
        self.settle(id, ChargeState::Kept)?;
        self.writes.push(Write::Ledger(LedgerWrite::ChargeState(id, ChargeState::Kept)));
        Ok(())
    }

    /// Settles a charge as not delivered: back to the lots that paid, in reverse; what a lot that
    /// died meanwhile or whose money went back had paid goes into a short grace lot. What is owed
    /// is repaid with it first.
    pub fn refund(&mut self, id: ChargeId) -> Result<(), Refusal> {
        let paid = self.settle(id, ChargeState::Refunded)?;
        if paid.charge.price.is_zero() {
            self.writes.push(Write::Ledger(LedgerWrite::ChargeState(id, ChargeState::Refunded)));
            return Ok(());
        }
        self.uncount(paid.key, paid.charge.price);
        let soon = self.at.checked_add(SignedDuration::from_hours(24)).unwrap_or(crate::NEVER);
        let mut back = Vec::new();
        let mut grace = Credits::ZERO;
        let orders = &self.orders;
        let stands = |lot: &Lot| {
            let order = lot.order.and_then(|order| orders.get(&order));
            lot.alive(soon) && !order.is_some_and(PackOrder::is_returned)
        };
        for (lot_id, amount) in paid.by.iter().rev() {
            match self.lots.iter_mut().find(|lot| lot.id == *lot_id && stands(lot)) {
                Some(lot) => {
                    lot.remaining = lot.remaining.plus(*amount).unwrap_or(lot.remaining);
                    back.push((*lot_id, i64::from(amount.get())));
                }
                None => grace = grace.plus(*amount).unwrap_or(grace),
            }
        }
        if !grace.is_zero() {
            // The charge's own id names the lot: no randomness is needed in a decision.
            let lot = self.open_lot(
                LotId(id.0),
                LotKind::Refund,
                grace,
                self.later(SignedDuration::from_hours(24 * GRACE_DAYS)),
                SourceRef(format!("refund:{id}")),
                None,
            );
            back.push((lot, i64::from(grace.get())));
        }
        let about = About { kind: TxnKind::Refund, charge: Some(id), ..About::system() };
        let lots: Vec<_> = back.iter().map(|(lot, _)| *lot).collect();
        self.seal(paid.charge.price, back.into_iter(), about);
        self.repay(&lots, format!("repay:{id}"));
        Ok(())
    }

    /// Gives credits. The caller has checked that the source is new.
    pub fn grant(&mut self, grant: Grant, actor: Actor) {
        let key = Some(grant.source.0.clone());
        let Grant { lot, kind, amount, expires_at, source, reason } = grant;
        let lot = self.open_lot(lot, kind, amount, expires_at, source, None);
        let about = About { kind: TxnKind::Grant, key, actor, reason, ..About::system() };
        self.seal(amount, [(lot, i64::from(amount.get()))].into_iter(), about);
    }

    /// Takes credits in reverse burn order, never below zero.
    pub fn take_down(
        &mut self,
        amount: Credits,
        actor: Actor,
        reason: String,
        key: String,
    ) -> Result<(), Refusal> {
        let balance = self.spendable();
        if balance < amount {
            return Err(Refusal::Overdrawn { price: amount, balance });
        }
        self.expire();
        let by = self.take(amount, |a, b| b.burn_order().cmp(&a.burn_order()));
        let reason = Some(reason);
        let kind = TxnKind::AdjustDown;
        let about = About { kind, key: Some(key), actor, reason, ..About::system() };
        self.seal(amount, by.iter().map(|(lot, n)| (*lot, -i64::from(n.get()))), about);
        Ok(())
    }

    /// Sweeps dead lots, one txn each; none while the clock is doubted. A lot that was swept by a
    /// clock that was ahead may live again and be filled by a refund, so the key says which time.
    pub fn expire(&mut self) {
        if self.paused {
            return;
        }
        let dead: Vec<_> = self
            .lots
            .iter_mut()
            .filter(|lot| !lot.remaining.is_zero() && lot.expires_at <= self.at)
            .map(|lot| (lot.id, lot.order, std::mem::take(&mut lot.remaining)))
            .collect();
        for (lot, order, rest) in dead {
            if let Some(books) = order.and_then(|order| self.returned.get_mut(&order)) {
                books.lost = books.lost.plus(rest).unwrap_or(books.lost);
            }
            let key = Some(format!("expire:{lot}:{}", self.account.seq + 1));
            let about = About { kind: TxnKind::Expire, key, ..About::system() };
            self.seal(rest, [(lot, -i64::from(rest.get()))].into_iter(), about);
        }
    }

    /// Gives up all there is: what is dead is swept, what lives is forfeited lot by lot.
    pub fn forfeit(&mut self, reason: &str) {
        self.expire();
        let living: Vec<_> = self
            .lots
            .iter_mut()
            .filter(|lot| !lot.remaining.is_zero())
            .map(|lot| (lot.id, std::mem::take(&mut lot.remaining)))
            .collect();
        for (lot, rest) in living {
            let about = About {
                kind: TxnKind::Forfeit,
                key: Some(format!("forfeit:{lot}")),
                reason: Some(reason.to_owned()),
                ..About::system()
            };
            self.seal(rest, [(lot, -i64::from(rest.get()))].into_iter(), about);
        }
    }

    fn settle(&mut self, id: ChargeId, state: ChargeState) -> Result<Paid, Refusal> {
        let paid = self.charges.get_mut(&id).ok_or(Refusal::NotFound)?;
        if paid.charge.state != ChargeState::Open {
            return Err(Refusal::Stale);
        }
        paid.charge.state = state;
        Ok(paid.clone())
    }

    fn take(
        &mut self,
        amount: Credits,
        order: impl Fn(&Lot, &Lot) -> std::cmp::Ordering,
    ) -> Vec<(LotId, Credits)> {
        let mut left = amount;
        let mut by = Vec::new();
        let at = self.at;
        self.lots.sort_by(order);
        for lot in self.lots.iter_mut().filter(|lot| lot.alive(at)) {
            let part = lot.remaining.min(left);
            if !part.is_zero() {
                lot.remaining = lot.remaining.minus(part).unwrap_or_default();
                left = left.minus(part).unwrap_or_default();
                by.push((lot.id, part));
            }
        }
        assert!(left.is_zero(), "the caller has checked that the lots hold {amount}");
        by
    }

    fn open_lot(
        &mut self,
        id: LotId,
        kind: LotKind,
        amount: Credits,
        expires_at: Timestamp,
        source: SourceRef,
        order: Option<OrderId>,
    ) -> LotId {
        let lot = Lot {
            id,
            account_id: self.account.id,
            kind,
            priority: kind.priority(),
            granted: amount,
            remaining: Credits::ZERO,
            expires_at,
            source,
            order,
        };
        self.writes.push(Write::Ledger(LedgerWrite::Lot(lot.clone())));
        self.lots.push(Lot { remaining: amount, ..lot });
        id
    }

    /// Appends the txn for moves already made on the working lots.
    fn seal(&mut self, amount: Credits, moves: impl Iterator<Item = (LotId, i64)>, about: About) {
        let entries: Vec<_> = moves
            .map(|(id, delta)| {
                let lot = self.lots.iter().find(|lot| lot.id == id);
                let lot_after = lot.expect("entries name working lots").remaining;
                Entry { lot: id, delta, lot_after }
            })
            .collect();
        let account = &mut self.account;
        account.seq += 1;
        // The order of the journal, and nothing else, goes by the account's own clock.
        account.last_at = account.last_at.max(self.at);
        account.balance = match about.kind.sign() {
            1 => account.balance.plus(amount).expect("balances stay far below the limit"),
            -1 => account.balance.minus(amount).expect("the lots hold what is taken"),
            _ => account.balance,
        };
        let sum: i64 = entries.iter().map(|entry| entry.delta).sum();
        assert_eq!(sum, i64::from(about.kind.sign()) * i64::from(amount.get()));
        self.moved = true;
        self.writes.push(Write::Ledger(LedgerWrite::Txn(Txn {
            account_id: account.id,
            seq: account.seq,
            kind: about.kind,
            amount,
            balance_after: account.balance,
            debt_after: account.debt,
            charge: about.charge,
            key: about.key,
            order: about.order,
            actor: about.actor,
            reason: about.reason,
            at: account.last_at,
            decided_at: self.at,
            entries,
        })));
    }

    fn later(&self, by: SignedDuration) -> Timestamp {
        self.latest.checked_add(by).unwrap_or(crate::NEVER)
    }
}
