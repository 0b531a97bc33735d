//! An order as we have it, beside what the payment provider says of it.

use safelight_domain::{Money, OrderState, PackOrder};
use safelight_usecases::{CheckoutState, Told};
use serde::Serialize;

/// What was answered.
#[derive(Serialize)]
pub struct ToldView {
    /// Why there is nothing to compare.
    says: Option<String>,
    facts: Vec<FactView>,
}

/// One fact, here and there.
#[derive(Serialize)]
struct FactView {
    name: &'static str,
    here: String,
    there: String,
    differs: bool,
}

impl ToldView {
    /// What was answered of `order`.
    pub fn of(order: &PackOrder, told: &Told) -> Self {
        let says = match told {
            Told::Dormant => "Payments are dormant: no provider is set up, so nobody can be asked.",
            Told::Elsewhere(mode) => {
                let (order, now) = (order.mode.as_str(), mode.as_str());
                return Self::only(format!(
                    "This order is of the {order} mode, and payments are in {now} mode now."
                ));
            }
            Told::NeverOpened => "It was never opened at the provider: nobody was asked to pay.",
            Told::Unknown => "The provider knows no such purchase, or not its payment.",
            Told::Purchase(purchase) => {
                let (checkout, payment) = &**purchase;
                let money = |minor| Money { minor, currency: order.money.currency.clone() };
                let there = |money: Option<Money>| money.map(|m| m.to_string());
                let captured = there(payment.as_ref().map(|paid| paid.captured.clone()));
                let back = payment.as_ref().map(|paid| Money {
                    minor: paid.refunded_minor,
                    currency: paid.captured.currency.clone(),
                });
                let paid = |minor: u64| (order.state == OrderState::Paid).then(|| money(minor));
                return Self {
                    says: None,
                    facts: vec![
                        fact(
                            "State",
                            Some(order.state.as_str().into()),
                            Some(state(checkout.state).into()),
                        ),
                        fact("Captured", there(paid(order.captured)), captured),
                        fact("Gone back", there(paid(order.refunded)), there(back)),
                        fact("Purchase", order.checkout.clone(), Some(checkout.id.clone())),
                        fact("Payment", order.payment.clone(), checkout.payment.clone()),
                    ],
                };
            }
        };
        Self::only(says.to_owned())
    }

    fn only(says: String) -> Self {
        Self { says: Some(says), facts: Vec::new() }
    }
}

fn fact(name: &'static str, here: Option<String>, there: Option<String>) -> FactView {
    let differs = here != there;
    let told = |fact: Option<String>| fact.unwrap_or_else(|| "none".to_owned());
    FactView { name, here: told(here), there: told(there), differs }
}

/// The order's own word for how far a purchase is.
fn state(state: CheckoutState) -> &'static str {
    match state {
        CheckoutState::Open => OrderState::Open,
        CheckoutState::Unpaid => OrderState::Unpaid,
        CheckoutState::Paid => OrderState::Paid,
        CheckoutState::Failed => OrderState::Failed,
        CheckoutState::Expired => OrderState::Expired,
    }
    .as_str()
}
