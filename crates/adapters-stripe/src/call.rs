//! A call as it is sent, every time it is sent.

use safelight_outbound::hex;
use safelight_ports::PaymentError;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::form;

/// The longest idempotency key Stripe takes (Stripe docs: idempotent requests).
const KEY_MAX: usize = 255;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
    Delete,
}

/// What to ask of which address.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub method: Method,
    /// From `/v1` on; with the query, if it is a GET.
    pub path: String,
    /// The body of a POST.
    pub body: String,
    /// The idempotency key of a POST.
    pub key: Option<String>,
    /// What is not there when the answer is 404.
    pub what: &'static str,
}

impl Call {
    /// Asks.
    pub fn get(what: &'static str, path: impl Into<String>, query: &Value) -> Self {
        let (mut path, query) = (path.into(), form::encode(query));
        if !query.is_empty() {
            path.push('?');
            path.push_str(&query);
        }
        Self { method: Method::Get, path, body: String::new(), key: None, what }
    }

    /// Does something, once for this key.
    pub fn post(what: &'static str, path: impl Into<String>, form: &Value, key: &str) -> Self {
        let key = if key.len() <= KEY_MAX && key.bytes().all(|byte| byte.is_ascii_graphic()) {
            key.to_owned()
        } else {
            // What an operator wrote may be long or have any letters; its digest is as unique.
            hex(&Sha256::digest(key.as_bytes()))
        };
        let body = form::encode(form);
        Self { method: Method::Post, path: path.into(), body, key: Some(key), what }
    }

    /// Takes something away; doing it twice is the same, so it needs no key.
    pub fn delete(what: &'static str, path: impl Into<String>) -> Self {
        Self { method: Method::Delete, path: path.into(), body: String::new(), key: None, what }
    }
}

/// An id as part of an address. What cannot be one of Stripe's leads nowhere else.
pub(crate) fn id<'a>(what: &'static str, text: &'a str) -> Result<&'a str, PaymentError> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    let is_id = (1..=255).contains(&text.len()) && text.bytes().all(fits);
    if is_id { Ok(text) } else { Err(PaymentError::NotFound(what)) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_lead_nowhere_else() {
        assert_eq!(id("payment", "pi_3Tg-x").unwrap(), "pi_3Tg-x");
        for bad in ["", "pi_1/../customers", "pi_1?x", "pi 1", "pi_1%2f", "é", &"a".repeat(256)] {
            assert!(matches!(id("payment", bad), Err(PaymentError::NotFound("payment"))), "{bad}");
        }
    }

    #[test]
    fn a_key_fits_and_stays_itself() {
        let key = |text: &str| Call::post("x", "/v1/x", &json!({}), text).key.unwrap();
        assert_eq!(key("checkout:7"), "checkout:7");
        let long = key(&"a".repeat(300));
        assert_eq!((long.len(), &long), (64, &key(&"a".repeat(300))));
        assert_ne!(long, key(&"a".repeat(301)));
        assert_eq!(key("refund:pi_1:they asked, in a mail").len(), 64);
    }
}
