//! Answers, and why there is none.

use ureq::http::HeaderMap;

use crate::CallError;

/// An answer, whatever its status, read whole.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// As sent.
    pub headers: HeaderMap,
    /// No longer than the caller allowed.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header's value, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// Why there is no answer. The two cases decide whether a call that costs money may be repeated.
#[derive(Debug)]
pub enum NoAnswer {
    /// No connection was made, so no byte of the request left this machine.
    NotSent(CallError),
    /// A connection was made: the request may have arrived and been acted upon.
    Lost(CallError),
}

impl From<NoAnswer> for CallError {
    /// For calls that may be repeated, both cases are the same.
    fn from(none: NoAnswer) -> Self {
        match none {
            NoAnswer::NotSent(error) | NoAnswer::Lost(error) => error,
        }
    }
}
