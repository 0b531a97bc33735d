//! What is signed.

use crate::sha256::Hex;

/// A request as it will be sent.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// In capitals.
    pub method: &'a str,
    /// As on the wire: absolute, percent-encoded, without the query.
    pub path: &'a str,
    /// Decoded names and values. The wire must carry them encoded by [`crate::encode_value`];
    /// their order there is free.
    pub query: &'a [(&'a str, &'a str)],
    /// What to sign, `host` included; names in any case, values as sent. All of it is signed, so
    /// give only what no proxy rewrites: `host`, `content-type` and every `x-amz-` header, but no
    /// `user-agent` or `accept-encoding`.
    pub headers: &'a [(&'a str, &'a str)],
    /// What the body is.
    pub payload: Payload,
}

/// What a signature says about the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payload(Kind);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Hash(Hex),
    Unsigned,
}

impl Payload {
    /// Nothing: the body may be anything. Only S3 takes this.
    pub const UNSIGNED: Self = Self(Kind::Unsigned);

    /// Exactly these bytes; give none for a request without a body.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Kind::Hash(Hex::digest(bytes)))
    }

    pub(crate) fn as_str(&self) -> &str {
        match &self.0 {
            Kind::Hash(hex) => hex,
            Kind::Unsigned => "UNSIGNED-PAYLOAD",
        }
    }
}

/// For how long from its date a signed query is good: one second to seven days, as S3 allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expires(u32);

impl Expires {
    /// None if no server would take it.
    pub const fn seconds(seconds: u32) -> Option<Self> {
        match seconds {
            1..=604_800 => Some(Self(seconds)),
            _ => None,
        }
    }

    pub(crate) fn get(self) -> u32 {
        self.0
    }
}
