//! The closed list of problem kinds.

use poem::http::StatusCode;

/// A kind of problem. Its slug never changes its meaning; `docs/problems.md` has a section for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slug {
    MalformedRequest,
    Unauthenticated,
    InsufficientCredits,
    AccountInDebt,
    KeyCapReached,
    AccountBlocked,
    InsufficientScope,
    CrossSite,
    PushRefused,
    LinkRefused,
    NotFound,
    MethodNotAllowed,
    IdempotencyKeyReused,
    Stale,
    Taken,
    TooLate,
    BodyTooLarge,
    UnsupportedMediaType,
    InvalidInput,
    PaymentRefused,
    TooManyRequests,
    HeadTooLarge,
    InternalError,
    Unavailable,
}

impl Slug {
    /// All kinds, by status.
    pub const ALL: [Self; 24] = [
        Self::MalformedRequest,
        Self::Unauthenticated,
        Self::InsufficientCredits,
        Self::AccountInDebt,
        Self::KeyCapReached,
        Self::AccountBlocked,
        Self::InsufficientScope,
        Self::CrossSite,
        Self::PushRefused,
        Self::LinkRefused,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::IdempotencyKeyReused,
        Self::Stale,
        Self::Taken,
        Self::TooLate,
        Self::BodyTooLarge,
        Self::UnsupportedMediaType,
        Self::InvalidInput,
        Self::PaymentRefused,
        Self::TooManyRequests,
        Self::HeadTooLarge,
        Self::InternalError,
        Self::Unavailable,
    ];

    /// The slug, last part of `type`.
    pub fn as_str(self) -> &'static str {
        self.facts().0
    }

    /// The status it is answered with.
    pub fn status(self) -> StatusCode {
        self.facts().1
    }

    /// A short title, the same for every problem of the kind.
    pub fn title(self) -> &'static str {
        self.facts().2
    }

    fn facts(self) -> (&'static str, StatusCode, &'static str) {
        use StatusCode as S;
        match self {
            Self::MalformedRequest => {
                ("malformed-request", S::BAD_REQUEST, "The request cannot be read")
            }
            Self::Unauthenticated => {
                ("unauthenticated", S::UNAUTHORIZED, "No working API key was sent")
            }
            Self::InsufficientCredits => {
                ("insufficient-credits", S::PAYMENT_REQUIRED, "Too few credits")
            }
            Self::AccountInDebt => {
                ("account-in-debt", S::PAYMENT_REQUIRED, "The account owes credits")
            }
            Self::KeyCapReached => (
                "key-cap-reached",
                S::PAYMENT_REQUIRED,
                "The key has spent its credits for this month",
            ),
            Self::AccountBlocked => ("account-blocked", S::FORBIDDEN, "The account is blocked"),
            Self::InsufficientScope => {
                ("insufficient-scope", S::FORBIDDEN, "The key may not do this")
            }
            Self::CrossSite => ("cross-site", S::FORBIDDEN, "Sent from another site"),
            Self::PushRefused => ("push-refused", S::FORBIDDEN, "The push proves nothing"),
            Self::LinkRefused => ("link-refused", S::FORBIDDEN, "The link is not valid or lapsed"),
            Self::NotFound => ("not-found", S::NOT_FOUND, "There is no such thing"),
            Self::MethodNotAllowed => {
                ("method-not-allowed", S::METHOD_NOT_ALLOWED, "This cannot be done here")
            }
            Self::IdempotencyKeyReused => {
                ("idempotency-key-reused", S::CONFLICT, "The idempotency key was used before")
            }
            Self::Stale => ("stale", S::CONFLICT, "It has already moved on"),
            Self::Taken => ("taken", S::CONFLICT, "It is already taken"),
            Self::TooLate => ("too-late", S::CONFLICT, "It is too late to cancel"),
            Self::BodyTooLarge => {
                ("body-too-large", S::PAYLOAD_TOO_LARGE, "The request body is too large")
            }
            Self::UnsupportedMediaType => {
                ("unsupported-media-type", S::UNSUPPORTED_MEDIA_TYPE, "The body is not JSON")
            }
            Self::InvalidInput => {
                ("invalid-input", S::UNPROCESSABLE_ENTITY, "A value cannot be used")
            }
            Self::PaymentRefused => {
                ("payment-refused", S::UNPROCESSABLE_ENTITY, "The payment provider refused")
            }
            Self::TooManyRequests => {
                ("too-many-requests", S::TOO_MANY_REQUESTS, "Too many requests")
            }
            Self::HeadTooLarge => (
                "head-too-large",
                S::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "The request's head is too large",
            ),
            Self::InternalError => {
                ("internal-error", S::INTERNAL_SERVER_ERROR, "Something broke on our side")
            }
            Self::Unavailable => ("unavailable", S::SERVICE_UNAVAILABLE, "Not available just now"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Slug;

    /// What `docs/problems.md` has sections for, in order.
    fn documented() -> Vec<&'static str> {
        let text = include_str!("../../../../docs/problems.md");
        text.lines().filter_map(|line| line.strip_prefix("## ")).collect()
    }

    #[test]
    fn every_slug_has_a_section_and_every_section_a_slug() {
        let slugs: Vec<_> =
            Slug::ALL.iter().map(|s| format!("{} ({})", s.as_str(), s.status().as_u16())).collect();
        assert_eq!(documented(), slugs);
    }
}
