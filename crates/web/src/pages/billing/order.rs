//! Orders as pages show them: what was bought, how far it is, what went back.

use safelight_domain::{Money, OrderState, PaymentMode, Timestamp};
use safelight_usecases::OrderStatus;
use serde::Serialize;

use crate::pages::{moment, sentence};

/// An order.
#[derive(Serialize)]
pub struct OrderView {
    pub id: String,
    pub credits: u32,
    pub price: String,
    pub when: String,
    pub state: &'static str,
    pub says: &'static str,
    /// Whether it can still be paid.
    pub payable: bool,
    pub receipt: Option<String>,
    /// Money that went back, if any did.
    pub refunded: Option<String>,
    /// Credits that went with it, and the part of them that is owed.
    pub taken: u32,
    pub owed: u32,
    /// Whether it was nobody's money.
    pub play: bool,
    /// Why it failed, as a sentence.
    pub reason: Option<String>,
}

impl OrderView {
    pub fn new(status: &OrderStatus, now: Timestamp) -> Self {
        let OrderStatus { order, taken, owed } = status;
        let lapsed = order.lapses_at.is_some_and(|lapses| lapses <= now);
        let money = |minor| Money { minor, currency: order.money.currency.clone() }.to_string();
        let whole = order.is_returned();
        let says = match order.state {
            OrderState::Open if lapsed => "Lapsed",
            OrderState::Open => "Not paid yet",
            OrderState::Unpaid => "Money on its way",
            OrderState::Paid if whole => "Refunded",
            OrderState::Paid if order.refunded > 0 => "Partly refunded",
            OrderState::Paid => "Paid",
            OrderState::Failed => "Payment failed",
            OrderState::Expired => "Lapsed",
        };
        Self {
            id: order.id.to_string(),
            credits: order.credits.get(),
            price: order.money.to_string(),
            when: moment::date(order.created_at).unwrap_or_default(),
            state: order.state.as_str(),
            says,
            payable: order.state == OrderState::Open && !lapsed,
            receipt: order.receipt_url.clone().filter(|url| is_link(url)),
            refunded: (order.refunded > 0).then(|| money(order.refunded)),
            taken: taken.get(),
            owed: owed.get(),
            play: order.mode != PaymentMode::Live,
            reason: order.reason.as_deref().map(sentence),
        }
    }
}

/// Whatever comes from outside is followed only where a browser may go.
fn is_link(url: &str) -> bool {
    url.starts_with("https://")
        || url.starts_with("http://127.0.0.1")
        || url.starts_with("http://localhost")
}
