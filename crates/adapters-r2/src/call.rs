//! What is asked of the bucket.

use std::sync::OnceLock;

use safelight_sigv4::Payload;

/// One idempotent call, to be signed anew for each try.
#[derive(Debug)]
pub(crate) struct Call {
    pub method: &'static str,
    /// Not encoded; empty for the bucket itself.
    pub key: String,
    /// Not encoded.
    pub query: Vec<(&'static str, String)>,
    /// All of them are signed.
    pub headers: Vec<(&'static str, String)>,
    /// None for a request that has none; an empty one is sent as such.
    pub body: Option<Vec<u8>>,
    /// Statuses that answer the call, besides all of success.
    pub accepts: &'static [u16],
    /// The most bytes an answer may have.
    pub max: u64,
    /// Filled at the first try: see [`Call::payload`].
    pub payload: OnceLock<Payload>,
}

impl Call {
    /// A call without a query, headers or a body, whose answer has none either.
    pub(crate) fn new(method: &'static str, key: &str) -> Self {
        Self {
            method,
            key: key.to_owned(),
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            accepts: &[],
            max: 0,
            payload: OnceLock::new(),
        }
    }

    /// What is signed of the body, hashed at the first try, where it may take its time.
    pub(crate) fn payload(&self) -> Payload {
        *self.payload.get_or_init(|| Payload::of(self.body.as_deref().unwrap_or_default()))
    }
}
