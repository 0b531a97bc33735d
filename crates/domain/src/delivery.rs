//! A delivery: one notice of the payment provider, kept before it is acted on.
//!
//! Invariant: it is marked in the commit that holds its effect, or after an effect that happens
//! once anyhow; never before.

use crate::{AccountId, Invalid, Timestamp};

/// The provider's id of an event, the same at every delivery: 1 to 255 visible ASCII characters.
///
/// An empty id would make every later notice a repetition of the first one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(String);

impl EventId {
    /// Reads an id.
    pub fn parse(text: impl Into<String>) -> Result<Self, Invalid> {
        let text = text.into();
        if (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(Self(text));
        }
        Err(Invalid::new("event", "an event's id is 1 to 255 visible ASCII characters"))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a notice is about: the object to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Topic {
    /// A purchase.
    Checkout(String),
    /// A payment, named by a charge, a refund or the payment itself.
    Payment(String),
    /// A customer who is no more.
    CustomerGone(String),
    /// Nothing the studio acts on; recorded and left.
    Other,
}

/// What has become of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    /// To be acted on at its `next_at`.
    Pending,
    /// Its effect is in the books, or was there before.
    Applied,
    /// Nothing of ours.
    Ignored,
    /// Of another mode than our key: left for a person.
    Parked,
    /// Tried too often: left for a person.
    Dead,
}

impl DeliveryState {
    /// All states, for tables and tests.
    pub const ALL: [Self; 5] =
        [Self::Pending, Self::Applied, Self::Ignored, Self::Parked, Self::Dead];

    /// The word used everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Applied => "applied",
            Self::Ignored => "ignored",
            Self::Parked => "parked",
            Self::Dead => "dead",
        }
    }
}

/// Lines of a journal, from the first to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effect {
    /// Whose journal.
    pub account_id: AccountId,
    /// The first line's number.
    pub first: u32,
    /// The last line's number.
    pub last: u32,
}

/// One notice, kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The provider's id of the event.
    pub event: EventId,
    /// Its type, such as `checkout.session.completed`.
    pub kind: String,
    /// What to ask for.
    pub topic: Topic,
    /// The customer it concerns, when it tells.
    pub customer: Option<String>,
    /// The version its body is written in.
    pub api_version: Option<String>,
    /// Whether real money moved.
    pub live: bool,
    /// When it happened there.
    pub created_at: Timestamp,
    /// When it came here.
    pub received_at: Timestamp,
    /// A few headers it came with, a line each; or how else it came.
    pub headers: String,
    /// The body, byte for byte.
    pub body: Vec<u8>,
    /// What has become of it.
    pub state: DeliveryState,
    /// How often it was taken in hand.
    pub attempts: u32,
    /// When to look at it next; exactly while pending. Leased until then once taken in hand.
    pub next_at: Option<Timestamp>,
    /// Why the last attempt did not do it.
    pub last_error: Option<String>,
    /// What it moved in the books.
    pub effect: Option<Effect>,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// Its effect is in this commit, or was there before.
    Applied,
    /// Nothing of ours.
    Ignored(String),
    /// Of another mode.
    Parked(String),
    /// Not done; again then.
    Later {
        /// When.
        next_at: Timestamp,
        /// Why.
        error: String,
    },
    /// Not done, and not tried again by itself.
    Dead(String),
    /// A person wants it done once more: it is due at this time.
    Again(Timestamp),
}

#[cfg(test)]
mod tests {
    use super::EventId;

    #[test]
    fn an_event_id_is_one_to_255_visible_characters() {
        assert_eq!(EventId::parse("evt_1").unwrap().as_str(), "evt_1");
        for bad in ["", "two words", "é", &"x".repeat(256)] {
            assert!(EventId::parse(bad).is_err(), "{bad:?}");
        }
    }
}
