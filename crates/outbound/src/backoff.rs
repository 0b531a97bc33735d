//! How long to wait before a call is made again.

use std::time::Duration;

use safelight_ports::Entropy;
use ureq::http::HeaderMap;

/// Pauses that double from try to try. Part of each is random, so that callers that failed
/// together do not come back together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Backoff {
    /// The bound of the pause after the first try; it doubles with each further one.
    pub first: Duration,
    /// No pause is longer, whatever the server asks for.
    pub longest: Duration,
    /// No pause is shorter.
    pub shortest: Duration,
    /// The part of a bound that is always waited, from 0 to 1; the rest is random.
    pub fixed: f64,
}

impl Backoff {
    /// The pause after try number `tried`, counted from one. `asked` is what the server asked for,
    /// `chance` is from 0 to 1.
    pub fn pause(&self, tried: u32, asked: Option<Duration>, chance: f64) -> Duration {
        let doubled = 2_u32.saturating_pow(tried.saturating_sub(1));
        let bound = self.first.saturating_mul(doubled).min(self.longest);
        let pause = bound.mul_f64(self.fixed + (1.0 - self.fixed) * chance);
        pause.max(self.shortest).max(asked.unwrap_or_default()).min(self.longest)
    }
}

/// A random number from 0 to 1.
pub fn chance(entropy: &dyn Entropy) -> f64 {
    let [a, b, c, d, ..] = entropy.secret();
    f64::from(u32::from_le_bytes([a, b, c, d])) / f64::from(u32::MAX)
}

/// When a server would like to be asked again (RFC 9110, 10.2.3), if it says so in seconds.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get("retry-after")?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: Backoff = Backoff {
        first: Duration::from_millis(250),
        longest: Duration::from_secs(8),
        shortest: Duration::ZERO,
        fixed: 0.0,
    };
    const HALF: Backoff = Backoff {
        first: Duration::from_millis(500),
        longest: Duration::from_secs(5),
        shortest: Duration::from_millis(500),
        fixed: 0.5,
    };

    #[test]
    fn pauses_double_up_to_the_longest() {
        let longest = |tried| FULL.pause(tried, None, 1.0).as_millis();
        let expected = [250, 500, 1_000, 2_000, 4_000, 8_000, 8_000];
        assert_eq!([1, 2, 3, 4, 5, 6, 7].map(longest), expected);
        assert_eq!(longest(u32::MAX), 8_000);
    }

    #[test]
    fn pauses_are_random_and_heed_the_server_within_reason() {
        let pause = |asked, chance| FULL.pause(1, asked, chance).as_millis();
        assert_eq!(pause(None, 0.0), 0);
        assert_eq!(pause(None, 0.2), 50);
        assert_eq!(pause(Some(Duration::from_secs(3)), 0.0), 3_000);
        assert_eq!(pause(Some(Duration::from_hours(1)), 0.0), 8_000);
    }

    #[test]
    fn part_of_a_pause_can_be_fixed() {
        let millis = |n, chance| HALF.pause(n, None, chance).as_millis();
        for (n, least, most) in [
            (1, 500, 500),
            (2, 500, 1_000),
            (3, 1_000, 2_000),
            (4, 2_000, 4_000),
            (5, 2_500, 5_000),
            (40, 2_500, 5_000),
        ] {
            assert_eq!((millis(n, 0.0), millis(n, 1.0)), (least, most), "{n}");
        }
    }

    #[test]
    fn a_server_asks_in_seconds() {
        for (value, seconds) in
            [("7", Some(7)), (" 7 ", Some(7)), ("-1", None), ("soon", None), ("", None)]
        {
            let headers = HeaderMap::from_iter([(
                ureq::http::header::RETRY_AFTER,
                ureq::http::HeaderValue::from_static(value),
            )]);
            assert_eq!(retry_after(&headers), seconds.map(Duration::from_secs), "{value:?}");
        }
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }
}
