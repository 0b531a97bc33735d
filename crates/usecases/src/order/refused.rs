//! What the payment provider's refusals mean to a buyer.

use safelight_domain::PaymentRefused;
use safelight_ports::PaymentError;

use super::trouble;
use crate::Error;

/// A refused customer. All we tell of one is the address, so that is what was refused.
pub(super) fn customer(error: PaymentError) -> Error {
    match error {
        PaymentError::Refused { code, says } => {
            tracing::warn!(code, says, "the payment provider refused a customer");
            refused(PaymentRefused::Address)
        }
        error @ (PaymentError::NotFound(_) | PaymentError::Fault(_)) => trouble(error),
    }
}

/// A refused purchase; none when the error is no refusal.
pub(super) fn purchase(error: &PaymentError) -> Option<PaymentRefused> {
    match error {
        PaymentError::Fault(_) => None,
        PaymentError::NotFound("price") => Some(PaymentRefused::NoPrice),
        PaymentError::NotFound(_) => Some(PaymentRefused::CustomerGone),
        PaymentError::Refused { code, says } => {
            tracing::warn!(code, says, "the payment provider refused a purchase");
            Some(match code.as_str() {
                "amount_too_small" => PaymentRefused::TooSmall,
                "email_invalid" => PaymentRefused::Address,
                "price_inactive" => PaymentRefused::NoPrice,
                other => PaymentRefused::Other(other.chars().take(80).collect()),
            })
        }
    }
}

/// The refusal as a use case answers it.
pub(super) fn refused(why: PaymentRefused) -> Error {
    Error::Refused(why.into())
}
