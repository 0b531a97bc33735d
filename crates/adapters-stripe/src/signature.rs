//! The signature of a push (Stripe docs: webhooks; the official clients' `verifyHeader`).
//!
//! Stricter than those clients in two ways: a time in the future is as wrong as one long past, so
//! that nobody can sign today what is to be believed for ever; and a header with two times is
//! refused, for the clients disagree on which one counts.

use hmac::{Hmac, KeyInit, Mac};
use safelight_domain::Timestamp;
use safelight_outbound::hex;
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// How far from now the time may be, in seconds: as in the official clients.
const TOLERANCE: u64 = 300;
/// The longest header, and the most signatures in one: Stripe sends one a secret.
const HEADER_MAX: usize = 4_096;
const SIGNATURES_MAX: usize = 16;

/// Why a signature proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// The header is missing or unreadable.
    #[error("the signature header is missing or unreadable")]
    Unsigned,
    /// Signed more than five minutes away from now.
    #[error("the time of the signature is not now")]
    Stale,
    /// None of the secrets made it.
    #[error("no known secret made the signature")]
    Forged,
}

/// Proves that one of `secrets` signed `body`, byte for byte as it came, about `now`. Blank
/// secrets prove nothing.
pub fn verify<'a>(
    secrets: impl IntoIterator<Item = &'a str>,
    header: &str,
    body: &[u8],
    now: Timestamp,
) -> Result<(), Unproven> {
    let (time, signatures) = parse(header).ok_or(Unproven::Unsigned)?;
    let at: i64 = time.parse().map_err(|_| Unproven::Unsigned)?;
    let mut is_proven = false;
    for secret in secrets.into_iter().filter(|secret| !secret.trim().is_empty()) {
        let own = sign(secret, time, body);
        for signature in &signatures {
            is_proven |= bool::from(own.as_bytes().ct_eq(signature.as_bytes()));
        }
    }
    if !is_proven {
        return Err(Unproven::Forged);
    }
    if now.as_second().abs_diff(at) > TOLERANCE {
        return Err(Unproven::Stale);
    }
    Ok(())
}

/// The time as written, and the signatures of scheme `v1`. Blanks are not trimmed: the clients do
/// not either.
fn parse(header: &str) -> Option<(&str, Vec<&str>)> {
    if header.len() > HEADER_MAX {
        return None;
    }
    let mut time = None;
    let mut signatures = Vec::new();
    for part in header.split(',') {
        match part.split_once('=') {
            Some(("t", _)) if time.is_some() => return None,
            Some(("t", text)) => time = Some(text),
            Some(("v1", text)) => signatures.push(text),
            _ => {}
        }
    }
    let time = time.filter(|text| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()))?;
    (!signatures.is_empty() && signatures.len() <= SIGNATURES_MAX).then_some((time, signatures))
}

/// The signature in lower-case hex: the key is the whole secret, its prefix included.
fn sign(secret: &str, time: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length is a key");
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    hex(&mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// Verdicts of both official clients over what may be in a header.
    #[test]
    fn the_official_clients_agree() {
        let all: Value =
            serde_json::from_str(include_str!("../tests/data/signatures.json")).unwrap();
        let vectors = all["vectors"].as_array().unwrap();
        assert_eq!(vectors.len(), 28);
        for vector in vectors {
            let text = |field: &str| vector[field].as_str().unwrap();
            let now = Timestamp::from_second(vector["now"].as_i64().unwrap()).unwrap();
            let verdict = verify([text("secret")], text("header"), text("payload").as_bytes(), now);
            let [python, node] = ["stripe_python", "stripe_node"].map(|c| text(c) == "ok");
            let expected = match text("name") {
                // The clients accept a time to come: it would outlive its secret's rolling. They
                // disagree on two times: the first one counts for one, the last for the other.
                "future_3600" | "duplicate_t_last_valid" => false,
                name => {
                    assert_eq!(python, node, "{name}");
                    node
                }
            };
            assert_eq!(verdict.is_ok(), expected, "{}: {verdict:?}", text("name"));
        }
    }

    #[test]
    fn why_it_is_refused() {
        use Unproven::{Forged, Stale, Unsigned};
        let now = Timestamp::from_second(1_767_225_600).unwrap();
        let good = sign("whsec_a", "1767225600", b"{}");
        let late = sign("whsec_a", "1767225299", b"{}");
        let early = sign("whsec_a", "1767225901", b"{}");
        let many = format!("t=1767225600{}", format!(",v1={good}").repeat(17));
        for (header, expected) in [
            (format!("t=1767225600,v1={good}"), Ok(())),
            (format!("t=1767225600,v1={}", good.replace('a', "b")), Err(Forged)),
            (format!("t=1767225299,v1={late}"), Err(Stale)),
            // Who cannot sign learns nothing about our clock.
            (format!("t=1767225299,v1={good}"), Err(Forged)),
            (format!("t=1767225901,v1={early}"), Err(Stale)),
            (format!("t=1767225600,v0={good}"), Err(Unsigned)),
            (format!("t=+1767225600,v1={good}"), Err(Unsigned)),
            (format!("t=,v1={good}"), Err(Unsigned)),
            (format!("t=99999999999999999999,v1={good}"), Err(Unsigned)),
            (many, Err(Unsigned)),
            (format!("t=1767225600,v1={good},{}", "x".repeat(5_000)), Err(Unsigned)),
            (String::new(), Err(Unsigned)),
        ] {
            assert_eq!(verify(["whsec_b", "whsec_a"], &header, b"{}", now), expected, "{header}");
        }
        let blank = sign(" ", "1767225600", b"{}");
        let header = format!("t=1767225600,v1={blank}");
        assert_eq!(verify([" ", ""], &header, b"{}", now), Err(Forged));
        assert_eq!(verify([], &header, b"{}", now), Err(Forged));
    }

    /// Whatever is bent proves nothing; and nothing panics.
    #[test]
    fn noise_proves_nothing() {
        let (now, body) = (Timestamp::from_second(1_752_019_771).unwrap(), b"{}");
        let right = format!("t=1752019771,v1={}", sign("whsec_x", "1752019771", body));
        let other = format!("t=1752019771,v1={},v0=x", sign("whsec_y", "1752019771", body));
        assert_eq!(verify(["whsec_x"], &right, body, now), Ok(()));
        let proof = right.rsplit('=').next().unwrap().to_owned();
        safelight_testkit::noisy_text(&[&right, &other], |header| {
            let proven = verify(["whsec_x"], header, body, now).is_ok();
            assert!(!proven || header.contains("t=1752019771") && header.contains(&proof));
        });
    }
}
