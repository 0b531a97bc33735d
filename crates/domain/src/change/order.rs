//! Orders: purchases, ours before anybody is asked to pay.

use crate::{LotId, Needs, OrderId, OrderState, OrderStep, PackOrder, Paying, PaymentMode};

/// A change to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named as in the rows they become")]
#[expect(clippy::large_enum_variant, reason = "few are made, and each lives for one commit")]
pub enum OrderChange {
    /// Records a purchase before anybody is asked to pay.
    Open(PackOrder),
    /// Moves a purchase without money; an order that is paid or has moved on is left alone.
    Move(OrderId, OrderStep),
    /// An order was paid: gives its credits, and repays a debt with them first. Once an order.
    Pay { order: OrderId, by: Paying, lot: LotId },
    /// So much of an order's money has gone back in all: takes the credits that belong to it, or
    /// gives again what a failed refund had taken. Absolute, so any order of events will do.
    Reverse { order: OrderId, refunded: u64, receipt_url: Option<String>, lot: LotId },
    /// The account's customer at the payment provider; none when they are no more.
    SetCustomer(PaymentMode, Option<String>),
}

/// A row of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the row it names; the rules live in decide")]
pub enum OrderWrite {
    New(PackOrder),
    /// The row as it becomes, if it still is in state `was`.
    Moved {
        order: PackOrder,
        was: OrderState,
    },
    Customer(PaymentMode, Option<String>),
}

impl OrderChange {
    pub(crate) fn needs(&self, needs: &mut Needs) {
        match self {
            Self::Open(_) | Self::SetCustomer(..) => {}
            Self::Move(id, _) => needs.orders.push(*id),
            Self::Pay { order, .. } | Self::Reverse { order, .. } => {
                needs.lots = true;
                needs.orders.push(*order);
            }
        }
    }
}
