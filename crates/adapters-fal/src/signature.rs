//! The signature of a push (fal docs: webhooks): Ed25519 over request id, user id, time and the
//! hash of the body, by one of the published keys.
//!
//! It proves that fal sent it, to somebody. fal signs for all its customers with the same keys, so
//! the token in the address and a look under our own key have to prove the rest.

use base64::{
    Engine, alphabet, engine::DecodePaddingMode, engine::general_purpose as base64_engine,
};
use ring::signature::{ED25519, UnparsedPublicKey};
use safelight_domain::Timestamp;
use safelight_outbound::{hex, unhex};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// How far the time of a push may be off, in seconds, either way.
const TOLERANCE: u64 = 300;

/// Keys may be padded or not: fal's own sample decodes only padded ones.
const KEYS: base64_engine::GeneralPurpose = base64_engine::GeneralPurpose::new(
    &alphabet::URL_SAFE,
    base64_engine::GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The signed parts of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// `X-Fal-Webhook-Request-Id`.
    pub request_id: String,
    /// `X-Fal-Webhook-User-Id`.
    pub user_id: String,
    /// `X-Fal-Webhook-Timestamp`, as written.
    pub timestamp: String,
    /// `X-Fal-Webhook-Signature`, 64 bytes in hex.
    pub signature: String,
}

/// Why a signature proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// A header is missing or unreadable.
    #[error("a header of the signature is missing or unreadable")]
    Unsigned,
    /// More than five minutes old, or in the future.
    #[error("the time of the signature is not now")]
    Stale,
    /// None of the keys made it.
    #[error("no known key made the signature")]
    Forged,
}

impl Signed {
    /// Finds the four headers.
    pub fn find(headers: &[(String, String)]) -> Result<Self, Unproven> {
        let find = |name: &str| {
            let name = format!("x-fal-webhook-{name}");
            let found = headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(&name));
            let value = found.map(|(_, value)| value.clone());
            value.filter(|value| !value.is_empty()).ok_or(Unproven::Unsigned)
        };
        Ok(Self {
            request_id: find("request-id")?,
            user_id: find("user-id")?,
            timestamp: find("timestamp")?,
            signature: find("signature")?,
        })
    }
}

#[derive(Deserialize)]
struct KeySetWire {
    keys: Vec<KeyWire>,
}

#[derive(Deserialize)]
struct KeyWire {
    #[serde(default)]
    x: String,
    #[serde(default)]
    crv: String,
}

/// The public keys of a key set in JSON; none when it is no key set. Keys of other kinds are left
/// out.
pub(crate) fn keys(jwks: &[u8]) -> Option<Vec<[u8; 32]>> {
    let set: KeySetWire = serde_json::from_slice(jwks).ok()?;
    let own = set.keys.into_iter().filter(|key| key.crv == "Ed25519");
    Some(own.filter_map(|key| KEYS.decode(key.x).ok()?.try_into().ok()).collect())
}

/// Proves that one of `keys` signed `body`, byte for byte as it came, about `now`.
pub fn verify(
    keys: &[[u8; 32]],
    signed: &Signed,
    body: &[u8],
    now: Timestamp,
) -> Result<(), Unproven> {
    let at: i64 = signed.timestamp.parse().map_err(|_| Unproven::Unsigned)?;
    if now.as_second().abs_diff(at) > TOLERANCE {
        return Err(Unproven::Stale);
    }
    let signature = unhex(&signed.signature).filter(|bytes| bytes.len() == 64);
    let signature = signature.ok_or(Unproven::Unsigned)?;
    let hash = hex(&Sha256::digest(body));
    let Signed { request_id, user_id, timestamp, .. } = signed;
    let message = format!("{request_id}\n{user_id}\n{timestamp}\n{hash}");
    let made_it = |key: &[u8; 32]| {
        UnparsedPublicKey::new(&ED25519, key).verify(message.as_bytes(), &signature).is_ok()
    };
    if keys.iter().any(made_it) { Ok(()) } else { Err(Unproven::Forged) }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// A body as fal sent it in July 2025, signed with a key made for tests (its seed is 0 to 31).
    fn recorded() -> Value {
        json!({
            "name": "recorded",
            "now_unix": 1_752_019_771,
            "jwks": {"keys": [
                {"kty": "OKP", "crv": "Ed25519", "kid": "z", "x": "not a key"},
                {"kty": "EC", "crv": "P-256", "x": "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg"},
                {"kty": "OKP", "crv": "Ed25519", "x": "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="},
            ]},
            "headers": {
                "x-fal-webhook-request-id": "5057fca7-2eb3-468f-b95d-cefe92b0b9d4",
                "X-FAL-WEBHOOK-USER-ID": "github|1234567",
                "X-Fal-Webhook-Timestamp": "1752019770",
                "X-Fal-Webhook-Signature": "fac45fd2b862ee2cbb81bec154c2334742250c48091470fe4ffd04a2\
                    84dfaf04037c13f27448a0444a83a7c2f777eea7fd233a5701a832df83d52bd767544703",
            },
            "body": "{\"error\": null, \"gateway_request_id\": \"5057fca7-2eb3-468f-b95d-cefe92b0b9d4\
                \", \"payload\": {\"has_nsfw_concepts\": [false], \"images\": [{\"content_type\": \
                \"image/jpeg\", \"height\": 1024, \"url\": \"https://v3.fal.media/files/lion/\
                O853qAknYZGU8_2QCbJwd.jpeg\", \"width\": 1024}], \"prompt\": \"dog\", \"seed\": \
                17454220438242315174, \"timings\": {\"inference\": 2.107286686077714}}, \
                \"request_id\": \"5057fca7-2eb3-468f-b95d-cefe92b0b9d4\", \"status\": \"OK\"}",
        })
    }

    fn proven(vector: &Value) -> Result<(), Unproven> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let headers = vector["headers"].as_object().unwrap();
        let headers: Vec<_> = headers.iter().map(|(key, v)| (key.clone(), text(v))).collect();
        let keys = keys(vector["jwks"].to_string().as_bytes()).unwrap();
        let now = Timestamp::from_second(vector["now_unix"].as_i64().unwrap()).unwrap();
        verify(&keys, &Signed::find(&headers)?, text(&vector["body"]).as_bytes(), now)
    }

    fn with(field: &str, value: Value) -> Value {
        let mut vector = recorded();
        *vector.pointer_mut(field).unwrap() = value;
        vector
    }

    #[test]
    fn only_what_fal_signed_just_now_is_proven() {
        use Unproven::{Forged, Stale, Unsigned};
        let body = recorded()["body"].as_str().unwrap().to_owned();
        let respaced = body.replace(": ", ":");
        let signature = "/headers/X-Fal-Webhook-Signature";
        let time = "/headers/X-Fal-Webhook-Timestamp";
        for (vector, expected) in [
            (recorded(), Ok(())),
            (with("/now_unix", json!(1_752_020_070)), Ok(())),
            (with("/now_unix", json!(1_752_020_071)), Err(Stale)),
            (with("/now_unix", json!(1_752_019_470)), Ok(())),
            (with("/now_unix", json!(1_752_019_469)), Err(Stale)),
            (with("/body", json!(respaced)), Err(Forged)),
            (with("/body", json!(body.replace("dog", "cat"))), Err(Forged)),
            (with("/headers/X-FAL-WEBHOOK-USER-ID", json!("github|1")), Err(Forged)),
            (with("/headers/x-fal-webhook-request-id", json!("other")), Err(Forged)),
            (with(time, json!("1752019771")), Err(Forged)),
            (with(time, json!("soon")), Err(Unsigned)),
            (with(time, json!("")), Err(Unsigned)),
            (with(signature, json!("")), Err(Unsigned)),
            (with(signature, json!("zz")), Err(Unsigned)),
            (with(signature, json!("0".repeat(126))), Err(Unsigned)),
            (with(signature, json!("0".repeat(127))), Err(Unsigned)),
            (with(signature, json!("0".repeat(128))), Err(Forged)),
            (with("/jwks/keys", json!([])), Err(Forged)),
        ] {
            assert_eq!(proven(&vector), expected, "{vector}");
        }
        for header in recorded()["headers"].as_object().unwrap().keys() {
            let mut vector = recorded();
            vector["headers"].as_object_mut().unwrap().remove(header);
            assert_eq!(proven(&vector), Err(Unsigned), "without {header}");
        }
    }

    /// Against vectors made by another implementation (PyNaCl), where they are at hand.
    #[test]
    fn another_implementation_agrees() {
        let path = "../../../shared/fixtures/fal/webhook_signature_vectors.json";
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let Ok(text) = std::fs::read(path) else {
            eprintln!("not run: the vectors are not at hand");
            return;
        };
        let all: Value = serde_json::from_slice(&text).unwrap();
        let vectors = all["vectors"].as_array().unwrap();
        assert!(vectors.len() >= 12);
        for vector in vectors {
            let valid = vector["expect_valid"].as_bool().unwrap();
            assert_eq!(proven(vector).is_ok(), valid, "{}", vector["name"]);
        }
    }

    /// Whatever is bent proves nothing; and nothing panics.
    #[test]
    fn noise_proves_nothing() {
        let recorded = recorded();
        let now = Timestamp::from_second(recorded["now_unix"].as_i64().unwrap()).unwrap();
        let own = keys(recorded["jwks"].to_string().as_bytes()).unwrap();
        let named = recorded["headers"].as_object().unwrap();
        let right: Vec<_> =
            named.iter().map(|(k, v)| (k.clone(), v.as_str().unwrap().to_owned())).collect();
        let body = recorded["body"].as_str().unwrap();
        for at in 0..right.len() {
            safelight_testkit::noisy_text(&[&right[at].1.clone()], |text| {
                let mut headers = right.clone();
                text.clone_into(&mut headers[at].1);
                let proven = Signed::find(&headers)
                    .and_then(|signed| verify(&own, &signed, body.as_bytes(), now));
                let same = text.eq_ignore_ascii_case(&right[at].1);
                assert!(proven.is_err() || same, "{}: {text:?}", right[at].0);
            });
        }
        let set = recorded["jwks"].to_string();
        safelight_testkit::noise(&[&set, "{}", "{\"keys\":[]}"], |bytes| {
            let _ = keys(bytes);
        });
        safelight_testkit::noise(&[body], |bytes| {
            let signed = Signed::find(&right).unwrap();
            let proven = verify(&own, &signed, bytes, now).is_ok();
            assert_eq!(proven, bytes == body.as_bytes());
        });
    }
}
