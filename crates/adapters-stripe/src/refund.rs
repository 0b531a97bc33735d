//! Sending money back.

use safelight_ports::PaymentError;
use serde_json::json;

use crate::{
    Stripe,
    call::{self, Call},
    object::Object,
};

const WHAT: &str = "payment";

impl Stripe {
    pub(crate) async fn send_back(
        &self,
        payment: &str,
        minor: Option<u64>,
        key: &str,
    ) -> Result<(), PaymentError> {
        let payment = call::id(WHAT, payment)?;
        let named = if payment.starts_with("pi_") { "payment_intent" } else { "charge" };
        let form = json!({ named: payment, "amount": minor });
        let key = format!("refund:{payment}:{key}");
        let made = self.call(Call::post(WHAT, "/v1/refunds", &form, &key)).await?;
        // Others may still fail, days later; that is told by a push.
        match Object(&made).text(&["/status"]) {
            Some("failed" | "canceled") => {
                let why = Object(&made).text(&["/failure_reason"]).unwrap_or("no reason given");
                Err(PaymentError::Refused { code: "refund_failed".to_owned(), says: why.into() })
            }
            _ => Ok(()),
        }
    }
}
