//! Whoever paints: asked once, looked at until done, never trusted to push the truth.

use async_trait::async_trait;
use safelight_domain::{Order, RenderId};

use crate::Fault;

/// Why a submit gave no request id. The four must not be confused: they decide about money.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The provider read it and will not do it; the slug says why. Final.
    #[error("the provider refused: {0}")]
    Refused(String),
    /// The provider read it and will not show what it asks for. Final.
    #[error("filtered")]
    Filtered,
    /// Certainly not sent, so it may be tried again.
    #[error("not sent")]
    NotSent(#[source] Fault),
    /// Bytes left and no answer came: it MUST NOT be submitted again.
    #[error("the answer was lost")]
    Lost(#[source] Fault),
}

/// What a look at a submitted request showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Looked {
    /// Not done; the provider's own place in line, when it tells one.
    Working(Option<u32>),
    /// Done: where the picture can be fetched.
    Done(Delivery),
    /// It failed for good; the slug says why.
    Failed(String),
    /// The provider will not show it.
    Filtered,
    /// It was cancelled there.
    Cancelled,
    /// It knows no such request: forgotten, never had, or not yet told everywhere.
    Gone,
}

/// A result to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Where the bytes are, as the provider named it. Checked again before it is fetched.
    pub location: String,
}

/// What asking to cancel came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancelled {
    /// The provider took the request to cancel. It may finish the picture all the same: only the
    /// look that follows says how it ended.
    Asked,
    /// It has finished; fetch the result.
    TooLate,
}

/// A maker of pictures.
#[async_trait]
pub trait Provider: Send + Sync {
    /// Asks for one picture and answers the provider's name for the request. The render's id lets
    /// a push find its render; it is no idempotency key.
    async fn submit(&self, render: RenderId, order: &Order) -> Result<String, SubmitError>;

    /// Asks whether a submit whose answer was lost arrived after all, where the provider has a
    /// means to tell. None means nothing is known, never that it did not arrive.
    async fn recall(&self, _render: RenderId, _order: &Order) -> Result<Option<String>, Fault> {
        Ok(None)
    }

    /// How many requests it works on at once; more only wait there instead of here.
    fn in_flight(&self) -> u16;

    /// Looks at a request. A fault means nothing is known.
    async fn look(&self, order: &Order, request_id: &str) -> Result<Looked, Fault>;

    /// Fetches the bytes of a delivery, capped in size, from allowed hosts only.
    async fn fetch(&self, order: &Order, delivery: &Delivery) -> Result<Vec<u8>, Fault>;

    /// Whether a picture of this order that is black all over is how the provider filters: some
    /// models deliver that instead of an error, and not all of them flag it.
    fn blackens(&self, _order: &Order) -> bool {
        false
    }

    /// What a picture of these pixels costs the operator, in millionths of a US dollar, where the
    /// provider has a price.
    fn cost_micros(&self, _order: &Order, _pixels: (u32, u32)) -> Option<u64> {
        None
    }

    /// Asks to stop.
    async fn cancel(&self, order: &Order, request_id: &str) -> Result<Cancelled, Fault>;
}
