//! Which part of a list: an opaque cursor and a limit.

use poem_openapi::{param::Query, registry::MetaSchema};
use safelight_domain::Invalid;
use safelight_usecases::{Cursor, Page};

use crate::wire::{Text, Wire};

/// The query parameter `cursor`: what `next` of the page before said.
pub type CursorParam = Query<Option<Text<Cursor>>>;
/// The query parameter `limit`.
pub type LimitParam = Query<Option<Text<Limit>>>;

/// The page two parameters name.
pub fn page(cursor: Option<Text<Cursor>>, limit: Option<Text<Limit>>) -> Page {
    let after = cursor.map(|cursor| cursor.0);
    Page { after, limit: limit.map_or(Limit::USUAL, |limit| limit.0.0) }
}

/// At most how many rows: 1 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(u16);

impl Limit {
    const USUAL: u16 = 20;
    const MOST: u16 = 100;
}

impl Wire for Limit {
    const NAME: &'static str = "limit";

    fn schema() -> MetaSchema {
        MetaSchema {
            minimum: Some(1.0),
            maximum: Some(Self::MOST.into()),
            default: Some(Self::USUAL.into()),
            ..MetaSchema::new("integer")
        }
    }

    fn read(text: &str) -> Result<Self, Invalid> {
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        let limit = text.parse().ok().filter(|n| digits && (1..=Self::MOST).contains(n));
        limit.map(Self).ok_or_else(|| Invalid::new("limit", "a limit is a number from 1 to 100"))
    }

    fn write(&self) -> String {
        self.0.to_string()
    }
}

impl Wire for Cursor {
    const NAME: &'static str = "cursor";

    fn schema() -> MetaSchema {
        MetaSchema { pattern: Some("^[0-9a-f]{32}$".into()), ..MetaSchema::new("string") }
    }

    fn read(text: &str) -> Result<Self, Invalid> {
        let hex = text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let place = u128::from_str_radix(text, 16).ok().filter(|_| hex);
        let says = "not a place in a list; send back `next` as it came, or leave it out";
        place.map(Self).ok_or_else(|| Invalid::new("cursor", says))
    }

    fn write(&self) -> String {
        format!("{:032x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_come_back_and_nothing_else_is_one() {
        for place in [0, 1, u128::from(u64::MAX), u128::MAX] {
            assert_eq!(Cursor::read(&Cursor(place).write()), Ok(Cursor(place)));
        }
        let upper = "F".repeat(32);
        let long = "0".repeat(33);
        for bad in ["", "1", "+0000000000000000000000000000001", &upper, &long, "next"] {
            assert_eq!(Cursor::read(bad).unwrap_err().field, "cursor", "{bad}");
        }
    }

    #[test]
    fn a_limit_is_1_to_100() {
        assert_eq!((Limit::read("1"), Limit::read("100")), (Ok(Limit(1)), Ok(Limit(100))));
        for bad in ["", "0", "101", "-1", "+5", "1.5", "all", "99999999"] {
            assert_eq!(Limit::read(bad).unwrap_err().field, "limit", "{bad}");
        }
    }
}
