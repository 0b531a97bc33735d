//! What differs between services.

use std::borrow::Cow;

/// A service by its signing name, with its rules.
#[derive(Debug, Clone)]
pub struct Service {
    pub(crate) name: Cow<'static, str>,
    /// The path is signed as it was sent. Otherwise dots and double slashes are resolved, and what
    /// is encoded on the wire is encoded again.
    pub(crate) raw_path: bool,
    /// The payload's hash is sent and signed as a header too.
    pub(crate) content_sha256: bool,
}

impl Service {
    /// S3 and all that speak its protocol (S3 API Reference: "You do not normalize URI paths for
    /// requests to Amazon S3"; `x-amz-content-sha256` is required).
    pub const S3: Self = Self { name: Cow::Borrowed("s3"), raw_path: true, content_sha256: true };

    /// Any other service, by the name it is signed with: SES is `ses`, not its host's `email`.
    pub fn other(name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), raw_path: false, content_sha256: false }
    }
}
