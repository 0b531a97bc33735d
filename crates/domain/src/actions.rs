//! Paid acts and their prices: one table for everything that costs credits.

use std::{collections::BTreeMap, fmt};

use crate::{Credits, Invalid};

/// The name of a paid act, such as `image` or `export`: 1 to 40 of `a-z 0-9 _ -`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionName(String);

impl ActionName {
    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
        if (1..=40).contains(&text.len()) && text.bytes().all(fits) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new("action", "an action's name is 1 to 40 of a-z, 0-9, _ and -"))
        }
    }

    /// The act every render is: making one picture.
    pub fn image() -> Self {
        Self("image".to_owned())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ActionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The operator's price list for acts other than pictures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Actions(BTreeMap<ActionName, Credits>);

impl Actions {
    /// A list from its lines.
    pub fn new(lines: impl IntoIterator<Item = (ActionName, Credits)>) -> Self {
        Self(lines.into_iter().collect())
    }

    /// What `name` costs; unknown names are refused with the names there are.
    pub fn price(&self, name: &ActionName) -> Result<Credits, Invalid> {
        self.0.get(name).copied().ok_or_else(|| {
            let known: Vec<_> = self.0.keys().map(ActionName::as_str).collect();
            let says = if known.is_empty() {
                "the operator has defined no actions; add one under [actions]".to_owned()
            } else {
                format!("no action is called {name}; there are {}", known.join(", "))
            };
            Invalid::new("action", says)
        })
    }

    /// All lines, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&ActionName, Credits)> {
        self.0.iter().map(|(name, price)| (name, *price))
    }
}
