//! Payments: Stripe's PaymentIntents, reached from their charges and refunds too.

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
            None => of_charge(id, Object(&found)).ok_or_else(|| lacking("currency")),
        }
    }

    async fn intent(&self, id: &str) -> Result<Payment, PaymentError> {
        let query = json!({ "expand": ["latest_charge"] });
        let found: Value =
            self.call(Call::get(WHAT, format!("/v1/payment_intents/{id}"), &query)).await?;
        of_intent(Object(&found)).ok_or_else(|| lacking("currency"))
    }
}

/// An intent and its charge, which is inside: in `latest_charge`, or in `charges` until 2022.
pub(crate) fn of_intent(intent: Object<'_>) -> Option<Payment> {
    let id = intent.text(&["/id"])?;
    if let Some(charge) = intent.at(&["/latest_charge", "/charges/data/0"])
        && charge.0.is_object()
    {
        return of_charge(id, charge);
    }
    let currency = intent.text(&["/currency"])?.to_ascii_lowercase();
    let minor = intent.whole(&["/amount_received"]).unwrap_or(0);
    Some(Payment {
        id: id.to_owned(),
        captured: Money { minor, currency },
        refunded_minor: 0,
        customer: intent.id(&["/customer"]).map(str::to_owned),
        receipt_url: None,
        live: intent.flag(&["/livemode"]).unwrap_or(false),
    })
}

/// A charge as the payment of that id.
pub(crate) fn of_charge(id: &str, charge: Object<'_>) -> Option<Payment> {
    let currency = charge.text(&["/currency"])?.to_ascii_lowercase();
    let whole = charge.whole(&["/amount"]).filter(|_| {
        charge.flag(&["/captured"]) == Some(true) && charge.flag(&["/paid"]) != Some(false)
    });
    let minor = charge.whole(&["/amount_captured"]).or(whole).unwrap_or(0);
    Some(Payment {
        id: id.to_owned(),
        captured: Money { minor, currency },
        refunded_minor: charge.whole(&["/amount_refunded"]).unwrap_or(0),
        customer: charge.id(&["/customer"]).map(str::to_owned),
        receipt_url: charge.text(&["/receipt_url"]).map(str::to_owned),
        live: charge.flag(&["/livemode"]).unwrap_or(false),
    })
}
