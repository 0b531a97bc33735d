//! Secrets as people and browsers carry them, and the digests that are kept instead.

use std::fmt;

use safelight_domain::Mac;
use sha2::{Digest, Sha256};

/// Crockford's base 32: no I, L, O or U, so that nothing read aloud is mistaken.
const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A key only the studio knows, mixed into the digests of short codes: a stolen database alone
/// does not tell them.
#[derive(Clone, Copy)]
pub struct Pepper(pub [u8; 32]);

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pepper(..)")
    }
}

/// Eight characters for a person to type: 40 bits, shown as `XXXX-XXXX`.
pub(crate) fn code(random: &[u8; 32]) -> String {
    let letter = |byte: &u8| char::from(CROCKFORD[usize::from(byte % 32)]);
    let (left, right) = random[..8].split_at(4);
    let half = |bytes: &[u8]| bytes.iter().map(letter).collect::<String>();
    format!("{}-{}", half(left), half(right))
}

/// A typed code as it was meant: capitals, no separators, look-alikes folded.
pub(crate) fn fold_code(text: &str) -> String {
    let letters = text.chars().filter(char::is_ascii_alphanumeric);
    letters
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        })
        .take(16)
        .collect()
}

/// A 256-bit token as text for cookies and links.
pub(crate) fn token(random: [u8; 32]) -> String {
    let (left, right) = random.split_at(16);
    let half = |bytes: &[u8]| bytes.iter().fold(0_u128, |n, byte| (n << 8) | u128::from(*byte));
    format!("{:032x}{:032x}", half(left), half(right))
}

/// The digest of a token. Plain: nobody guesses 256 bits.
pub(crate) fn digest(token: &str) -> Mac {
    Sha256::digest(token).into()
}

/// The digest of a short code, keyed and bound to what it is for.
pub(crate) fn keyed(Pepper(key): Pepper, purpose: &[u8], code: &str) -> Mac {
    use hmac::{Hmac, KeyInit, Mac as _};
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("any length is a key");
    mac.update(purpose);
    mac.update(code.as_bytes());
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_survives_being_typed() {
        let code = code(&[
            1, 31, 2, 30, 3, 29, 0, 18, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9,
            9, 9, 9, 9,
        ]);
        assert_eq!(code, "1Z2Y-3X0J");
        for typed in ["1z2y3x0j", " lZ2Y 3XOJ ", "iz2y-3x0j"] {
            assert_eq!(fold_code(typed), "1Z2Y3X0J", "{typed}");
        }
    }

    #[test]
    fn a_code_is_bound_to_its_challenge_and_the_studio() {
        let mac = keyed(Pepper([1; 32]), b"a", "1Z2Y3X0J");
        assert_ne!(mac, keyed(Pepper([2; 32]), b"a", "1Z2Y3X0J"));
        assert_ne!(mac, keyed(Pepper([1; 32]), b"b", "1Z2Y3X0J"));
        assert_eq!(format!("{:?}", Pepper([1; 32])), "Pepper(..)");
    }
}
