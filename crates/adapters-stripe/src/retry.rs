//! When a call is made again: as the official clients do it (stripe-node: `_shouldRetry`).

use safelight_outbound::Answer;

/// Whether Stripe may do it if asked again. 429 alone is no invitation.
pub(crate) fn is_worth_it(answer: &Answer) -> bool {
    match answer.header("stripe-should-retry") {
        Some("false") => false,
        Some("true") => true,
        _ => answer.status == 409 || answer.status >= 500,
    }
}

#[cfg(test)]
mod tests {
    use safelight_outbound::{HeaderName, HeaderValue};

    use super::*;

    fn answer(status: u16, should_retry: Option<&'static str>) -> Answer {
        let name = HeaderName::from_static("stripe-should-retry");
        let headers = should_retry.map(|value| (name, HeaderValue::from_static(value)));
        Answer { status, headers: headers.into_iter().collect(), body: Vec::new() }
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
            assert_eq!(is_worth_it(&answer(status, header)), again, "{status} {header:?}");
        }
    }
}
