//! Whole credits: never negative, never a fraction, checked arithmetic only.

use std::fmt;

use crate::Invalid;

/// An amount of credits, 0 to [`Credits::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Credits(u32);

impl Credits {
    /// The most one amount may be: a limit on everything keeps sums far from overflow.
    pub const MAX: Self = Self(1_000_000_000);
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// One credit.
    pub const ONE: Self = Self(1);

    /// An amount, refused above [`Credits::MAX`].
    pub fn new(amount: u32) -> Result<Self, Invalid> {
        if amount <= Self::MAX.0 {
            Ok(Self(amount))
        } else {
            Err(Invalid::new("amount", format!("{amount} is more than {} credits", Self::MAX.0)))
        }
    }

    /// The plain number.
    pub fn get(self) -> u32 {
        self.0
    }

    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum, or none above the limit.
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).filter(|sum| *sum <= Self::MAX.0).map(Self)
    }

    /// The difference, or none below zero.
    pub fn minus(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// The amount `n` times, or none above the limit.
    pub fn times(self, n: u32) -> Option<Self> {
        self.0.checked_mul(n).filter(|product| *product <= Self::MAX.0).map(Self)
    }
}

impl fmt::Display for Credits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => write!(f, "1 credit"),
            n => write!(f, "{n} credits"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Credits;

    #[test]
    fn arithmetic_is_checked_at_both_ends() {
        let one = Credits::ONE;
        assert_eq!(Credits::ZERO.minus(one), None);
        assert_eq!(Credits::MAX.plus(one), None);
        assert_eq!(Credits::MAX.times(2), None);
        assert_eq!(one.times(4).map(Credits::get), Some(4));
        assert!(Credits::new(1_000_000_001).is_err());
        assert_eq!(one.to_string(), "1 credit");
        assert_eq!(Credits::ZERO.to_string(), "0 credits");
    }
}
