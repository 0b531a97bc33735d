//! Why a call did not succeed, and what may be done about it.

use std::time::Duration;

use safelight_outbound::{CallError, Class, one_line};
use safelight_ports::Fault;

use crate::xml;

/// One way a call can fail. Tells no secrets, no links and no keys of objects.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// The server said no.
    #[error("{method}: {status} {code}: {mend}")]
    Refused {
        method: &'static str,
        status: u16,
        /// Empty if there was none, as in answers to HEAD.
        code: String,
        /// What a person should look at, or what the server said.
        mend: String,
        /// When the server would like to be asked again.
        after: Option<Duration>,
    },
    /// By the server's clock, our request was not of now; by now that is corrected.
    #[error("{method}: {code}: this machine's clock is {seconds} s from the server's: set it")]
    Clock { method: &'static str, code: String, seconds: i64 },
    /// No answer, or none to its end.
    #[error("{method}: no whole answer")]
    Silent {
        method: &'static str,
        #[source]
        cause: CallError,
    },
    /// Asking again would not make it smaller.
    #[error("the object has more than {max} bytes")]
    TooLarge { max: u64 },
    /// An answer that is not S3's.
    #[error("{method}: not an answer of an S3 server: {what}")]
    Strange { method: &'static str, what: &'static str },
}

/// S3 API Reference, "Error responses", and R2 docs, "Error codes": what passes by itself.
const PASSING: [u16; 6] = [408, 429, 500, 502, 503, 504];

impl Trouble {
    /// A refusal, from the body of the answer.
    pub(crate) fn refused(
        method: &'static str,
        status: u16,
        body: &[u8],
        after: Option<Duration>,
    ) -> Self {
        let body = String::from_utf8_lossy(body);
        let code = xml::text(&body, "Code").map(|code| one_line(&code, 60)).unwrap_or_default();
        let mend = mend(status, &code).map_or_else(
            || xml::text(&body, "Message").map(|said| one_line(&said, 200)).unwrap_or_default(),
            str::to_owned,
        );
        Self::Refused { method, status, code, mend, after }
    }

    /// Whether the same call, signed again, may succeed.
    pub(crate) fn passes(&self) -> bool {
        match self {
            Self::Refused { status, code, .. } => {
                // Two writes of one key at once: either may be repeated.
                PASSING.contains(status) || code == "ConditionalRequestConflict"
            }
            Self::Clock { .. } => true,
            Self::Silent { cause, .. } => cause.class() == Class::Transient,
            Self::TooLarge { .. } | Self::Strange { .. } => false,
        }
    }

    /// When the server would like to be asked again.
    pub(crate) fn after(&self) -> Option<Duration> {
        match self {
            Self::Refused { after, .. } => *after,
            _ => None,
        }
    }
}

impl From<Trouble> for Fault {
    fn from(trouble: Trouble) -> Self {
        // A clock that is still wrong after all tries needs a person.
        if trouble.passes() && !matches!(trouble, Trouble::Clock { .. }) {
            Self::passing("storage", trouble)
        } else {
            Self::lasting("storage", trouble)
        }
    }
}

/// What a person should do, where we know it.
fn mend(status: u16, code: &str) -> Option<&'static str> {
    Some(match (code, status) {
        ("SignatureDoesNotMatch", _) => {
            "the secret access key does not belong to the access key id, or a proxy changes requests"
        }
        ("InvalidAccessKeyId" | "NotSignedUp" | "Unauthorized" | "", 401 | 403)
        | ("InvalidAccessKeyId", _) => {
            "the server does not know the access key id: was its API token revoked?"
        }
        ("AccessDenied" | "Forbidden", _) => {
            "the API token may not do this: it needs Object Read & Write on this bucket"
        }
        ("NoSuchBucket", _) => {
            "there is no such bucket at this endpoint; a bucket in a jurisdiction has its own"
        }
        ("AuthorizationHeaderMalformed", _) => "the region is not the one the server signs for",
        ("PermanentRedirect" | "TemporaryRedirect", _) | (_, 301 | 302 | 307 | 308) => {
            "the bucket is at another endpoint"
        }
        ("RequestTimeTooSkewed", _) => "this machine's clock is wrong: set it",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, body: &str) -> Trouble {
        Trouble::refused("PUT", status, body.as_bytes(), None)
    }

    #[test]
    fn what_passes_and_what_lasts() {
        let code = |code: &str| format!("<Error><Code>{code}</Code></Error>");
        for (status, body, passes) in [
            (500, String::new(), true),
            (503, code("SlowDown"), true),
            (429, code("TooManyRequests"), true),
            (409, code("ConditionalRequestConflict"), true),
            (409, code("OperationAborted"), false),
            (403, code("SignatureDoesNotMatch"), false),
            (403, code("AccessDenied"), false),
            (404, code("NoSuchBucket"), false),
            (400, code("EntityTooLarge"), false),
            (501, code("NotImplemented"), false),
            (301, String::new(), false),
        ] {
            let trouble = refused(status, &body);
            assert_eq!(trouble.passes(), passes, "{trouble}");
            assert_eq!(Fault::from(trouble).retryable, passes);
        }
    }

    /// Worth a try once it is learned; after all tries it is the operator's.
    #[test]
    fn a_clock_may_pass_and_then_lasts() {
        let code = "RequestTimeTooSkewed".to_owned();
        let clock = Trouble::Clock { method: "PUT", code, seconds: -400 };
        assert!(clock.passes() && clock.to_string().contains("-400 s from the server's: set it"));
        assert!(!Fault::from(clock).retryable);
    }

    #[test]
    fn the_mend_is_named() {
        for (status, code, word) in [
            (403, "SignatureDoesNotMatch", "secret access key"),
            (403, "InvalidAccessKeyId", "access key id"),
            (403, "NotSignedUp", "access key id"),
            (401, "Unauthorized", "access key id"),
            (403, "AccessDenied", "Object Read & Write"),
            (404, "NoSuchBucket", "no such bucket"),
            (400, "AuthorizationHeaderMalformed", "region"),
            (301, "PermanentRedirect", "endpoint"),
            (403, "RequestTimeTooSkewed", "clock"),
        ] {
            let body = format!("<Error><Code>{code}</Code><Message>hm</Message></Error>");
            let said = refused(status, &body).to_string();
            assert!(said.contains(word) && said.contains(code), "{said}");
        }
    }

    #[test]
    fn what_we_do_not_know_the_server_may_say_briefly() {
        let long = "x".repeat(1_000);
        let body = format!("<Error><Code>Odd</Code><Message>a&#10;b{long}</Message></Error>");
        let said = refused(400, &body).to_string();
        assert!(said.starts_with("PUT: 400 Odd: a bxxx"), "{said}");
        assert!(said.len() < 230, "{said}");
        assert_eq!(refused(400, "<html>").to_string(), "PUT: 400 : ");
    }
}
