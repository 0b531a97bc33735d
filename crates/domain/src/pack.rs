//! Packs: credits to buy once, as the operator configured them. A new pack is a line of
//! configuration and nothing else.

use std::fmt;

use crate::{Credits, Invalid};

/// The most credits one pack may hold: what it is worth times what was paid then fits 63 bits.
const CREDITS_MAX: u32 = 10_000_000;
/// The most one may cost, in smallest units.
const MINOR_MAX: u64 = 100_000_000_000;

/// Whose money moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaymentMode {
    /// Nobody's: the play checkout of a studio without keys.
    Play,
    /// Nobody's: the provider's test mode.
    Test,
    /// The buyer's.
    Live,
}

impl PaymentMode {
    /// All modes, for tables and tests.
    pub const ALL: [Self; 3] = [Self::Play, Self::Test, Self::Live];

    /// The word used in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Play => "play",
            Self::Test => "test",
            Self::Live => "live",
        }
    }
}

/// An amount in the currency's smallest unit (1999 = 19.99 USD; 1999 = 1999 JPY).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Money {
    /// How many smallest units.
    pub minor: u64,
    /// ISO 4217, lower case.
    pub currency: String,
}

impl Money {
    /// A price of something on sale.
    pub fn price(minor: u64, currency: &str) -> Result<Self, Invalid> {
        if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_lowercase()) {
            let says = "a currency is three small letters of ISO 4217, such as \"usd\"";
            return Err(Invalid::new("currency", says));
        }
        if !(1..=MINOR_MAX).contains(&minor) {
            let says = "an amount is at least 1, in the currency's smallest unit (999 = 9.99 USD)";
            return Err(Invalid::new("amount", says));
        }
        Ok(Self { minor, currency: currency.to_owned() })
    }

    /// Digits behind the point (Stripe: zero-decimal and three-decimal currencies).
    pub fn decimals(&self) -> usize {
        match self.currency.as_str() {
            "bif" | "clp" | "djf" | "gnf" | "jpy" | "kmf" | "krw" | "mga" | "pyg" | "rwf"
            | "ugx" | "vnd" | "vuv" | "xaf" | "xof" | "xpf" => 0,
            "bhd" | "jod" | "kwd" | "omr" | "tnd" => 3,
            _ => 2,
        }
    }
}

impl fmt::Display for Money {
    /// As in `9.99 USD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (decimals, currency) = (self.decimals(), self.currency.to_uppercase());
        if decimals == 0 {
            return write!(f, "{} {currency}", self.minor);
        }
        let digits = format!("{:0>1$}", self.minor, decimals + 1);
        let (whole, part) = digits.split_at(digits.len() - decimals);
        write!(f, "{whole}.{part} {currency}")
    }
}

/// The name of a pack, such as `small`: 1 to 40 of `a-z 0-9 _ -`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackName(String);

impl PackName {
    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
        if (1..=40).contains(&text.len()) && text.bytes().all(fits) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new("pack", "a pack's name is 1 to 40 of a-z, 0-9, _ and -"))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Credits on sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    /// What the operator calls it.
    pub name: PackName,
    /// What a buyer gets.
    pub credits: Credits,
    /// Days after which the rest dies; never when none.
    pub expires_days: Option<u32>,
    /// What it costs, as shown; the provider's price must agree.
    pub money: Money,
    /// The price there, by lookup key or id.
    pub price: String,
}

impl Pack {
    /// Refuses what nobody can mean.
    pub fn check(self) -> Result<Self, Invalid> {
        if !(1..=CREDITS_MAX).contains(&self.credits.get()) {
            return Err(Invalid::new(
                "credits",
                format!("a pack holds 1 to {CREDITS_MAX} credits"),
            ));
        }
        if self.expires_days.is_some_and(|days| !(1..=36_500).contains(&days)) {
            return Err(Invalid::new(
                "expires_days",
                "credits live 1 to 36500 days, or leave it out",
            ));
        }
        let fits = |b: u8| b.is_ascii_graphic();
        if !(1..=200).contains(&self.price.len()) || !self.price.bytes().all(fits) {
            let says = "a price is a lookup key or an id of 1 to 200 characters without spaces";
            return Err(Invalid::new("price", says));
        }
        Ok(self)
    }
}

/// All packs on sale, smallest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Packs(Vec<Pack>);

impl Packs {
    /// Packs on sale.
    pub fn new(packs: impl IntoIterator<Item = Pack>) -> Self {
        let mut packs: Vec<_> = packs.into_iter().collect();
        packs.sort_by(|a, b| (a.credits, &a.name).cmp(&(b.credits, &b.name)));
        Self(packs)
    }

    /// The pack called `name`; unknown names are refused with the names there are.
    pub fn pack(&self, name: &str) -> Result<&Pack, Invalid> {
        self.0.iter().find(|pack| pack.name.as_str() == name).ok_or_else(|| {
            let known: Vec<_> = self.0.iter().map(|pack| pack.name.as_str()).collect();
            let says = if known.is_empty() {
                "no packs are on sale; the operator adds them under [packs]".to_owned()
            } else {
                format!("no pack on sale is called that; there are {}", known.join(", "))
            };
            Invalid::new("pack", says)
        })
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Pack> {
        self.0.iter()
    }

    /// Whether nothing is on sale.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_told_in_its_own_decimals() {
        for (minor, currency, says) in [
            (999, "usd", "9.99 USD"),
            (5, "eur", "0.05 EUR"),
            (1999, "jpy", "1999 JPY"),
            (1999, "kwd", "1.999 KWD"),
        ] {
            assert_eq!(Money::price(minor, currency).unwrap().to_string(), says);
        }
        for (minor, currency) in [(0, "usd"), (1, "USD"), (1, "dollar"), (MINOR_MAX + 1, "usd")] {
            assert!(Money::price(minor, currency).is_err(), "{minor} {currency}");
        }
    }
}
