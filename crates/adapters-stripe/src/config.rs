//! The adapter's configuration, checked. [`StripeSettings`](crate::StripeSettings) makes it.

use std::time::Duration;

use safelight_outbound::Secret;
use safelight_ports::PaymentMode;

/// How long, and how often again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest a connection may take to be made.
    pub connect: Duration,
    /// The longest one try of a call may take.
    pub call: Duration,
    /// Tries after the first one (stripe-python: `max_network_retries`, 2 by default).
    pub retries: u32,
    /// The first pause between tries; each further one is twice as long (stripe-node: 0.5 s).
    pub pause: Duration,
    /// The longest pause (stripe-node: 5 s).
    pub pause_max: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            call: Duration::from_secs(25),
            retries: 2,
            pause: Duration::from_millis(500),
            pause_max: Duration::from_secs(5),
        }
    }
}

/// A checked configuration; made by [`StripeSettings::check`](crate::StripeSettings::check).
#[derive(Debug, Clone)]
pub struct StripeConfig {
    pub(crate) key: Secret<String>,
    pub(crate) mode: PaymentMode,
    pub(crate) restricted: bool,
    pub(crate) webhook_secrets: Vec<Secret<String>>,
    /// Without a slash at its end.
    pub(crate) api_url: String,
    /// How long, and how often again.
    pub limits: Limits,
}

impl StripeConfig {
    /// Whose money moves: the key says it.
    pub fn mode(&self) -> PaymentMode {
        self.mode
    }

    /// Whether the key is a restricted one, which may do only what it was made for.
    pub fn is_restricted(&self) -> bool {
        self.restricted
    }

    /// How many webhook secrets are set; without one, no push is believed.
    pub fn webhook_secrets(&self) -> usize {
        self.webhook_secrets.len()
    }

    /// Whether calls go to this machine: to a test or a stand-in, and not to Stripe.
    pub fn is_local(&self) -> bool {
        self.api_url.starts_with("http://")
    }

    /// Where calls go.
    pub fn api_url(&self) -> &str {
        &self.api_url
    }
}
