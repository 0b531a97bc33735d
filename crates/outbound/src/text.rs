//! Texts of strangers, for logs and errors.

/// `text` as one line of at most `longest` characters: control characters become blanks.
pub fn one_line(text: &str, longest: usize) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().take(longest).map(plain).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_line_stays_one_line() {
        assert_eq!(super::one_line("a\nb\u{1b}[31mcdef", 8), "a b [31m");
    }
}
