//! File names that are safe to put in a header and on any disk.

/// Long enough for the words of a prompt, short enough for every file system.
const MAX_CHARS: usize = 120;

/// `name` without what could end a header, a quoted string or a path, and never empty. Letters of
/// any script stay; writing them into a header is the web's business.
pub(super) fn safe(name: &str) -> String {
    let tame = |c: char| match c {
        c if c.is_control() => None,
        '"' | '\\' | '/' | ':' | '*' | '?' | '<' | '>' | '|' | ';' | '%' => Some('-'),
        // Marks that turn text around can make an ending look like another.
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
        c => Some(c),
    };
    let name: String = name.chars().filter_map(tame).take(MAX_CHARS).collect();
    match name.trim_matches([' ', '.']) {
        "" => "picture".to_owned(),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn names() {
        for (name, made) in [
            ("a red fox.png", "a red fox.png"),
            ("Füchse.webp", "Füchse.webp"),
            ("a\"; filename=\"evil.exe", "a-- filename=-evil.exe"),
            ("x.png\r\nSet-Cookie: a=b", "x.pngSet-Cookie- a=b"),
            ("../../etc/passwd", "-..-etc-passwd"),
            ("fox\u{202e}gnp.exe", "foxgnp.exe"),
            (" . ", "picture"),
            ("", "picture"),
        ] {
            assert_eq!(safe(name), made, "{name:?}");
        }
        assert_eq!(safe(&"é".repeat(500)).chars().count(), 120);
    }
}
