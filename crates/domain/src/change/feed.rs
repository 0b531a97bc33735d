//! The account's feed: what open pages are told.

use crate::{EventName, Uuid};

/// A row of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedWrite {
    /// The next row of the account's feed.
    Event(EventName, Uuid),
}
