//! Idempotency keys: the same key and the same request again are answered once.

use crate::{Invalid, Uuid};

/// The longest key.
const LENGTH_MAX: usize = 255;

/// A caller's idempotency key: 1 to 255 visible ASCII characters, unique per account.
///
/// An empty key would make every later request of an account a repetition of the first, so what
/// breaks the rule is refused here, for pages, the API and library callers alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key(String);

impl Key {
    /// Reads a key.
    pub fn parse(text: impl Into<String>) -> Result<Self, Invalid> {
        let text = text.into();
        let fits = text.bytes().all(|byte| byte.is_ascii_graphic());
        if (1..=LENGTH_MAX).contains(&text.len()) && fits {
            return Ok(Self(text));
        }
        let says = format!("a key is 1 to {LENGTH_MAX} visible ASCII characters, such as a UUID");
        Err(Invalid::new("key", says))
    }

    /// A key for a form of ours, made of an id that nothing else has.
    pub fn of_form(id: Uuid) -> Self {
        Self(format!("form-{id}"))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idempotency_key_is_one_to_255_visible_characters() {
        for good in ["a", "~", "form-1", &"x".repeat(255)] {
            assert_eq!(Key::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", " ", "two words", "tab\t", "line\n", "\u{7f}", "schlüssel", "ключ"] {
            assert_eq!(Key::parse(bad).unwrap_err().field, "key", "{bad:?}");
        }
        for long in [256, 100_000] {
            assert!(Key::parse("x".repeat(long)).is_err(), "{long}");
        }
        assert!(Key::parse(Key::of_form(Uuid::max()).as_str()).is_ok());
    }
}
