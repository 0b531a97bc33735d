//! Typed identifiers. All are UUID version 7 made by the application, so they sort by birth.
//!
//! An id names a thing and grants nothing: every read and write is scoped by account as well.

use std::{fmt, str::FromStr};

/// The untyped form ids share on the wire and in storage.
pub use uuid::Uuid;

/// The text was not an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier: expected a UUID such as 0198c2f0-5b0e-7a52-9d6b-3f0c2a7d4e11")]
pub struct NotAnId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                Uuid::try_parse(text).map(Self).map_err(|_| NotAnId)
            }
        }
    )*};
}

ids! {
    /// Who owns credits and pictures. A person has one personal account.
    AccountId
    /// A person who signs in.
    UserId
    /// A parcel of credits with its own terms.
    LotId
    /// One paid unit.
    ChargeId
    /// One press of the button: one to four renders.
    GenerationId
    /// One picture being made.
    RenderId
    /// One stored picture.
    ImageId
    /// A folder of the gallery.
    FolderId
    /// An API key (its public half).
    KeyId
    /// A sign-in attempt waiting for its code.
    ChallengeId
    /// A signed-in browser.
    SessionId
    /// A purchase of credits, ours before anybody is asked to pay.
    OrderId
    /// A task for the operator.
    TaskId
}
