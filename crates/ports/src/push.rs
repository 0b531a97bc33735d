//! Pushes from whoever paints: proof that one came from there, never a source of truth.

use async_trait::async_trait;
use safelight_domain::RenderId;

use crate::Fault;

/// A push as it came in, untouched: signatures are over bytes.
#[derive(Debug, Clone)]
pub struct Push {
    /// The render its address names.
    pub render: RenderId,
    /// The token its address carries.
    pub token: String,
    /// Header names and values.
    pub headers: Vec<(String, String)>,
    /// The body, byte for byte; the caller caps its size.
    pub body: Vec<u8>,
}

/// A push that is proven: the provider says that something happened to this request. What
/// happened is asked for, not read from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// The render that was asked for.
    pub render: RenderId,
    /// The provider's name for the request.
    pub request_id: String,
}

/// Why a push proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum PushRefused {
    /// The token is not the one this render was submitted with.
    #[error("the token is not this render's")]
    Token,
    /// A header of the signature is missing or unreadable.
    #[error("it is not signed")]
    Unsigned,
    /// Signed too long ago, or in the future.
    #[error("its time is not now")]
    Stale,
    /// No key of the provider made the signature.
    #[error("no known key signed it")]
    Forged,
    /// Signed, and names no request.
    #[error("it names no request")]
    Unreadable,
    /// The keys could not be had; the same push may be proven later.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Proves pushes of a provider.
#[async_trait]
pub trait ProviderPush: Send + Sync {
    /// Answers what a push is about when the provider sent it for this render.
    async fn verify(&self, push: Push) -> Result<Pushed, PushRefused>;
}
