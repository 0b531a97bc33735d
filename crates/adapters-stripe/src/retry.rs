//! When a call is made again, and after what pause: as the official clients do it (stripe-node:
//! `_shouldRetry`, `_getSleepTimeInMS`).

use std::time::Duration;

use crate::{Limits, http::Answer};

/// Whether Stripe may do it if asked again. 429 alone is no invitation.
pub(crate) fn is_worth_it(answer: &Answer) -> bool {
    match answer.header("stripe-should-retry") {
        Some("false") => false,
        Some("true") => true,
        _ => answer.status == 409 || answer.status >= 500,
    }
}

/// The pause before the n-th further try, n from 1. `chance` is from 0 to 1: callers that failed
/// together do not come back together.
pub(crate) fn pause(limits: &Limits, n: u32, chance: f64) -> Duration {
    let doubled = 2_u32.saturating_pow(n.saturating_sub(1));
    let longest = limits.pause.saturating_mul(doubled).min(limits.pause_max);
    longest.mul_f64(f64::midpoint(1.0, chance)).max(limits.pause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_have_bounds() {
        let limits = Limits::default();
        let millis = |n, chance| pause(&limits, n, chance).as_millis();
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
    fn what_is_tried_again() {
        for (status, header, again) in [
            (200, None, false),
            (400, None, false),
            (401, None, false),
            (402, None, false),
            (404, None, false),
            (409, None, true),
            (429, None, false),
            (429, Some("true"), true),
            (429, Some("maybe"), false),
            (500, None, true),
            (500, Some("false"), false),
            (503, None, true),
            (409, Some("false"), false),
        ] {
            let answer = Answer::new(status, header.map(|h| ("stripe-should-retry", h)));
            assert_eq!(is_worth_it(&answer), again, "{status} {header:?}");
        }
    }
}
