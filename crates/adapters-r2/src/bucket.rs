//! The bucket as a store of pictures.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use safelight_domain::{ObjectKey, Timestamp};
use safelight_outbound::{Answer, BlockingCalls};
use safelight_ports::{Clock, Entropy, Fault, Presign, Storage};
use safelight_sigv4::{Credentials, Service, Signer};

use crate::{
    ConfigError, Listing, R2Config, call::Call, client::Client, limits::Limits, link::Links,
    target::Target, trouble::Trouble, wire::Wire,
};

/// Browsers may keep what a link opened for as long as they like, and no shared cache may: what is
/// under a key never changes, and a link is a secret.
pub(crate) const CACHE_CONTROL: &str = "private, max-age=31536000, immutable";
/// S3 User Guide and R2 docs: limits.
const LONGEST_KEY: usize = 1_024;
/// A thousand objects with the longest keys, encoded.
const LARGEST_LISTING: u64 = 8 << 20;

/// A [`Storage`] in a bucket of Cloudflare R2 or of any other server that speaks S3.
pub struct R2 {
    pub(crate) client: Client,
    pub(crate) links: Links,
}

/// An object without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Its size.
    pub bytes: u64,
    /// As it was put.
    pub media_type: Option<String>,
}

/// Whether a key was free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created {
    /// It was, and holds the bytes now.
    Now,
    /// It was not, and holds what it held. If a first try was stored without our hearing of it,
    /// these are the bytes of that try.
    Before,
}

impl R2 {
    /// A bucket that can be signed for. Nothing is asked of the server yet: [`R2::probe`] does.
    pub fn new(
        config: &R2Config,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, ConfigError> {
        Self::within(config, clock, entropy, Limits::default())
    }

    pub(crate) fn within(
        config: &R2Config,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        limits: Limits,
    ) -> Result<Self, ConfigError> {
        config.check()?;
        let target = Target::parse(config)?;
        let owner = Credentials::new(&config.access_key_id, config.secret_access_key.as_str());
        let signer = Arc::new(Signer::new(owner, &config.region, Service::S3));
        let links = Links::new(target.clone(), Arc::clone(&signer));
        let wire = Arc::new(Wire::new(target, signer, clock, &limits));
        let calls = BlockingCalls::new("storage", limits.threads);
        Ok(Self { client: Client { wire, calls, entropy, limits }, links })
    }

    /// Scheme and host that links begin with, for the pages' content security policy.
    pub fn origin(&self) -> String {
        self.links.origin()
    }

    /// How far the server's clock is ahead of ours, in seconds, as its last answer told.
    pub fn clock_skew(&self) -> i64 {
        self.client.wire.skew().seconds()
    }

    /// Stores an object unless there is one under its key. R2 and AWS keep this promise even
    /// between two at once; Garage 2.5 stores in any case, so it is no guard to rely on alone.
    pub async fn create(
        &self,
        key: &ObjectKey,
        media_type: &str,
        bytes: Vec<u8>,
    ) -> Result<Created, Fault> {
        let mut call = put(key, media_type, bytes)?;
        call.headers.push(("if-none-match", "*".to_owned()));
        call.accepts = &[412];
        let reply = self.client.call(call).await?;
        Ok(if reply.status == 412 { Created::Before } else { Created::Now })
    }

    /// What is known of an object, none if there is none.
    pub async fn head(&self, key: &ObjectKey) -> Result<Option<Head>, Fault> {
        let call = Call { accepts: &[404], ..Call::new("HEAD", checked(key)?) };
        let reply = self.client.call(call).await?;
        Ok((reply.status != 404).then(|| Head {
            bytes: reply.header("content-length").and_then(|n| n.parse().ok()).unwrap_or_default(),
            media_type: reply.header("content-type").map(str::to_owned),
        }))
    }

    /// A page of the objects whose keys begin with `prefix`, from `after`, a listing's `next`.
    pub async fn list(&self, prefix: &str, after: Option<&str>) -> Result<Listing, Fault> {
        let mut query = vec![
            ("list-type", "2".to_owned()),
            // Some characters of keys cannot be in XML.
            ("encoding-type", "url".to_owned()),
            ("prefix", prefix.to_owned()),
        ];
        query.extend(after.map(|token| ("continuation-token", token.to_owned())));
        let call = Call { query, max: LARGEST_LISTING, ..Call::new("GET", "") };
        let Answer { body, .. } = self.client.call(call).await?;
        Listing::parse(&body).map_err(|what| Trouble::Strange { method: "GET", what }.into())
    }
}

#[async_trait]
impl Storage for R2 {
    async fn put(&self, key: &ObjectKey, media_type: &str, bytes: Vec<u8>) -> Result<(), Fault> {
        self.client.call(put(key, media_type, bytes)?).await.map(drop)
    }

    async fn get(&self, key: &ObjectKey, max: u64) -> Result<Option<Vec<u8>>, Fault> {
        let call = Call { accepts: &[404], max, ..Call::new("GET", checked(key)?) };
        let reply = self.client.call(call).await?;
        Ok((reply.status != 404).then_some(reply.body))
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), Fault> {
        let call = Call { accepts: &[404], ..Call::new("DELETE", checked(key)?) };
        self.client.call(call).await.map(drop)
    }

    fn presign(&self, key: &ObjectKey, how: &Presign, now: Timestamp) -> String {
        self.links.sign(&key.0, how, now)
    }
}

impl fmt::Debug for R2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("R2").field("origin", &self.origin()).finish_non_exhaustive()
    }
}

/// The media type is always said: R2 guesses it from the bytes otherwise, and a guess of HTML
/// would run what somebody drew.
fn put(key: &ObjectKey, media_type: &str, bytes: Vec<u8>) -> Result<Call, Fault> {
    let headers =
        vec![("content-type", media_type.to_owned()), ("cache-control", CACHE_CONTROL.to_owned())];
    if media_type.is_empty() || !media_type.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Fault::lasting("storage", format!("{media_type:?} is not a media type")));
    }
    Ok(Call { headers, body: Some(bytes), ..Call::new("PUT", checked(key)?) })
}

/// A key that a link can open: browsers resolve dots in a path before they ask.
fn checked(key: &ObjectKey) -> Result<&str, Fault> {
    let segment = |segment: &str| !matches!(segment, "" | "." | "..");
    if key.0.len() <= LONGEST_KEY && key.0.split('/').all(segment) && !key.0.contains('\0') {
        return Ok(&key.0);
    }
    Err(Fault::lasting("storage", format!("{:?} is not a key of this store", key.0)))
}
