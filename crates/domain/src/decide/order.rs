//! Orders: bought, paid once, sent back by so much in all.

use super::decision::{BALANCE_MAX, Decision};
use crate::{
    AccountStatus, Invalid, LotId, OrderChange, OrderId, OrderState, OrderStep, OrderWrite,
    PackOrder, Paying, Refusal,
};

impl Decision<'_> {
    pub(super) fn decide_order(&mut self, change: OrderChange) -> Result<(), Refusal> {
        match change {
            OrderChange::Open(order) => {
                // Who owes may buy: that is how a debt is repaid.
                if self.till.account.status != AccountStatus::Open {
                    return Err(Refusal::Blocked);
                }
                self.till.orders.insert(order.id, order.clone());
                self.write(OrderWrite::New(order));
            }
            OrderChange::Move(id, step) => self.move_order(id, step)?,
            OrderChange::Pay { order, by, lot } => self.pay_order(order, by, lot)?,
            OrderChange::Reverse { order, refunded, receipt_url, lot } => {
                self.reverse(order, refunded, receipt_url, lot)?;
            }
            OrderChange::SetCustomer(mode, customer) => {
                self.write(OrderWrite::Customer(mode, customer));
            }
        }
        Ok(())
    }

    fn move_order(&mut self, id: OrderId, step: OrderStep) -> Result<(), Refusal> {
        let order = self.order(id)?;
        match order.moved(step, self.at) {
            Ok(next) if next == order => Ok(()),
            Ok(next) => {
                self.order_moved(order.state, next);
                Ok(())
            }
            Err(no) => Err(no),
        }
    }

    fn pay_order(&mut self, id: OrderId, by: Paying, lot: LotId) -> Result<(), Refusal> {
        let order = self.order(id)?;
        if order.state == OrderState::Paid {
            // Told again is told once; another checkout for it would be a second payment.
            let same = order.checkout.as_ref() == Some(&by.checkout);
            return if same { Ok(()) } else { Err(Refusal::Stale) };
        }
        if self.till.account.status == AccountStatus::Closed {
            return Err(Refusal::Blocked);
        }
        let sum = self.till.account.balance.plus(order.credits);
        if sum.is_none_or(|sum| sum.get() > BALANCE_MAX) {
            let says = format!("an account holds {BALANCE_MAX} credits at most");
            return Err(Invalid::new("pack", says).into());
        }
        let next = order.paid(by, self.till.latest)?;
        self.order_moved(order.state, next.clone());
        self.till.sell(&next, lot);
        Ok(())
    }

    fn reverse(
        &mut self,
        id: OrderId,
        refunded: u64,
        receipt_url: Option<String>,
        lot: LotId,
    ) -> Result<(), Refusal> {
        let order = self.order(id)?;
        if order.state != OrderState::Paid {
            return Err(Refusal::Stale);
        }
        let refunded = refunded.min(order.captured);
        let receipt_url = receipt_url.or_else(|| order.receipt_url.clone());
        let next = PackOrder { refunded, receipt_url, ..order.clone() };
        if next != order {
            self.order_moved(order.state, next.clone());
        }
        self.till.reverse(&next, lot);
        Ok(())
    }

    fn order(&self, id: OrderId) -> Result<PackOrder, Refusal> {
        self.till.orders.get(&id).cloned().ok_or(Refusal::NotFound)
    }

    fn order_moved(&mut self, was: OrderState, next: PackOrder) {
        self.till.orders.insert(next.id, next.clone());
        self.write(OrderWrite::Moved { order: next, was });
    }
}
