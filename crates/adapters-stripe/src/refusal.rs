//! What an answer that is not good means (Stripe docs: errors, low-level error handling).

use safelight_outbound::{Answer, CallError, one_line};
use safelight_ports::PaymentError;
use serde_json::Value;

use crate::{http::Http, object::Object, stripe::failed};

/// The longest message kept.
const SAYS_MAX: usize = 300;

/// The meaning of an answer that is not 2xx. `what` was asked about.
pub(crate) fn meaning(http: &Http, answer: &Answer, what: &'static str) -> PaymentError {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let error = Object(&body);
    let code = error.text(&["/error/code", "/error/type", "/error"]);
    let message = error.text(&["/error/message"]).unwrap_or_default();
    let says = one_line(&http.redacted(message), SAYS_MAX);
    let status = answer.status;
    let request = answer.header("request-id").unwrap_or("unnamed");
    tracing::warn!(status, code, request, what, "stripe did not do it");
    let code = code.unwrap_or("unknown").to_owned();
    match (status, code.as_str()) {
        (404, _) => PaymentError::NotFound(what),
        // What a parameter names is not there.
        (400, "resource_missing") if missing(error).is_some() => {
            PaymentError::NotFound(missing(error).unwrap_or(what))
        }
        (401, _) => failed(CallError::permanent("Stripe does not accept STRIPE_SECRET_KEY")),
        (403, _) => {
            failed(CallError::permanent(format!("STRIPE_SECRET_KEY may not do this: {says}")))
        }
        (300..=399, _) => {
            failed(CallError::permanent("Stripe redirects; set STRIPE_API_URL to its true home"))
        }
        // An object that is being worked on is 429 as well (`lock_timeout`).
        (429, _) | (400, "rate_limit" | "lock_timeout") => {
            failed(CallError::transient(format!("Stripe asks to come back later: {code}")))
        }
        (409, _) => failed(CallError::transient(format!("the same call is under way: {code}"))),
        (400..=499, _) => PaymentError::Refused { code, says },
        _ => failed(CallError::transient(format!("Stripe answered {status}: {code}"))),
    }
}

/// What a parameter named that is not there, where that tells us what to do.
fn missing(error: Object<'_>) -> Option<&'static str> {
    match error.text(&["/error/param"])? {
        "customer" => Some("customer"),
        param if param.ends_with("[price]") => Some("price"),
        _ => None,
    }
}
