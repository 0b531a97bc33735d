//! FLUX by fal.ai: the queue, the media host and signed pushes.
//!
//! Invariant: the key goes to the configured queue and nowhere else, a request is submitted once,
//! and nothing but a picture from an allowed host comes back. Outside facts are from fal's
//! documents and clients as read on 2026-11-23.

mod answer;
mod breaker;
mod config;
mod failure;
mod fal;
mod fetch;
mod http;
mod input;
mod key_set;
mod look;
mod media_host;
mod polls;
mod probe;
mod push;
mod reach;
mod settings;
mod signature;
mod submit;

pub use breaker::Outage;
pub use config::{FalConfig, Limits, Webhooks};
pub use fal::Fal;
pub use reach::Unreachable;
pub use settings::FalSettings;
pub use signature::{Signed, Unproven, verify};
