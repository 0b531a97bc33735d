//! Percent-encoding of one path or one value (RFC 3986, unreserved characters kept).

use std::fmt::Write;

/// What becomes of slashes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Slash {
    /// They divide a path.
    Kept,
    /// They are part of a value.
    Encoded,
}

pub(super) fn encode(text: &str, slash: Slash) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            b'/' if slash == Slash::Kept => encoded.push('/'),
            _ => write!(encoded, "%{byte:02X}").expect("a String takes all"),
        }
    }
    encoded
}

/// The text behind `encoded`; none if an escape is cut or the bytes are no UTF-8. A plus is a
/// plus: we never write one for a space.
pub(super) fn decode(encoded: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => hex(rest.next()?)? << 4 | hex(rest.next()?)?,
            plain => plain,
        });
    }
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u8> {
    u8::try_from(char::from(digit).to_digit(16)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let name = "Füchse/100% +&=.png";
        let encoded = encode(name, Slash::Encoded);
        assert_eq!(encoded, "F%C3%BCchse%2F100%25%20%2B%26%3D.png");
        assert_eq!(decode(&encoded).as_deref(), Some(name));
        assert_eq!(encode("a/b c", Slash::Kept), "a/b%20c");
        for bad in ["%", "%2", "%zz", "%ff", "%+1"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }
}
