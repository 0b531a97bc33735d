//! An order: the purchase of one pack, ours before anybody is asked to pay.
//!
//! Invariant: what was paid is final, and credits follow what the provider says was paid and sent
//! back, never what a push said.

use crate::{AccountId, Credits, Money, OrderId, PackName, PaymentMode, Refusal, Timestamp};

/// How far a purchase is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderState {
    /// Nobody has paid.
    Open,
    /// Confirmed, and the money is on its way.
    Unpaid,
    /// Paid, and the credits are there. Final.
    Paid,
    /// The money never came.
    Failed,
    /// The checkout lapsed.
    Expired,
}

impl OrderState {
    /// All states, for tables and tests.
    pub const ALL: [Self; 5] = [Self::Open, Self::Unpaid, Self::Paid, Self::Failed, Self::Expired];

    /// The word used everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Unpaid => "unpaid",
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Expired => "expired",
        }
    }

    /// Whether the provider may still tell something new about the purchase itself.
    pub fn is_waiting(self) -> bool {
        matches!(self, Self::Open | Self::Unpaid)
    }

    /// Whether it may become `next`. Money that came goes before anything heard earlier.
    pub fn may_become(self, next: Self) -> bool {
        match (self, next) {
            (Self::Paid, _) => false,
            (_, Self::Paid)
            | (Self::Open, Self::Unpaid)
            | (Self::Open | Self::Unpaid, Self::Failed | Self::Expired) => true,
            _ => false,
        }
    }
}

/// One purchase, with the terms it was made on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackOrder {
    /// Its id, which the provider carries as reference.
    pub id: OrderId,
    /// Who buys.
    pub account_id: AccountId,
    /// Whose money moves.
    pub mode: PaymentMode,
    /// The pack by its name then.
    pub pack: PackName,
    /// What the buyer gets.
    pub credits: Credits,
    /// Days after which the rest dies.
    pub expires_days: Option<u32>,
    /// What it cost, as shown.
    pub money: Money,
    /// The provider's price it is sold at; none for orders made before this was recorded.
    pub price: Option<String>,
    /// The provider's customer it is sold to; none for orders made before this was recorded.
    pub customer: Option<String>,
    /// Where the buyer was, a path of ours.
    pub return_to: Option<String>,
    /// How far it is.
    pub state: OrderState,
    /// The provider's purchase, once opened. Never another one.
    pub checkout: Option<String>,
    /// When that lapses.
    pub lapses_at: Option<Timestamp>,
    /// The provider's payment, once there is one.
    pub payment: Option<String>,
    /// What was captured, in smallest units; 0 when nothing was to pay.
    pub captured: u64,
    /// What has gone back so far, at most what was captured.
    pub refunded: u64,
    /// Why it failed; exactly for failed ones, but those that failed before this was recorded.
    pub reason: Option<String>,
    /// The provider's receipt.
    pub receipt_url: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was paid or given up.
    pub settled_at: Option<Timestamp>,
}

impl PackOrder {
    /// The credits that must go with the money that went back: in proportion, rounded up, and all
    /// of them with the last unit. The same for any order of events.
    pub fn returned(&self) -> Credits {
        if self.captured == 0 {
            return Credits::ZERO;
        }
        let back = u128::from(self.refunded.min(self.captured)) * u128::from(self.credits.get());
        let share = back.div_ceil(u128::from(self.captured));
        u32::try_from(share).ok().and_then(|share| Credits::new(share).ok()).unwrap_or(self.credits)
    }

    /// Whether every unit went back.
    pub fn is_returned(&self) -> bool {
        self.captured > 0 && self.refunded >= self.captured
    }

    /// The row after a move that is not a payment.
    pub(crate) fn moved(&self, step: OrderStep, at: Timestamp) -> Result<Self, Refusal> {
        let mut next = self.clone();
        let state = match step {
            OrderStep::Opened { checkout, lapses_at } => {
                if self.state != OrderState::Open {
                    return Err(Refusal::Stale);
                }
                next.name(checkout)?;
                next.lapses_at = Some(lapses_at);
                OrderState::Open
            }
            OrderStep::Unpaid { checkout } => {
                next.name(checkout)?;
                OrderState::Unpaid
            }
            OrderStep::Failed(reason) => {
                next.reason = Some(reason);
                OrderState::Failed
            }
            OrderStep::Expired => OrderState::Expired,
        };
        if state != self.state {
            if !self.state.may_become(state) {
                return Err(Refusal::Stale);
            }
            next.state = state;
            next.settled_at = (!state.is_waiting()).then_some(at);
        }
        Ok(next)
    }

    /// The row once paid.
    pub(crate) fn paid(&self, by: Paying, at: Timestamp) -> Result<Self, Refusal> {
        let mut next = self.clone();
        next.name(by.checkout)?;
        let (payment, captured) = by.payment.unzip();
        let settled_at = Some(at);
        let captured = captured.unwrap_or(0);
        Ok(Self { state: OrderState::Paid, payment, captured, settled_at, reason: None, ..next })
    }

    /// An order is for one checkout: two that were paid are two payments, and one has no order.
    fn name(&mut self, checkout: String) -> Result<(), Refusal> {
        match &self.checkout {
            Some(known) if *known != checkout => Err(Refusal::Stale),
            _ => {
                self.checkout = Some(checkout);
                Ok(())
            }
        }
    }
}

/// A move of a purchase that brings no money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderStep {
    /// The provider opened it.
    Opened {
        /// The provider's id.
        checkout: String,
        /// When it lapses.
        lapses_at: Timestamp,
    },
    /// Confirmed; the money is on its way.
    Unpaid {
        /// The provider's id.
        checkout: String,
    },
    /// The money never came, or credits cannot be given for it: for this reason.
    Failed(String),
    /// It lapsed.
    Expired,
}

/// What paid an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paying {
    /// The provider's purchase.
    pub checkout: String,
    /// Its payment and what was captured, in smallest units; none when nothing was to pay.
    pub payment: Option<(String, u64)>,
}

/// What the books say of an order whose money goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Returned {
    /// Which order.
    pub order: OrderId,
    /// Credits taken back so far: clawed back or made a debt, less what was given again.
    pub taken: Credits,
    /// The part of them that became a debt and was not forgiven.
    pub owed: Credits,
    /// Credits of its lots that died or were taken by an admin: nobody had them.
    pub lost: Credits,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Uuid;

    fn order(credits: u32, captured: u64, refunded: u64) -> PackOrder {
        PackOrder {
            id: OrderId(Uuid::nil()),
            account_id: AccountId(Uuid::nil()),
            mode: PaymentMode::Play,
            pack: PackName::parse("small").unwrap(),
            credits: Credits::new(credits).unwrap(),
            expires_days: None,
            money: Money::price(1, "usd").unwrap(),
            price: None,
            customer: None,
            return_to: None,
            state: OrderState::Paid,
            checkout: None,
            lapses_at: None,
            payment: None,
            captured,
            refunded,
            reason: None,
            receipt_url: None,
            created_at: Timestamp::UNIX_EPOCH,
            settled_at: None,
        }
    }

    #[test]
    fn what_goes_back_takes_its_share_rounded_up() {
        for (credits, captured, refunded, share) in [
            (100, 1000, 0, 0),
            (100, 1000, 1, 1),
            (100, 1000, 300, 30),
            (100, 1000, 305, 31),
            (100, 1000, 1000, 100),
            (100, 1000, 2000, 100),
            (100, 0, 0, 0),
            (7, 3, 1, 3),
            (10_000_000, 100_000_000_000, 99_999_999_999, 10_000_000),
        ] {
            let told = order(credits, captured, refunded).returned().get();
            assert_eq!(told, share, "{credits} {captured} {refunded}");
        }
    }

    #[test]
    fn states_move_one_way_and_money_wins() {
        use OrderState::{Expired, Failed, Open, Paid, Unpaid};
        let allowed: Vec<_> = OrderState::ALL
            .into_iter()
            .flat_map(|from| OrderState::ALL.map(|to| (from, to)))
            .filter(|(from, to)| from.may_become(*to))
            .collect();
        assert_eq!(
            allowed,
            [
                (Open, Unpaid),
                (Open, Paid),
                (Open, Failed),
                (Open, Expired),
                (Unpaid, Paid),
                (Unpaid, Failed),
                (Unpaid, Expired),
                (Failed, Paid),
                (Expired, Paid),
            ]
        );
    }
}
