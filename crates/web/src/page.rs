//! Which part of a list: an opaque cursor and a limit.
//!
//! Invariant: a cursor of another list, or of another account's, is refused; it never becomes the
//! first page.

use poem_openapi::{param::Query, registry::MetaSchema};
use safelight_domain::{AccountId, Invalid};
use safelight_usecases::{Cursor, Page};
use sha2::{Digest, Sha256};

use crate::wire::{Text, Wire};

/// The query parameter `cursor`: what `next` of the page before said.
pub type CursorParam = Query<Option<Text<Mark>>>;
/// The query parameter `limit`.
pub type LimitParam = Query<Option<Text<Limit>>>;

/// A list that is told page by page, and whose it is. A place in one list is none in another.
#[derive(Debug, Clone, Copy)]
pub struct ListOf {
    name: &'static str,
    whose: Option<AccountId>,
}

impl ListOf {
    /// A list of an account's own things.
    pub fn mine(name: &'static str, account: AccountId) -> Self {
        Self { name, whose: Some(account) }
    }

    /// A list of everybody's.
    pub fn all(name: &'static str) -> Self {
        Self { name, whose: None }
    }

    /// A place in this list as addresses carry it.
    pub fn mark(self, Cursor(place): Cursor) -> Mark {
        Mark { place, tag: self.tag(place) }
    }

    /// The same, as text.
    pub fn write(self, cursor: Cursor) -> String {
        self.mark(cursor).write()
    }

    /// The place that the text of `field` names, when it is one of this list.
    pub fn read(self, field: &'static str, text: &str) -> Result<Cursor, Invalid> {
        let no = |Invalid { says, .. }| Invalid::new(field, says);
        Mark::read(text).and_then(|mark| self.cursor(mark)).map_err(no)
    }

    /// The page that two parameters name.
    pub fn page(
        self,
        cursor: Option<Text<Mark>>,
        limit: Option<Text<Limit>>,
    ) -> Result<Page, Invalid> {
        let after = cursor.map(|mark| self.cursor(mark.0)).transpose()?;
        Ok(Page { after, limit: limit.map_or(Limit::USUAL, |limit| limit.0.0) })
    }

    fn cursor(self, Mark { place, tag }: Mark) -> Result<Cursor, Invalid> {
        let says = "a place in another list; send back `next` of this one, or leave it out";
        let own = (tag == self.tag(place)).then_some(Cursor(place));
        own.ok_or_else(|| Invalid::new("cursor", says))
    }

    /// Tells mistakes, not forgeries: whose things are listed is decided by who asks.
    fn tag(self, place: u128) -> u32 {
        let mut sum = Sha256::new();
        sum.update(self.name);
        sum.update([0]);
        sum.update(self.whose.map(|account| *account.0.as_bytes()).unwrap_or_default());
        sum.update(place.to_be_bytes());
        let [a, b, c, d, ..]: [u8; 32] = sum.finalize().into();
        u32::from_be_bytes([a, b, c, d])
    }
}

/// A place in some list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    place: u128,
    tag: u32,
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

impl Wire for Mark {
    const NAME: &'static str = "cursor";

    fn schema() -> MetaSchema {
        MetaSchema { pattern: Some("^[0-9a-f]{40}$".into()), ..MetaSchema::new("string") }
    }

    fn read(text: &str) -> Result<Self, Invalid> {
        let hex = text.len() == 40 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let read = |(place, tag)| {
            let place = u128::from_str_radix(place, 16).ok()?;
            Some(Self { place, tag: u32::from_str_radix(tag, 16).ok()? })
        };
        let says = "not a place in a list; send back `next` as it came, or leave it out";
        let mark = text.split_at_checked(32).filter(|_| hex).and_then(read);
        mark.ok_or_else(|| Invalid::new("cursor", says))
    }

    fn write(&self) -> String {
        format!("{:032x}{:08x}", self.place, self.tag)
    }
}

#[cfg(test)]
mod tests {
    use safelight_domain::Uuid;

    use super::*;

    #[test]
    fn a_place_comes_back_to_its_own_list_and_to_no_other() {
        let account = |n| AccountId(Uuid::from_u128(n));
        let lists = [
            ListOf::mine("images", account(1)),
            ListOf::mine("images", account(2)),
            ListOf::mine("entries", account(1)),
            ListOf::all("images"),
        ];
        for place in [0, 1, u128::from(u64::MAX), u128::MAX] {
            for (at, list) in lists.iter().enumerate() {
                let text = list.write(Cursor(place));
                for (other, read) in lists.iter().enumerate() {
                    let found = read.read("cursor", &text).ok();
                    assert_eq!(found, (at == other).then_some(Cursor(place)), "{at} {other}");
                }
            }
        }
        let list = lists[0];
        let (upper, long) = ("F".repeat(40), "0".repeat(41));
        let plain = "0".repeat(32);
        for bad in
            ["", "1", "+000000000000000000000000000000100000000", &upper, &long, &plain, "next"]
        {
            assert_eq!(list.read("lines", bad).unwrap_err().field, "lines", "{bad}");
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
