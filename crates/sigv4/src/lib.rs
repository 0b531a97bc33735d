//! AWS Signature Version 4: requests signed in their headers, links signed in their query.
//!
//! Invariant: pure. No clock, no IO: the same arguments give the same bytes. The rules follow AWS's
//! own descriptions (IAM User Guide: "Create a signed request"; S3 API Reference: "Authenticating
//! Requests") and are checked against AWS's vectors and AWS's own signer.

mod canonical;
mod credentials;
mod floor;
mod key;
mod percent;
mod presigner;
mod request;
mod service;
mod sha256;
mod signer;
mod stamp;
#[cfg(test)]
mod tests;

pub use credentials::Credentials;
pub use floor::floor;
pub use percent::{encode_path, encode_value};
pub use presigner::Presigner;
pub use request::{Expires, Payload, Request};
pub use service::Service;
pub use signer::Signer;
pub use stamp::Stamp;
