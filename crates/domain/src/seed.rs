//! Seeds: the whole u64 range, kept as text outside because JavaScript rounds above 2^53.

use std::fmt;

use crate::Invalid;

/// Where a picture's noise starts. The same words, model, size and seed make the same picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Seed(pub u64);

impl Seed {
    /// Reads a decimal seed.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        text.parse().ok().filter(|_| digits).map(Self).ok_or_else(|| {
            Invalid::new("seed", format!("a seed is a whole number from 0 to {}", u64::MAX))
        })
    }

    /// The seed of the `index`-th picture of a request: consecutive, wrapping at the top.
    #[must_use]
    pub fn offset(self, index: u8) -> Self {
        Self(self.0.wrapping_add(u64::from(index)))
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::Seed;

    #[test]
    fn seeds() {
        for (text, seed) in [
            ("0", Some(0)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("-1", None),
            ("+1", None),
            ("1.0", None),
            ("", None),
        ] {
            assert_eq!(Seed::parse(text).ok(), seed.map(Seed), "{text:?}");
        }
        assert_eq!(Seed(u64::MAX).offset(1), Seed(0));
    }
}
