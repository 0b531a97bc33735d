//! Doors for the zero-key stand-ins, open only while they serve.

use async_trait::async_trait;
use safelight_domain::{Money, Timestamp};

use crate::{Checkout, Fault};

/// A file of the disk store, asked for by one of its own links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalFile {
    /// Its content.
    pub bytes: Vec<u8>,
    /// Its media type, as stored.
    pub media_type: String,
    /// The name to save it under, when the link says so.
    pub save_as: Option<String>,
}

/// Why a link opened nothing.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Not one of ours, altered, or lapsed. Told apart for nobody.
    #[error("the link is not valid or has lapsed")]
    Refused,
    /// The link is good and nothing is there.
    #[error("there is no such file")]
    NotFound,
    /// Ours to mend.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Serves what the disk store presigned.
#[async_trait]
pub trait LocalFiles: Send + Sync {
    /// Opens `/files/{path}?{query}`; `path` percent-decoded, `query` as it came.
    async fn open(&self, path: &str, query: &str, now: Timestamp) -> Result<LocalFile, LinkError>;
}

/// A purchase at the play checkout, as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayPurchase {
    /// The purchase.
    pub checkout: Checkout,
    /// What it costs.
    pub amount: Money,
    /// What has gone back of it, in smallest units.
    pub refunded: u64,
    /// Where a buyer comes back to, paid.
    pub success_url: String,
    /// Where a buyer comes back to who changed their mind.
    pub cancel_url: String,
}

/// What can be played with a purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlayDeed {
    /// The buyer pays by card.
    Pay,
    /// The card is declined: nothing happens.
    Decline,
    /// The buyer pays by a way that takes days.
    PayLater,
    /// The money of such a way is there.
    Arrive,
    /// It never comes.
    Bounce,
    /// Half of the money, or what is left of that, goes back.
    RefundHalf,
    /// All that is left goes back.
    RefundAll,
    /// The bank sends the last refund back.
    FailRefund,
}

/// A push as it would go over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayPush {
    /// The event it tells of.
    pub event: String,
    /// Its signature header.
    pub signature: String,
    /// Its body.
    pub body: Vec<u8>,
}

/// The play checkout's page: pays, declines and refunds with nobody's money.
#[async_trait]
pub trait PlayCheckout: Send + Sync {
    /// All purchases, newest first, a bounded number.
    async fn purchases(&self) -> Result<Vec<PlayPurchase>, Fault>;

    /// One purchase.
    async fn purchase(&self, id: &str) -> Result<Option<PlayPurchase>, Fault>;

    /// Plays; answers the pushes to deliver, none when it could not be played now. What is not
    /// [`delivered`](Self::delivered) is told of as undelivered.
    async fn play(&self, id: &str, deed: PlayDeed) -> Result<Vec<PlayPush>, Fault>;

    /// The push was taken.
    async fn delivered(&self, event: &str) -> Result<(), Fault>;
}
