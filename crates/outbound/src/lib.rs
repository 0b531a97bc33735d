//! What every adapter shares that calls a vendor over HTTP: the client, permits for blocking
//! calls, retry pauses, secrets, and the steps a probe reports.
//!
//! Invariant: nothing here knows a vendor. No redirect is followed, no answer is read beyond its
//! limit, and no error repeats an address, a body or a secret.

mod address;
mod answer;
mod backoff;
mod blocking;
mod client;
mod error;
mod hex;
mod origin;
mod probe;
mod secret;
mod setting;
mod text;

pub use address::is_public;
pub use answer::{Answer, NoAnswer};
pub use backoff::{Backoff, chance, retry_after};
pub use blocking::BlockingCalls;
pub use client::{Client, ClientConfig, Reach};
pub use error::{CallError, Class};
pub use hex::{hex, unhex};
pub use origin::Origin;
pub use probe::{Outcome, Step};
pub use secret::{Secret, credential};
pub use setting::SettingError;
pub use text::one_line;
pub use ureq::{
    Body,
    http::{HeaderMap, HeaderName, HeaderValue, Request, Response, Uri, uri::Authority},
};
