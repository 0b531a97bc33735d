//! What may go wrong with a call, by order of a test.

use serde_json::json;

use crate::Reply;

/// The next call goes wrong this way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// 409: the same key is in use at this moment.
    Conflict,
    /// 429 without a word about trying again, as from the rate limit.
    Busy,
    /// 429 `lock_timeout`, and it may be tried again.
    Locked,
    /// 503, nothing done.
    Unavailable,
    /// 500, nothing done, and it should not be tried again.
    Broken,
    /// It is done, and answered with 500; that answer is kept for the key.
    BrokenAfter,
    /// It hangs up before anything is done.
    HangUp,
    /// It is done, and it hangs up without an answer.
    HangUpAfter,
    /// It answers something that is not JSON.
    Garbled,
    /// It redirects elsewhere.
    Moved,
}

impl Trouble {
    /// By its name in lower case, as `hang_up_after`.
    pub(super) fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "conflict" => Self::Conflict,
            "busy" => Self::Busy,
            "locked" => Self::Locked,
            "unavailable" => Self::Unavailable,
            "broken" => Self::Broken,
            "broken_after" => Self::BrokenAfter,
            "hang_up" => Self::HangUp,
            "hang_up_after" => Self::HangUpAfter,
            "garbled" => Self::Garbled,
            "moved" => Self::Moved,
            _ => return None,
        })
    }

    /// Whether the request is done first.
    pub(super) fn is_after(self) -> bool {
        matches!(self, Self::BrokenAfter | Self::HangUpAfter)
    }

    pub(super) fn reply(self) -> Reply {
        let error = |status, kind: &str, code: &str, message: &str| {
            let error = json!({ "type": kind, "code": code, "message": message });
            Reply::json(status, &json!({ "error": error }))
        };
        let (invalid, api) = ("invalid_request_error", "api_error");
        match self {
            Self::Conflict => error(
                409,
                invalid,
                "idempotency_key_in_use",
                "There is currently another in-progress request using this Idempotent Key.",
            ),
            Self::Busy => error(429, invalid, "rate_limit", "Request rate limit exceeded."),
            Self::Locked => error(
                429,
                invalid,
                "lock_timeout",
                "This object cannot be accessed right now because another API request or Stripe \
                 process is currently accessing it.",
            )
            .with("stripe-should-retry", "true"),
            Self::Unavailable => error(503, api, "unavailable", "Stripe is unavailable."),
            Self::Broken | Self::BrokenAfter => {
                error(500, api, "internal", "An unknown error occurred")
                    .with("stripe-should-retry", "false")
            }
            Self::HangUp | Self::HangUpAfter => Reply::HangUp,
            Self::Garbled => Reply::new(200, "text/html", "<h1>Welcome</h1>"),
            Self::Moved => {
                Reply::new(302, "text/plain", "").with("location", "https://stripe.example/")
            }
        }
    }
}
