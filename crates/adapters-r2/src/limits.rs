//! How long to wait, how often to try, how much to take.

use std::time::Duration;

use safelight_outbound::Backoff;

/// The bounds of a call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// To a connection, TLS included.
    pub connect: Duration,
    /// One try, from connecting to the last byte: a picture of 20 MB over 4 Mbit/s.
    pub attempt: Duration,
    /// Tries of one call, the first included.
    pub tries: u32,
    /// The longest pause after the first try; doubles with each, up to `longest_pause`.
    pub pause: Duration,
    /// No pause is longer, whatever the server asks for.
    pub longest_pause: Duration,
    /// No try begins later than this after the first.
    pub deadline: Duration,
    /// Tries under way at once; further calls wait their turn without holding a thread.
    pub threads: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            attempt: Duration::from_secs(45),
            tries: 4,
            pause: Duration::from_millis(250),
            longest_pause: Duration::from_secs(8),
            deadline: Duration::from_mins(1),
            threads: 8,
        }
    }
}

impl Limits {
    /// The pauses between tries; all of each is random.
    pub(crate) fn backoff(&self) -> Backoff {
        let (first, longest) = (self.pause, self.longest_pause);
        Backoff { first, longest, shortest: Duration::ZERO, fixed: 0.0 }
    }
}
