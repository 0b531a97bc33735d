//! Signs links to the objects of one bucket, many for the same moment.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use hmac::Mac;
use sha2::{Digest, Sha256};

use crate::{
    Expires, Payload, Request, Signer, Stamp,
    key::SigningKey,
    percent::{Slash, push},
    sha256::Hex,
};

const SIGNATURE: &str = "&X-Amz-Signature=";

/// Links that GET one object each, without a header or a query of their own. All that is the same
/// for one moment is worked out once, so a link costs its hashes and one allocation.
pub struct Presigner {
    signer: Arc<Signer>,
    /// `https://host`.
    origin: String,
    host: String,
    /// What precedes the key: `/` or `/bucket/`, encoded.
    prefix: String,
    expires: Expires,
    window: RwLock<Option<Arc<Window>>>,
}

/// What the links of one moment share.
struct Window {
    at: Stamp,
    /// From the question mark on, up to the signature.
    query: String,
    /// What follows the path in the canonical request.
    tail: String,
    /// Keyed, and fed all that precedes the canonical request's hash.
    mac: SigningKey,
}

impl Presigner {
    /// Links to `{scheme}://{host}{prefix}{key}`; `host` as the server will see it, with its port
    /// unless it is the scheme's own, `prefix` encoded and with a slash at both ends. The signer
    /// is S3's.
    pub fn new(
        signer: Arc<Signer>,
        scheme: &str,
        host: &str,
        prefix: &str,
        expires: Expires,
    ) -> Self {
        Self {
            signer,
            origin: format!("{scheme}://{host}"),
            host: host.to_owned(),
            prefix: prefix.to_owned(),
            expires,
            window: RwLock::new(None),
        }
    }

    /// The link to `key`, not encoded yet, good from `at`.
    pub fn link(&self, key: &str, at: Stamp) -> String {
        let window = self.window(at);
        // Room for a key that is half encoded: one allocation for all ordinary keys.
        let room = self.origin.len() + self.prefix.len() + 2 * key.len() + window.query.len();
        let mut link = String::with_capacity(room + SIGNATURE.len() + 64);
        link.push_str(&self.origin);
        link.push_str(&self.prefix);
        push(&mut link, key, Slash::Kept);
        let mut canonical = Sha256::new();
        canonical.update(b"GET\n");
        canonical.update(&link[self.origin.len()..]);
        canonical.update(&window.tail);
        let mut mac = window.mac.clone();
        mac.update(Hex::of(&canonical.finalize()).as_bytes());
        let signature = Hex::of(&mac.finalize().into_bytes());
        link.extend([&*window.query, SIGNATURE, &*signature]);
        link
    }

    /// The window of `at`: pages ask for the same one for an hour, so one is kept.
    fn window(&self, at: Stamp) -> Arc<Window> {
        let kept = self.window.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(window) = kept.as_ref().filter(|window| window.at == at) {
            return Arc::clone(window);
        }
        drop(kept);
        let made = Arc::new(self.make(at));
        *self.window.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&made));
        made
    }

    fn make(&self, at: Stamp) -> Window {
        let request = Request {
            method: "GET",
            path: "/",
            query: &[],
            headers: &[("host", &self.host)],
            payload: Payload::UNSIGNED,
        };
        let (query, canonical) = self.signer.canonical_link(&request, &at, self.expires);
        let mut mac = self.signer.key(&at);
        mac.update(self.signer.string_to_sign_prefix(&at).as_bytes());
        let tail = canonical.strip_prefix("GET\n/").expect("it begins with method and path");
        Window { at, query: format!("?{query}"), tail: tail.to_owned(), mac }
    }
}

impl fmt::Debug for Presigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presigner")
            .field("signer", &self.signer)
            .field("origin", &self.origin)
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}
