//! The adapter's configuration, checked. [`FalSettings`](crate::FalSettings) makes it.

use std::time::Duration;

use safelight_domain::SignedDuration;
use safelight_outbound::Secret;

use crate::{media_host::MediaHost, reach::Unreachable};

/// Whether fal is told where to push to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Webhooks {
    /// When the studio's address can be reached from the internet.
    #[default]
    Auto,
    /// Always.
    On,
    /// Never; polling finds everything.
    Off,
}

/// How much and how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests fal works on at once; more wait there (fal docs: concurrency limits, 2 to 40).
    pub in_flight: u16,
    /// The shortest time between two polls about one request.
    pub poll_gap: Duration,
    /// The longest a connection may take to be made.
    pub connect: Duration,
    /// The longest a submit may take. Must be shorter than the pipeline's own patience, so that a
    /// connection that is never made is known as such.
    pub submit: Duration,
    /// The longest a poll, a cancel or a fetch of the key set may take.
    pub call: Duration,
    /// The longest a download may take.
    pub fetch: Duration,
    /// The largest picture, in bytes.
    pub picture_bytes: u64,
    /// How long a request may wait at fal before it begins; fal gives it up afterwards.
    pub start_within: SignedDuration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            in_flight: 4,
            // As fal's own Python client does. The pipeline's schedule is slower; this bounds what
            // hints add to it, and a push is not kept waiting for long.
            poll_gap: Duration::from_millis(100),
            connect: Duration::from_secs(5),
            submit: Duration::from_secs(12),
            call: Duration::from_secs(20),
            fetch: Duration::from_secs(50),
            picture_bytes: 30 << 20,
            start_within: SignedDuration::from_hours(1),
        }
    }
}

/// A checked configuration; made by [`FalSettings::check`](crate::FalSettings::check).
#[derive(Debug, Clone)]
pub struct FalConfig {
    pub(crate) key: Secret<Vec<u8>>,
    pub(crate) token_key: Secret<Vec<u8>>,
    /// Without a slash at its end.
    pub(crate) queue_url: String,
    pub(crate) jwks_url: String,
    pub(crate) media_hosts: Vec<MediaHost>,
    /// As told.
    pub(crate) webhooks: Webhooks,
    /// Why fal cannot reach the studio, if so.
    pub(crate) unreachable: Option<Unreachable>,
    /// Where pushes go, when they are wanted; without a query.
    pub(crate) push_url: Option<String>,
    /// How much and how long.
    pub limits: Limits,
}

impl FalConfig {
    /// Whether fal is told where to push to.
    pub fn pushes(&self) -> bool {
        self.push_url.is_some()
    }
}
