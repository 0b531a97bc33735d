//! Bytes as hex digits, and back.

use std::fmt::Write;

/// Two lower-case digits a byte.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The bytes of digits in either case; none when they are not pairs of digits.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| {
            let digit = |n: usize| pair.get(n).and_then(|byte| char::from(*byte).to_digit(16));
            u8::try_from(digit(0)? * 16 + digit(1)?).ok()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{hex, unhex};

    #[test]
    fn there_and_back() {
        assert_eq!(hex(&[0, 10, 255]), "000aff");
        assert_eq!(unhex("000aFF"), Some(vec![0, 10, 255]));
        for bad in ["0", "0g", "g0", "é", "+1", "0x"] {
            assert_eq!(unhex(bad), None, "{bad}");
        }
    }
}
