//! How a browser is told to save, and as what.

use safelight_sigv4::encode_value;

/// Long enough for the words of a prompt, short enough for every file system.
const MAX_CHARS: usize = 120;

/// A `content-disposition` that saves as `name`: for old readers with nothing in it that could end
/// the quotes or the header, and whole in UTF-8 (RFC 6266, RFC 5987). What a name may be on a disk
/// is the browser's to see to.
pub(crate) fn save_as(name: &str) -> String {
    let name: String = name.chars().filter(|c| !c.is_control()).take(MAX_CHARS).collect();
    // No percent sign: some readers decode the plain form as well.
    let plain = |c: char| match c {
        'A'..='Z' | 'a'..='z' | '0'..='9' | '-' | '.' | '_' | ' ' | '(' | ')' | '+' | ',' => c,
        _ => '_',
    };
    let safe: String = name.chars().map(plain).collect();
    format!("attachment; filename=\"{safe}\"; filename*=UTF-8''{}", encode_value(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (name, plain, whole) in [
            ("fox.png", "fox.png", "fox.png"),
            ("a red fox.png", "a red fox.png", "a%20red%20fox.png"),
            ("Füchse.webp", "F_chse.webp", "F%C3%BCchse.webp"),
            ("a\"; b=\\", "a__ b__", "a%22%3B%20b%3D%5C"),
            ("x\r\nSet-Cookie: a", "xSet-Cookie_ a", "xSet-Cookie%3A%20a"),
            ("100%41'/", "100_41__", "100%2541%27%2F"),
        ] {
            let expected = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}");
            assert_eq!(save_as(name), expected);
        }
        assert_eq!(save_as(&"é".repeat(500)), save_as(&"é".repeat(MAX_CHARS)));
    }
}
