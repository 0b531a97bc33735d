//! Packs: sold once, and taken back in the measure their money goes back.
//!
//! Invariant: what was taken of an order follows from how much of its money has gone back, however
//! that came about. What was spent already becomes a debt; what nobody could spend does not.

use super::{About, Till};
use crate::{
    Actor, Credits, GRACE_DAYS, Lot, LotId, LotKind, NEVER, OrderId, PackOrder, Returned,
    SignedDuration, SourceRef, Timestamp, TxnKind, order::OrderState,
};

/// Why a debt is forgiven, as the books say it.
const CAME_BACK: &str = "a refund of the payment failed";

impl Till<'_> {
    /// Fills a pack's lot, then repays with it what is owed.
    pub fn sell(&mut self, order: &PackOrder, lot: LotId) {
        debug_assert_eq!(order.state, OrderState::Paid);
        let checkout = order.checkout.as_deref().unwrap_or_default();
        let source = SourceRef(format!("pack:{checkout}"));
        self.fill(order, lot, order.credits, source, self.dies(order), None);
    }

    /// Brings what was taken of an order to what must be, given the money that went back.
    pub fn reverse(&mut self, order: &PackOrder, lot: LotId) {
        self.expire();
        let target = order.returned();
        let taken = self.returned(order.id).taken;
        if let Some(more) = target.minus(taken).filter(|more| !more.is_zero()) {
            self.take_back(order, more);
        } else if let Some(less) = taken.minus(target).filter(|less| !less.is_zero()) {
            self.give_again(order, lot, less);
        }
    }

    /// What is left of the order's lots, then a debt of what was spent.
    fn take_back(&mut self, order: &PackOrder, more: Credits) {
        let mut left = more;
        let mut moves = Vec::new();
        self.lots.sort_by_key(Lot::burn_order);
        for lot in self.lots.iter_mut().filter(|lot| lot.order == Some(order.id)) {
            let part = lot.remaining.min(left);
            if !part.is_zero() {
                lot.remaining = lot.remaining.minus(part).unwrap_or_default();
                left = left.minus(part).unwrap_or_default();
                moves.push((lot.id, -i64::from(part.get())));
            }
        }
        let clawed = more.minus(left).unwrap_or_default();
        if !clawed.is_zero() {
            let about = self.of_order(TxnKind::Clawback, order.id, "clawback");
            self.seal(clawed, moves.into_iter(), about);
        }
        let held = self.lots.iter().filter(|lot| lot.order == Some(order.id));
        let held = held.fold(0, |sum, lot| sum + lot.remaining.get());
        let books = self.returned.entry(order.id).or_insert(none(order.id));
        books.taken = books.taken.plus(clawed).unwrap_or(books.taken);
        let gone = held + books.lost.get() + books.taken.get();
        let spent = order.credits.get().saturating_sub(gone);
        let debt = Credits::new(left.get().min(spent)).unwrap_or_default();
        if !debt.is_zero() {
            books.taken = books.taken.plus(debt).unwrap_or(books.taken);
            books.owed = books.owed.plus(debt).unwrap_or(books.owed);
            self.account.debt = self.account.debt.plus(debt).unwrap_or(Credits::MAX);
            let about = self.of_order(TxnKind::Debt, order.id, "debt");
            self.seal(debt, std::iter::empty(), about);
        }
    }

    /// Forgives the debt that the order made, then gives the rest again.
    fn give_again(&mut self, order: &PackOrder, lot: LotId, less: Credits) {
        let debt = self.account.debt;
        let books = self.returned.entry(order.id).or_insert(none(order.id));
        let forgiven = less.min(books.owed).min(debt);
        books.owed = books.owed.minus(forgiven).unwrap_or_default();
        books.taken = books.taken.minus(less).unwrap_or_default();
        if !forgiven.is_zero() {
            self.account.debt = debt.minus(forgiven).unwrap_or_default();
            let mut about = self.of_order(TxnKind::WriteOff, order.id, "forgiven");
            about.reason = Some(CAME_BACK.to_owned());
            self.seal(forgiven, std::iter::empty(), about);
        }
        let rest = less.minus(forgiven).unwrap_or_default();
        if !rest.is_zero() {
            // Not shorter-lived than a grace: the buyer could not use them meanwhile.
            let grace = self.later(SignedDuration::from_hours(24 * GRACE_DAYS));
            let dies = self.dies(order).max(grace);
            let source = SourceRef(format!("again:{}:{}", order.id, self.account.seq + 1));
            self.fill(order, lot, rest, source, dies, Some(order.id));
        }
    }

    fn fill(
        &mut self,
        order: &PackOrder,
        lot: LotId,
        amount: Credits,
        source: SourceRef,
        dies: Timestamp,
        again: Option<OrderId>,
    ) {
        let key = Some(source.0.clone());
        let lot = self.open_lot(lot, LotKind::Pack, amount, dies, source, Some(order.id));
        let about =
            About { kind: TxnKind::Grant, charge: None, key, order: again, ..About::system() };
        self.seal(amount, [(lot, i64::from(amount.get()))].into_iter(), about);
        self.repay(&[lot], format!("repay:{lot}"));
    }

    /// Repays what is owed with what these lots hold.
    pub(super) fn repay(&mut self, lots: &[LotId], key: String) {
        let mut left = self.account.debt;
        let mut moves = Vec::new();
        for lot in self.lots.iter_mut().filter(|lot| lots.contains(&lot.id)) {
            let part = lot.remaining.min(left);
            if !part.is_zero() {
                lot.remaining = lot.remaining.minus(part).unwrap_or_default();
                left = left.minus(part).unwrap_or_default();
                moves.push((lot.id, -i64::from(part.get())));
            }
        }
        let paid = self.account.debt.minus(left).unwrap_or_default();
        if !paid.is_zero() {
            self.account.debt = left;
            let about = About { kind: TxnKind::Repay, key: Some(key), ..About::system() };
            self.seal(paid, moves.into_iter(), about);
        }
    }

    fn dies(&self, order: &PackOrder) -> Timestamp {
        let paid_at = order.settled_at.unwrap_or(self.latest);
        order.expires_days.map_or(NEVER, |days| {
            paid_at.checked_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(NEVER)
        })
    }

    fn returned(&self, order: OrderId) -> Returned {
        self.returned.get(&order).copied().unwrap_or(none(order))
    }

    fn of_order(&self, kind: TxnKind, order: OrderId, word: &str) -> About {
        let key = Some(format!("{word}:{order}:{}", self.account.seq + 1));
        About { kind, key, order: Some(order), actor: Actor::system(), ..About::system() }
    }
}

fn none(order: OrderId) -> Returned {
    Returned { order, taken: Credits::ZERO, owed: Credits::ZERO, lost: Credits::ZERO }
}
