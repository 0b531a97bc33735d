//! The words a picture is made from.

use std::fmt;

use crate::Invalid;

/// Words for the provider: trimmed, 1 to [`Prompt::MAX`] characters, no control characters
/// but line breaks and tabs. Never logged: its Debug form hides the text.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Prompt(String);

impl Prompt {
    /// The longest prompt, in characters. FLUX reads some 512 tokens; beyond this is a mistake.
    pub const MAX: usize = 4_000;

    /// Reads the prompt of a request.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::parse_field("prompt", text)?
            .ok_or_else(|| Invalid::new("prompt", "the prompt is empty; say what to picture"))
    }

    /// Reads an optional negative prompt: blank means none.
    pub fn parse_negative(text: &str) -> Result<Option<Self>, Invalid> {
        Self::parse_field("negative_prompt", text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parse_field(field: &'static str, text: &str) -> Result<Option<Self>, Invalid> {
        // Judged as it was sent: what the document says of it holds before anything is trimmed.
        let length = text.chars().count();
        if length > Self::MAX {
            let says = format!("{length} characters are too many; shorten it to {}", Self::MAX);
            return Err(Invalid::new(field, says));
        }
        let text = text.replace("\r\n", "\n");
        let control = |c: char| c.is_control() && c != '\n' && c != '\t';
        if let Some(bad) = text.chars().find(|c| control(*c)) {
            let says = format!("it holds the control character U+{:04X}; remove it", bad as u32);
            return Err(Invalid::new(field, says));
        }
        let text = text.trim();
        Ok((!text.is_empty()).then(|| Self(text.to_owned())))
    }
}

impl fmt::Debug for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Prompt({} characters)", self.0.chars().count())
    }
}

#[cfg(test)]
mod tests {
    use super::Prompt;

    #[test]
    fn prompts() {
        assert_eq!(Prompt::parse("  a red fox \r\n").unwrap().as_str(), "a red fox");
        assert_eq!(Prompt::parse("line\r\nline").unwrap().as_str(), "line\nline");
        for bad in ["", "   ", "\n\t", "nul\0", "bell\u{7}", "esc\u{1b}[0m"] {
            assert!(Prompt::parse(bad).is_err(), "{bad:?}");
        }
        assert!(Prompt::parse(&"é".repeat(4_000)).is_ok());
        assert!(Prompt::parse(&"x".repeat(4_001)).is_err());
        assert_eq!(Prompt::parse_negative(" "), Ok(None));
        assert_eq!(format!("{:?}", Prompt::parse("secret").unwrap()), "Prompt(6 characters)");
    }
}
