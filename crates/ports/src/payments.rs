//! Whoever takes cards: asked for the truth by id, believed when it pushes only that something
//! happened.
//!
//! Invariant: nothing a push says decides about credits. What decides is what [`Payments`] answers
//! when asked about the object by id, with our own key.

use async_trait::async_trait;
use safelight_domain::{AccountId, Email, Money, OrderId, PaymentMode, Timestamp, Topic};

use crate::Fault;

/// Why the payment provider did not do it.
#[derive(Debug, thiserror::Error)]
pub enum PaymentError {
    /// It knows no such object, or not in this mode.
    #[error("the payment provider knows no {0}")]
    NotFound(&'static str),
    /// It read the request and will not do it. Final for the same request.
    #[error("the payment provider refused: {code}: {says}")]
    Refused {
        /// Its own code, such as `resource_missing` or `parameter_invalid_empty`.
        code: String,
        /// Its words, for the operator; never shown to a buyer.
        says: String,
    },
    /// Nothing is known; the same call with the same key may be repeated.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// What something costs there, looked up by id or by lookup key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// The provider's id.
    pub id: String,
    /// The key an operator finds it by; outlives a change of price.
    pub lookup_key: Option<String>,
    /// How much, once or each interval.
    pub amount: Money,
    /// `month` or `year` for plans; none for packs.
    pub interval: Option<String>,
    /// Whether it can be bought now.
    pub active: bool,
}

/// A purchase to open. Our order row exists before it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCheckout {
    /// Our order; travels as reference and metadata, and makes the idempotency key.
    pub order: OrderId,
    /// Who buys.
    pub account: AccountId,
    /// Their customer there.
    pub customer: String,
    /// The price's id there.
    pub price: String,
    /// Where a buyer comes back to, paid. May hold `{CHECKOUT_SESSION_ID}`, filled in there.
    pub success_url: String,
    /// Where a buyer comes back to who changed their mind.
    pub cancel_url: String,
}

/// A purchase that can be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCheckout {
    /// The provider's id.
    pub id: String,
    /// Where to pay. A bearer secret: shown to the buyer, never logged.
    pub url: String,
    /// When it lapses.
    pub expires_at: Timestamp,
}

/// How far a purchase is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckoutState {
    /// Nobody has confirmed it.
    Open,
    /// Confirmed, and the money is on its way (bank debits and the like).
    Unpaid,
    /// Paid, or nothing was to pay.
    Paid,
    /// Confirmed, and the money never came.
    Failed,
    /// It lapsed.
    Expired,
}

/// A purchase as the provider tells it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkout {
    /// The provider's id.
    pub id: String,
    /// The order its metadata names. Anybody with a key to the same provider account can write that:
    /// a name is no proof.
    pub order: Option<OrderId>,
    /// The account its metadata names; no proof either.
    pub account: Option<AccountId>,
    /// The customer who bought.
    pub customer: Option<String>,
    /// Whether it is bought once, rather than subscribed to or only set up.
    pub once: bool,
    /// What is bought; none when the provider did not tell all of it.
    pub items: Option<Vec<CheckoutItem>>,
    /// How far it is.
    pub state: CheckoutState,
    /// The payment, once there is one; none for free ones.
    pub payment: Option<String>,
    /// What its items come to, before discount and tax, in smallest units.
    pub subtotal: Option<u64>,
    /// What was taken off, in smallest units.
    pub discount: u64,
    /// What was put on: tax and shipping, in smallest units.
    pub extra: u64,
    /// What was paid in all, tax included. None when the provider did not tell it: that is not zero.
    pub total: Option<Money>,
    /// Whether real money moved, when it tells.
    pub live: Option<bool>,
}

/// What is bought with a purchase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckoutItem {
    /// The price's id there.
    pub price: String,
    /// How many.
    pub quantity: u64,
}

/// A payment as the provider tells it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// The provider's id of the payment, the same as [`Checkout::payment`].
    pub id: String,
    /// What was captured.
    pub captured: Money,
    /// What has gone back so far, all refunds together, failed ones not counted.
    pub refunded_minor: u64,
    /// The order its metadata names: no proof, as with [`Checkout::order`].
    pub order: Option<OrderId>,
    /// The customer who paid.
    pub customer: Option<String>,
    /// A receipt page for the buyer.
    pub receipt_url: Option<String>,
    /// Whether real money moved, when it tells.
    pub live: Option<bool>,
}

/// A push, read: the provider says that something happened to this object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The provider's id of the event, the same at every delivery.
    pub id: String,
    /// Its type, such as `checkout.session.completed`.
    pub kind: String,
    /// What to ask for.
    pub topic: Topic,
    /// The customer it concerns, when it tells.
    pub customer: Option<String>,
    /// The version its body is written in, when it tells.
    pub api_version: Option<String>,
    /// Whether real money moved.
    pub live: bool,
    /// When it happened there.
    pub created_at: Timestamp,
    /// The body, byte for byte, kept for whoever asks later.
    pub body: Vec<u8>,
}

/// Why a push proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum NoticeRefused {
    /// The signature header is missing or unreadable.
    #[error("it is not signed")]
    Unsigned,
    /// Signed too long ago, or in the future.
    #[error("its time is not now")]
    Stale,
    /// None of our secrets made the signature.
    #[error("no secret of ours signed it")]
    Forged,
    /// Signed, and not an event.
    #[error("it is no event")]
    Unreadable,
}

/// One page of events that were never delivered, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Undelivered {
    /// The events.
    pub notices: Vec<Notice>,
    /// What to ask for the next page with; none at the end.
    pub next: Option<String>,
}

/// Takes payments. Every call carries an idempotency key made of our own ids, so that repeating
/// one does nothing twice.
#[async_trait]
pub trait Payments: Send + Sync {
    /// Whose money moves.
    fn mode(&self) -> PaymentMode;

    /// The account's customer there, made when there is none. The caller keeps the id.
    async fn customer(&self, account: AccountId, email: &Email) -> Result<String, PaymentError>;

    /// The prices with these ids or lookup keys; one that does not exist is left out.
    async fn prices(&self, names: &[String]) -> Result<Vec<Price>, PaymentError>;

    /// Opens a purchase; the same order answers the same purchase.
    async fn open(&self, new: &NewCheckout) -> Result<OpenCheckout, PaymentError>;

    /// A purchase by its id.
    async fn checkout(&self, id: &str) -> Result<Checkout, PaymentError>;

    /// The purchase a payment belongs to, if it belongs to one.
    async fn checkout_of(&self, payment: &str) -> Result<Option<Checkout>, PaymentError>;

    /// A payment by what a [`Topic::Payment`] names.
    async fn payment(&self, id: &str) -> Result<Payment, PaymentError>;

    /// Sends money back: `minor` smallest units, or all that is left. `key` is the operator's
    /// reason to do it once. Credits follow when the provider tells of the refund.
    async fn refund(
        &self,
        payment: &str,
        minor: Option<u64>,
        key: &str,
    ) -> Result<(), PaymentError>;

    /// Events the provider could not deliver to us, from `after` (as [`Undelivered::next`]) on.
    async fn undelivered(&self, after: Option<&str>) -> Result<Undelivered, PaymentError>;
}

/// Proves and reads pushes of the payment provider.
pub trait PaymentPush: Send + Sync {
    /// Reads a push whose signature header holds, at `now`. The body is taken as it came.
    fn verify(
        &self,
        signature: Option<&str>,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Notice, NoticeRefused>;
}
