//! Signs pushes as fal does (fal docs: webhooks): Ed25519 over id, user, time and the body's hash.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The signer's keys: the current one and one nobody publishes.
pub struct SigningKeys {
    generation: u8,
}

impl SigningKeys {
    /// The first key.
    pub fn new() -> Self {
        Self { generation: 1 }
    }

    pub(super) fn rotate(&mut self) {
        self.generation += 1;
    }

    /// The published key set.
    pub fn jwks(&self) -> Value {
        let key = pair(self.generation);
        let x = URL_SAFE_NO_PAD.encode(key.public_key());
        json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": self.generation.to_string(), "x": x}]})
    }

    /// The four headers of a signed push.
    pub fn sign(
        &self,
        (request_id, user_id): (&str, &str),
        timestamp: i64,
        body: &[u8],
    ) -> Vec<(String, String)> {
        headers(&pair(self.generation), (request_id, user_id), timestamp, body)
    }

    /// The same, signed with a key that was never published.
    pub fn forge(
        &self,
        (request_id, user_id): (&str, &str),
        timestamp: i64,
        body: &[u8],
    ) -> Vec<(String, String)> {
        headers(&pair(0), (request_id, user_id), timestamp, body)
    }
}

impl Default for SigningKeys {
    fn default() -> Self {
        Self::new()
    }
}

fn pair(generation: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[generation; 32]).expect("32 bytes are a seed")
}

fn headers(
    key: &Ed25519KeyPair,
    (request_id, user_id): (&str, &str),
    timestamp: i64,
    body: &[u8],
) -> Vec<(String, String)> {
    let hash = hex(&Sha256::digest(body));
    let message = format!("{request_id}\n{user_id}\n{timestamp}\n{hash}");
    let header = |name: &str, value: String| (format!("X-Fal-Webhook-{name}"), value);
    vec![
        header("Request-Id", request_id.to_owned()),
        header("User-Id", user_id.to_owned()),
        header("Timestamp", timestamp.to_string()),
        header("Signature", hex(key.sign(message.as_bytes()).as_ref())),
    ]
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
