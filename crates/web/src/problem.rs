//! Every "no" and every failure, as one problem (RFC 9457) with a stable slug.
//!
//! Invariant: a refusal tells the caller what to mend; a fault tells them nothing but to come back,
//! and its cause goes to the log alone. `docs/problems.md` has a section for each slug.

mod answer;
mod poem_error;
mod slug;

use poem::http::{HeaderName, StatusCode, header};
use safelight_domain::{Credits, Invalid, Refusal, Timestamp};
pub(crate) use safelight_usecases::chain;
use safelight_usecases::{Error, Fault};

pub use answer::{Cause, described};
pub use slug::Slug;

/// How long to wait before a passing fault is worth another try, in seconds.
const PATIENCE: u32 = 5;

/// How long a code waits to be typed, in seconds.
const CODE: u32 = 600;

/// How long a burst lasts at least, in seconds: who comes back before only lengthens it.
const BURST: u32 = 2;

/// What a program needs to know of a problem, beyond its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    /// Nothing more.
    Nothing,
    /// The field at fault, as the request names it.
    Field(String),
    /// What was asked for and what is spendable.
    Price {
        /// In credits.
        price: Credits,
        /// In credits.
        balance: Credits,
    },
    /// What is owed.
    Debt(Credits),
    /// What a key may spend in a month, and when its next one begins.
    Cap {
        /// In credits.
        cap: Credits,
        /// The first instant of the next month.
        resets: Timestamp,
    },
    /// The scope a key lacks.
    Scope(&'static str),
}

/// Why a request was not done.
#[derive(Debug)]
pub struct Problem {
    /// Which kind.
    pub slug: Slug,
    /// The fault and the mend, one sentence for a person.
    pub detail: String,
    /// What a program needs to mend it.
    pub at: At,
    /// Headers that belong to it.
    pub headers: Vec<(HeaderName, String)>,
    /// What the log should know and the caller must not.
    cause: Option<String>,
}

impl Problem {
    /// A problem that needs only words.
    pub fn new(slug: Slug, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self { slug, detail, at: At::Nothing, headers: Vec::new(), cause: None }
    }

    /// A fault in `field`.
    pub fn invalid(field: impl Into<String>, says: impl Into<String>) -> Self {
        Self::new(Slug::InvalidInput, says).at(At::Field(field.into()))
    }

    /// Nothing here, or nothing of yours.
    pub fn not_found() -> Self {
        Refusal::NotFound.into()
    }

    /// Ours to mend, and not by waiting; `cause` goes to the log.
    pub fn internal(cause: String) -> Self {
        let says = "something broke on our side; nothing was recorded, and the operator can see it";
        Self { cause: Some(cause), ..Self::new(Slug::InternalError, says) }
    }

    /// Ours to mend, and likely to pass; `cause` goes to the log.
    pub fn unavailable(cause: String) -> Self {
        let says = "a part of the studio does not answer; nothing was recorded, try again soon";
        Self { cause: Some(cause), ..Self::new(Slug::Unavailable, says) }
            .with(header::RETRY_AFTER, PATIENCE.to_string())
    }

    /// Nobody's fault, and over in seconds. Nothing failed, so the log needs no cause.
    pub fn busy(says: &'static str) -> Self {
        Self::new(Slug::Unavailable, says).with(header::RETRY_AFTER, BURST.to_string())
    }

    /// The same, with what a program needs.
    #[must_use]
    pub fn at(self, at: At) -> Self {
        Self { at, ..self }
    }

    /// The same, with a header.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.slug.status()
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let says = refusal.to_string();
        match refusal {
            Refusal::Invalid(Invalid { field, says }) => Self::invalid(field, says),
            Refusal::Overdrawn { price, balance } => {
                Self::new(Slug::InsufficientCredits, says).at(At::Price { price, balance })
            }
            Refusal::Indebted { debt } => Self::new(Slug::AccountInDebt, says).at(At::Debt(debt)),
            Refusal::Capped { cap, resets, .. } => {
                Self::new(Slug::KeyCapReached, says).at(At::Cap { cap, resets })
            }
            Refusal::KeyGone => Self::new(Slug::Unauthenticated, says)
                .with(header::WWW_AUTHENTICATE, "Bearer realm=\"api\", error=\"invalid_token\""),
            Refusal::Blocked => Self::new(Slug::AccountBlocked, says),
            Refusal::Stale => Self::new(Slug::Stale, says),
            Refusal::NotFound => Self::new(Slug::NotFound, says),
            Refusal::KeyReused => Self::new(Slug::IdempotencyKeyReused, says),
            Refusal::AddressLeft | Refusal::Taken { .. } => Self::new(Slug::Taken, says),
            Refusal::PaymentRefused(_) => Self::new(Slug::PaymentRefused, says),
            Refusal::TooLate => Self::new(Slug::TooLate, says),
            Refusal::CodesWaiting => {
                Self::new(Slug::TooManyRequests, says).with(header::RETRY_AFTER, CODE.to_string())
            }
            Refusal::TooMany { .. } => Self::new(Slug::TooManyRequests, says)
                .with(header::RETRY_AFTER, PATIENCE.to_string()),
        }
    }
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        Refusal::Invalid(invalid).into()
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let cause = chain(&fault);
        if fault.retryable { Self::unavailable(cause) } else { Self::internal(cause) }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => refusal.into(),
            Error::Fault(fault) => fault.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use safelight_domain::PaymentRefused;

    use super::*;

    fn credits(n: u32) -> Credits {
        Credits::new(n).unwrap()
    }

    /// Each refusal, with the status and slug clients may rely on.
    #[test]
    fn every_refusal_has_its_status_and_slug() {
        let (price, balance, debt) = (credits(4), credits(1), credits(3));
        let (cap, spent, resets) = (credits(5), credits(4), Timestamp::UNIX_EPOCH);
        let table = [
            (Refusal::Invalid(Invalid::new("count", "x")), 422, "invalid-input"),
            (Refusal::Overdrawn { price, balance }, 402, "insufficient-credits"),
            (Refusal::Indebted { debt }, 402, "account-in-debt"),
            (Refusal::Capped { cap, spent, resets }, 402, "key-cap-reached"),
            (Refusal::KeyGone, 401, "unauthenticated"),
            (Refusal::Blocked, 403, "account-blocked"),
            (Refusal::Stale, 409, "stale"),
            (Refusal::NotFound, 404, "not-found"),
            (Refusal::KeyReused, 409, "idempotency-key-reused"),
            (Refusal::Taken { what: "this name" }, 409, "taken"),
            (Refusal::AddressLeft, 409, "taken"),
            (Refusal::TooLate, 409, "too-late"),
            (Refusal::CodesWaiting, 429, "too-many-requests"),
            (PaymentRefused::TooSmall.into(), 422, "payment-refused"),
            (Refusal::TooMany { unfinished: 9, at_most: 9 }, 429, "too-many-requests"),
        ];
        for (refusal, status, slug) in table {
            let problem = Problem::from(refusal);
            assert_eq!((problem.status().as_u16(), problem.slug.as_str()), (status, slug));
            assert!(!problem.detail.is_empty() && problem.cause.is_none(), "{problem:?}");
        }
    }

    #[test]
    fn a_refusal_carries_its_figures() {
        let (price, balance) = (credits(4), credits(1));
        let problem = Problem::from(Refusal::Overdrawn { price, balance });
        assert_eq!(problem.at, At::Price { price, balance });
        let problem = Problem::from(Invalid::new("seed", "too big"));
        assert_eq!((problem.at, &*problem.detail), (At::Field("seed".into()), "too big"));
    }

    #[test]
    fn a_fault_tells_its_cause_to_the_log_alone() {
        for (fault, status) in [
            (Fault::passing("store", "disk I/O error in secret.db"), 503),
            (Fault::lasting("store", "disk I/O error in secret.db"), 500),
        ] {
            let problem = Problem::from(fault);
            assert_eq!(problem.status().as_u16(), status);
            assert!(!problem.detail.contains("secret"), "{}", problem.detail);
            assert_eq!(problem.cause.as_deref(), Some("store failed: disk I/O error in secret.db"));
            let retry = problem.headers.iter().any(|(name, _)| name == header::RETRY_AFTER);
            assert_eq!(retry, status == 503);
        }
    }
}
