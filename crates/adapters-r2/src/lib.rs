//! The private bucket on Cloudflare R2, or on any server that speaks S3.
//!
//! Invariant: every request is signed for one try and every call is idempotent, so trying again is
//! always safe. Neither secrets nor signed links are ever put in an error.

mod bucket;
mod call;
mod client;
mod config;
mod disposition;
mod limits;
mod link;
mod listing;
mod probe;
mod skew;
mod target;
#[cfg(test)]
mod tests;
mod trouble;
mod wire;
mod xml;

pub use bucket::{Created, Head, R2};
pub use config::{ConfigError, R2Config};
pub use listing::{Listed, Listing};
