//! How long to wait, how often to try, how much to take.

use std::time::Duration;

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
    /// The pause after try number `tried`, counted from one: anything up to the bound, by
    /// `chance`, so that many who failed together do not return together; at least what the
    /// server asked for.
    pub(crate) fn pause_after(&self, tried: u32, asked: Option<Duration>, chance: u32) -> Duration {
        let bound = self.pause.saturating_mul(1 << (tried - 1).min(16)).min(self.longest_pause);
        let share = f64::from(chance) / f64::from(u32::MAX);
        bound.mul_f64(share).max(asked.unwrap_or_default()).min(self.longest_pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let limits = Limits::default();
        let longest = |tried| limits.pause_after(tried, None, u32::MAX).as_millis();
        let expected = [250, 500, 1_000, 2_000, 4_000, 8_000, 8_000];
        assert_eq!([1, 2, 3, 4, 5, 6, 7].map(longest), expected);
        assert_eq!(longest(40), 8_000);
    }

    #[test]
    fn pauses_are_jittered_and_heed_the_server_within_reason() {
        let limits = Limits::default();
        let pause = |asked, chance| limits.pause_after(1, asked, chance).as_millis();
        assert_eq!(pause(None, 0), 0);
        assert_eq!(pause(None, u32::MAX / 5), 50);
        assert_eq!(pause(Some(Duration::from_secs(3)), 0), 3_000);
        assert_eq!(pause(Some(Duration::from_hours(1)), 0), 8_000);
    }
}
