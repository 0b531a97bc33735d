//! Signs requests.

use std::fmt;

use hmac::Mac;

use crate::{
    Credentials, Expires, Request, Service, Stamp,
    canonical::{self, Headers},
    key::{Keys, SigningKey},
    sha256::Hex,
};

pub(crate) const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Signs for one pair of credentials, one region and one service. Share it: keys are kept.
pub struct Signer {
    credentials: Credentials,
    region: String,
    service: Service,
    keys: Keys,
}

impl Signer {
    /// A signer for `region`, which must be the one the server expects: `auto` for R2.
    pub fn new(credentials: Credentials, region: impl Into<String>, service: Service) -> Self {
        Self { credentials, region: region.into(), service, keys: Keys::new() }
    }

    /// The headers to add to `request`: `authorization` and the ones it vouches for,
    /// `x-amz-date`, on S3 `x-amz-content-sha256`, with temporary credentials
    /// `x-amz-security-token`.
    pub fn sign(&self, request: &Request, at: Stamp) -> Vec<(&'static str, String)> {
        let mut added = vec![("x-amz-date", at.as_str().to_owned())];
        if self.service.content_sha256 {
            added.push(("x-amz-content-sha256", request.payload.as_str().to_owned()));
        }
        if let Some(token) = self.credentials.session_token() {
            added.push(("x-amz-security-token", token.to_owned()));
        }
        let (headers, canonical) = self.canonical(request, &added);
        let authorization = format!(
            "{ALGORITHM} Credential={}/{}, SignedHeaders={}, Signature={}",
            self.credentials.access_key_id(),
            self.scope(&at),
            headers.names,
            &*self.signature(&at, &canonical),
        );
        added.push(("authorization", authorization));
        added
    }

    /// The whole query of `request` as a link that is good for `expires` from `at`, encoded and
    /// without the question mark. S3 wants [`crate::Payload::UNSIGNED`] here.
    pub fn sign_query(&self, request: &Request, at: Stamp, expires: Expires) -> String {
        let (mut query, canonical) = self.canonical_link(request, &at, expires);
        query.extend(["&X-Amz-Signature=", &*self.signature(&at, &canonical)]);
        query
    }

    /// The canonical query and the canonical request of a link.
    pub(crate) fn canonical_link(
        &self,
        request: &Request,
        at: &Stamp,
        expires: Expires,
    ) -> (String, String) {
        let headers = canonical::headers(request.headers.iter().copied());
        let credential = format!("{}/{}", self.credentials.access_key_id(), self.scope(at));
        let expires = expires.get().to_string();
        let ours = [
            ("X-Amz-Algorithm", ALGORITHM),
            ("X-Amz-Credential", &credential),
            ("X-Amz-Date", at.as_str()),
            ("X-Amz-Expires", &expires),
            ("X-Amz-SignedHeaders", &headers.names),
        ];
        let token = self.credentials.session_token().map(|token| ("X-Amz-Security-Token", token));
        let query = canonical::query(request.query.iter().copied().chain(ours).chain(token));
        let text = canonical::text(&self.service, request, &query, &headers);
        (query, text)
    }

    /// The canonical request with `added` among its headers, and those headers.
    pub(crate) fn canonical(
        &self,
        request: &Request,
        added: &[(&'static str, String)],
    ) -> (Headers, String) {
        let added = added.iter().map(|(name, value)| (*name, value.as_str()));
        let headers = canonical::headers(request.headers.iter().copied().chain(added));
        let query = canonical::query(request.query.iter().copied());
        let text = canonical::text(&self.service, request, &query, &headers);
        (headers, text)
    }

    /// What is signed, up to the canonical request's hash: the same for a whole second.
    pub(crate) fn string_to_sign_prefix(&self, at: &Stamp) -> String {
        [ALGORITHM, at.as_str(), &self.scope(at), ""].join("\n")
    }

    pub(crate) fn key(&self, at: &Stamp) -> SigningKey {
        self.keys.get(at, &self.credentials, &self.region, &self.service)
    }

    fn signature(&self, at: &Stamp, canonical: &str) -> Hex {
        let mut mac = self.key(at);
        mac.update(self.string_to_sign_prefix(at).as_bytes());
        mac.update(Hex::digest(canonical.as_bytes()).as_bytes());
        Hex::of(&mac.finalize().into_bytes())
    }

    fn scope(&self, at: &Stamp) -> String {
        [at.day(), &self.region, &self.service.name, "aws4_request"].join("/")
    }

    #[cfg(test)]
    pub(crate) fn keys_held(&self) -> usize {
        self.keys.held()
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("credentials", &self.credentials)
            .field("region", &self.region)
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}
