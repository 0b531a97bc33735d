//! JSON of good answers. Only what is used is read: seeds, which no double holds, are not.

use serde::Deserialize;

/// What a submit must answer. URLs are built by us and never taken from here: the key is sent to
/// them (fal docs: queue; the documents print them in two forms).
#[derive(Deserialize)]
pub(crate) struct AcceptedWire {
    pub request_id: String,
}

/// What a status says.
#[derive(Deserialize)]
pub(crate) struct StatusWire {
    pub status: String,
    pub queue_position: Option<serde_json::Number>,
}

/// A result: `images`, or `image` from models that make one.
#[derive(Deserialize)]
pub(crate) struct ResultWire {
    #[serde(default)]
    pub images: Option<Vec<ImageWire>>,
    #[serde(default)]
    pub image: Option<ImageWire>,
    /// Beside `images`; a hit comes as a black picture (fal docs: model arguments).
    #[serde(default)]
    pub has_nsfw_concepts: Option<Vec<bool>>,
}

#[derive(Deserialize)]
pub(crate) struct ImageWire {
    pub url: String,
}

/// Whether a request id can be part of an address.
pub(crate) fn is_request_id(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=128).contains(&text.len()) && text.bytes().all(fits)
}
