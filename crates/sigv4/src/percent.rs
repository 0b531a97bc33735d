//! Percent-encoding as signatures want it: everything but `A-Z a-z 0-9 - . _ ~` becomes `%XX` in
//! capitals, a space included (S3 API Reference: `UriEncode`).

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// What becomes of slashes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slash {
    /// They divide a path.
    Kept,
    /// They are part of a value.
    Encoded,
}

/// An object key or a path, once encoded, with its slashes kept.
pub fn encode_path(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    push(&mut encoded, path, Slash::Kept);
    encoded
}

/// The name or value of a query pair or a header parameter: slashes are encoded too.
pub fn encode_value(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    push(&mut encoded, value, Slash::Encoded);
    encoded
}

/// Appends `text` encoded. Runs of plain characters are copied whole: keys are mostly plain.
pub(crate) fn push(encoded: &mut String, text: &str, slash: Slash) {
    let plain = |byte: u8| PLAIN[usize::from(byte)] || (byte == b'/' && slash == Slash::Kept);
    let mut start = 0;
    for (at, byte) in text.bytes().enumerate() {
        if plain(byte) {
            continue;
        }
        // What is plain is ASCII, so a run begins and ends between characters. Inside one that is
        // encoded byte by byte there is no run.
        if start < at {
            encoded.push_str(&text[start..at]);
        }
        let (high, low) = (HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]);
        encoded.extend(['%', char::from(high), char::from(low)]);
        start = at + 1;
    }
    encoded.push_str(&text[start..]);
}

const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0_u8;
    loop {
        plain[byte as usize] =
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        if byte == u8::MAX {
            break plain;
        }
        byte += 1;
    }
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_texts() {
        for (text, path, value) in [
            ("", "", ""),
            ("images/a-b_c.d~e", "images/a-b_c.d~e", "images%2Fa-b_c.d~e"),
            ("a b+c", "a%20b%2Bc", "a%20b%2Bc"),
            ("ሴ", "%E1%88%B4", "%E1%88%B4"),
            ("xéy", "x%C3%A9y", "x%C3%A9y"),
            ("100%", "100%25", "100%25"),
            ("\"'()*!", "%22%27%28%29%2A%21", "%22%27%28%29%2A%21"),
            ("\u{0}\u{7f}", "%00%7F", "%00%7F"),
        ] {
            assert_eq!(encode_path(text), path);
            assert_eq!(encode_value(text), value);
        }
    }
}
