//! Answers that say no, in Stripe's shape (Stripe docs: errors).

use serde_json::{Value, json};

/// A no.
#[derive(Debug, Clone)]
pub(super) struct Refused {
    pub status: u16,
    pub error: Value,
    /// Nothing was begun: what is answered is not kept for the idempotency key.
    pub unbegun: bool,
}

impl Refused {
    fn new(status: u16, error: Value) -> Self {
        Self { status, error, unbegun: false }
    }

    /// A parameter is wrong: found before anything is done.
    pub fn parameter(code: &str, param: &str, message: impl Into<String>) -> Self {
        let message: String = message.into();
        let error = json!({
            "type": "invalid_request_error", "code": code, "param": param, "message": message,
            "doc_url": format!("https://stripe.com/docs/error-codes/{}", code.replace('_', "-")),
        });
        Self { unbegun: true, ..Self::new(400, error) }
    }

    /// A required parameter is missing.
    pub fn missing(param: &str) -> Self {
        Self::parameter("parameter_missing", param, format!("Missing required param: {param}."))
    }

    /// The request cannot be done as things are.
    pub fn request(code: &str, message: impl Into<String>) -> Self {
        let message: String = message.into();
        let error = json!({ "type": "invalid_request_error", "code": code, "message": message });
        Self::new(400, error)
    }

    /// The object in the path is not there.
    pub fn no_such(kind: &str, id: &str) -> Self {
        let error = json!({
            "type": "invalid_request_error", "code": "resource_missing", "param": "id",
            "message": format!("No such {}: '{id}'", spoken(kind)),
        });
        Self::new(404, error)
    }

    /// An object named by a parameter is not there.
    pub fn no_such_for(param: &str, kind: &str, id: &str) -> Self {
        let error = json!({
            "type": "invalid_request_error", "code": "resource_missing", "param": param,
            "message": format!("No such {}: '{id}'", spoken(kind)),
        });
        Self::new(400, error)
    }

    /// Any other no.
    pub fn other(status: u16, kind: &str, message: impl Into<String>) -> Self {
        let message: String = message.into();
        Self { unbegun: true, ..Self::new(status, json!({ "type": kind, "message": message })) }
    }
}

/// How Stripe speaks of a kind.
fn spoken(kind: &str) -> String {
    kind.replace("webhook_endpoint", "webhook endpoint")
}
