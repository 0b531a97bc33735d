//! Payments: Stripe's PaymentIntents, reached from their charges and refunds too.

use safelight_domain::OrderId;
use safelight_ports::{Money, Payment, PaymentError};
use serde_json::{Value, json};

use crate::{
    Stripe,
    call::{self, Call},
    object::Object,
    stripe::lacking,
};

const WHAT: &str = "payment";

impl Stripe {
    pub(crate) async fn find_payment(&self, id: &str) -> Result<Payment, PaymentError> {
        let id = call::id(WHAT, id)?;
        // A refund's or a dispute's names lead to the payment, whose state is then asked for:
        // whatever was pushed, one thing is looked at.
        match id.split_once('_').map_or("", |(kind, _)| kind) {
            "pi" => self.intent(id).await,
            "re" | "pyr" => self.behind(&format!("/v1/refunds/{id}")).await,
            "du" | "dp" => self.behind(&format!("/v1/disputes/{id}")).await,
            _ => self.charge(id).await,
        }
    }

    /// The payment behind an object that names it, or its charge.
    async fn behind(&self, path: &str) -> Result<Payment, PaymentError> {
        let found = self.call(Call::get(WHAT, path, &json!({}))).await?;
        match (Object(&found).id(&["/payment_intent"]), Object(&found).id(&["/charge"])) {
            (Some(intent), _) => self.intent(call::id(WHAT, intent)?).await,
            (None, Some(charge)) => self.charge(call::id(WHAT, charge)?).await,
            (None, None) => Err(PaymentError::NotFound(WHAT)),
        }
    }

    async fn charge(&self, id: &str) -> Result<Payment, PaymentError> {
        let found = self.call(Call::get(WHAT, format!("/v1/charges/{id}"), &json!({}))).await?;
        match Object(&found).id(&["/payment_intent"]) {
            // A payment has a charge for every attempt; the payment knows which one counts.
            Some(intent) => self.intent(call::id(WHAT, intent)?).await,
            None => of_charge(id, Object(&found)).map_err(lacking),
        }
    }

    async fn intent(&self, id: &str) -> Result<Payment, PaymentError> {
        let query = json!({ "expand": ["latest_charge"] });
        let found: Value =
            self.call(Call::get(WHAT, format!("/v1/payment_intents/{id}"), &query)).await?;
        of_intent(Object(&found)).map_err(lacking)
    }
}

/// An intent and its charge, which is inside: in `latest_charge`, or in `charges` until 2022.
pub(crate) fn of_intent(intent: Object<'_>) -> Result<Payment, &'static str> {
    let id = intent.text(&["/id"]).ok_or("id")?;
    if let Some(charge) = intent.at(&["/latest_charge", "/charges/data/0"])
        && charge.0.is_object()
    {
        let paid = of_charge(id, charge)?;
        // A charge has its payment's metadata since 2022; the payment's own goes first.
        return Ok(Payment { order: order(intent).or(paid.order), ..paid });
    }
    let currency = intent.text(&["/currency"]).ok_or("currency")?.to_ascii_lowercase();
    let minor = intent.whole(&["/amount_received"]).ok_or("received amount")?;
    Ok(Payment {
        id: id.to_owned(),
        captured: Money { minor, currency },
        refunded_minor: 0,
        order: order(intent),
        customer: intent.id(&["/customer"]).map(str::to_owned),
        receipt_url: None,
        live: intent.flag(&["/livemode"]),
    })
}

/// The order an object's metadata names.
fn order(object: Object<'_>) -> Option<OrderId> {
    object.text(&["/metadata/order"]).and_then(|text| text.parse().ok())
}

/// A charge as the payment of that id. An amount that is missing is not zero: the name of what is
/// missing is answered instead.
pub(crate) fn of_charge(id: &str, charge: Object<'_>) -> Result<Payment, &'static str> {
    let currency = charge.text(&["/currency"]).ok_or("currency")?.to_ascii_lowercase();
    let whole = charge.whole(&["/amount"]).filter(|_| {
        charge.flag(&["/captured"]) == Some(true) && charge.flag(&["/paid"]) != Some(false)
    });
    // What is not captured yet, or never will be, is no money.
    let none = || (charge.flag(&["/captured"]) == Some(false)).then_some(0);
    let minor = charge.whole(&["/amount_captured"]).or(whole).or_else(none);
    let minor = minor.ok_or("captured amount")?;
    Ok(Payment {
        id: id.to_owned(),
        captured: Money { minor, currency },
        refunded_minor: charge.whole(&["/amount_refunded"]).ok_or("refunded amount")?,
        order: order(charge),
        customer: charge.id(&["/customer"]).map(str::to_owned),
        receipt_url: charge.text(&["/receipt_url"]).map(str::to_owned),
        live: charge.flag(&["/livemode"]),
    })
}
