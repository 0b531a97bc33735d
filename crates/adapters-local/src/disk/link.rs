//! Links that open one file, one way, for a while.
//!
//! `{base}/files/{key}?expires={unix}[&save={name}]&sig={signature}`: the signature covers all of
//! it. The time is floored to the hour, so one text serves for an hour and browsers cache it.

mod percent;
mod save_name;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use safelight_domain::Timestamp;
use safelight_ports::{LINK_SECONDS, Presign, link_date};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Signs links and checks them.
pub(super) struct Links {
    base_url: String,
    secret: Zeroizing<[u8; 32]>,
}

/// What a link's query says.
struct Query {
    expires: i64,
    save_as: Option<String>,
    signature: Vec<u8>,
}

impl Links {
    pub(super) fn new(mut base_url: String, secret: [u8; 32]) -> Self {
        base_url.truncate(base_url.trim_end_matches('/').len());
        Self { base_url, secret: Zeroizing::new(secret) }
    }

    /// The link to `key`, the same text from two past the hour to two past the next.
    pub(super) fn sign(&self, key: &str, how: &Presign, now: Timestamp) -> String {
        let expires = link_date(now) + i64::from(LINK_SECONDS);
        let save_as = match how {
            Presign::Show => None,
            Presign::Save(name) => Some(save_name::safe(name)),
        };
        let mac = self.mac(key, expires, save_as.as_deref());
        let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        let save = save_as.map_or_else(String::new, |name| {
            format!("&save={}", percent::encode(&name, percent::Slash::Encoded))
        });
        let path = percent::encode(key, percent::Slash::Kept);
        format!("{}/files/{path}?expires={expires}{save}&sig={signature}", self.base_url)
    }

    /// Whether the link is ours, unaltered and alive: then the name to save it under, if it says
    /// so. `path` is decoded, `query` as it came.
    #[expect(clippy::option_option, reason = "refused, or good with or without a name")]
    pub(super) fn check(&self, path: &str, query: &str, now: Timestamp) -> Option<Option<String>> {
        let query = Query::parse(query)?;
        let mac = self.mac(path, query.expires, query.save_as.as_deref());
        // Compares in constant time.
        mac.verify_slice(&query.signature).ok()?;
        (now.as_second() < query.expires).then_some(query.save_as)
    }

    /// No field can hold a newline that was signed: keys have none and names are made safe.
    fn mac(&self, key: &str, expires: i64, save_as: Option<&str>) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.as_slice())
            .expect("HMAC takes a key of any length");
        let how = if save_as.is_some() { "save" } else { "show" };
        let name = save_as.unwrap_or_default();
        mac.update(format!("safelight-file-1\n{key}\n{expires}\n{how}\n{name}").as_bytes());
        mac
    }
}

impl Query {
    /// Reads a query with each of our fields at most once and nothing else.
    fn parse(text: &str) -> Option<Self> {
        let (mut expires, mut save_as, mut signature) = (None, None, None);
        for pair in text.split('&') {
            let (name, value) = pair.split_once('=')?;
            let value = percent::decode(value)?;
            let before = match name {
                "expires" => expires.replace(value),
                "save" => save_as.replace(value),
                "sig" => signature.replace(value),
                _ => return None,
            };
            if before.is_some() {
                return None;
            }
        }
        let text = expires?;
        let expires: i64 = text.parse().ok()?;
        // Only the one way we write it: `+1` and `01` would pass for a signed `1`.
        (expires.to_string() == text).then_some(())?;
        Some(Self { expires, save_as, signature: URL_SAFE_NO_PAD.decode(signature?).ok()? })
    }
}
