//! What the operator says about the bucket.

use std::fmt;

use zeroize::Zeroizing;

/// A bucket, where it is and how to sign for it.
#[derive(Clone)]
pub struct R2Config {
    /// Scheme and host, as `https://<account>.r2.cloudflarestorage.com`. A bucket in a
    /// jurisdiction is reached by that jurisdiction's own host only (R2 docs: data location).
    pub endpoint: String,
    /// The bucket's name.
    pub bucket: String,
    /// The region the server signs for: `auto` on R2, the operator's choice elsewhere.
    pub region: String,
    /// The id of an API token with Object Read & Write on this bucket.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: Zeroizing<String>,
    /// The bucket stands in the path and not in the host's name. Works everywhere.
    pub path_style: bool,
}

impl R2Config {
    /// A bucket of a Cloudflare account, outside any jurisdiction.
    pub fn for_account(
        account_id: &str,
        bucket: impl Into<String>,
        access_key_id: impl Into<String>,
        secret_access_key: impl Into<String>,
    ) -> Result<Self, ConfigError> {
        // R2 docs: an account id is 32 hexadecimal digits.
        if account_id.len() != 32 || !account_id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(ConfigError::AccountId);
        }
        Ok(Self {
            endpoint: format!("https://{account_id}.r2.cloudflarestorage.com"),
            bucket: bucket.into(),
            region: "auto".to_owned(),
            access_key_id: access_key_id.into(),
            secret_access_key: Zeroizing::new(secret_access_key.into()),
            path_style: true,
        })
    }

    /// Checks what can be checked without asking the server, and says what to mend.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let word = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
        let name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let ends = [self.bucket.bytes().next(), self.bucket.bytes().next_back()];
        // S3 User Guide: bucket naming rules; R2 takes the same without dots.
        let bucket = (3..=63).contains(&self.bucket.len())
            && self.bucket.bytes().all(|byte| name(byte) || matches!(byte, b'-' | b'.'))
            && ends.into_iter().flatten().all(name);
        if !bucket {
            return Err(ConfigError::Bucket(self.bucket.clone()));
        }
        // A slash or a comma would change what the signature's scope says.
        if !word(&self.region) || self.region.contains(['/', ',']) {
            return Err(ConfigError::Region(self.region.clone()));
        }
        if !word(&self.access_key_id) || self.access_key_id.contains(['/', ',']) {
            return Err(ConfigError::AccessKeyId);
        }
        if !word(&self.secret_access_key) {
            return Err(ConfigError::Secret);
        }
        // R2 docs: the id has 32 hexadecimal digits, the secret 64.
        if self.endpoint.contains(".r2.cloudflarestorage.com")
            && (self.access_key_id.len(), self.secret_access_key.len()) == (64, 32)
        {
            return Err(ConfigError::Swapped);
        }
        Ok(())
    }
}

impl fmt::Debug for R2Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("R2Config")
            .field("endpoint", &self.endpoint)
            .field("bucket", &self.bucket)
            .field("region", &self.region)
            .field("access_key_id", &self.access_key_id)
            .field("path_style", &self.path_style)
            .finish_non_exhaustive()
    }
}

/// What is wrong with a configuration, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Not 32 hexadecimal digits.
    #[error("the account id is the 32 hexadecimal digits of the Cloudflare dashboard's address")]
    AccountId,
    /// Not a scheme and a host.
    #[error("{0:?} is not an endpoint: expected a scheme and a host, as https://storage.example")]
    Endpoint(String),
    /// With a user or a password, which is not repeated.
    #[error("the endpoint names a user: leave out everything up to the @; keys have settings")]
    EndpointUser,
    /// With something behind the host.
    #[error("the endpoint ends with its host: leave out {0:?}; the bucket has its own setting")]
    EndpointPath(String),
    /// A bucket's public address, which knows no signatures.
    #[error(
        "{0} is a public address; the S3 endpoint is https://<account>.r2.cloudflarestorage.com"
    )]
    PublicAddress(String),
    /// Not a bucket's name.
    #[error("{0:?} is no bucket's name: 3 to 63 lower-case letters, digits, hyphens and dots")]
    Bucket(String),
    /// No certificate covers two labels before the endpoint's.
    #[error("a bucket with dots in its name needs path_style over https")]
    DottedHost,
    /// Empty, or with what cannot be in a region.
    #[error("{0:?} is not a region: `auto` on R2, elsewhere the server's own")]
    Region(String),
    /// Empty, or with what cannot be in an id.
    #[error("the access key id is empty or has characters that cannot be in one")]
    AccessKeyId,
    /// Empty, or with blanks.
    #[error("the secret access key is empty or has blanks in it")]
    Secret,
    /// By their lengths, one was pasted for the other.
    #[error("the access key id and the secret access key are swapped")]
    Swapped,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Target;

    fn good() -> R2Config {
        let (id, secret) = ("a".repeat(32), "b".repeat(64));
        R2Config::for_account(&"0f".repeat(16), "media", id, secret).unwrap()
    }

    /// The complaint about `good` with `change` made to it.
    fn complaint(change: impl FnOnce(&mut R2Config)) -> String {
        let mut config = good();
        change(&mut config);
        let checked = config.check().and_then(|()| Target::parse(&config).map(drop));
        checked.unwrap_err().to_string()
    }

    #[test]
    fn an_account_is_enough_to_find_the_endpoint() {
        let config = good();
        config.check().unwrap();
        assert_eq!(
            config.endpoint,
            "https://0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f.r2.cloudflarestorage.com"
        );
        assert_eq!((config.region.as_str(), config.path_style), ("auto", true));
        for bad in ["", "0f", &"0g".repeat(16), "../../../../../../../../../../aa"] {
            let error = R2Config::for_account(bad, "media", "id", "secret").unwrap_err();
            assert!(matches!(error, ConfigError::AccountId), "{bad}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for bucket in ["", "ab", "Media", "a_b", "-media", "media-", "a/b", &"a".repeat(64)] {
            let said = complaint(|config| bucket.clone_into(&mut config.bucket));
            assert!(said.contains("no bucket's name"), "{said}");
        }
        for region in ["", "eu west", "a/b"] {
            let said = complaint(|config| region.clone_into(&mut config.region));
            assert!(said.contains("not a region"), "{said}");
        }
        for id in ["", "a b", "a/b", "a,b", "key\n"] {
            let said = complaint(|config| id.clone_into(&mut config.access_key_id));
            assert!(said.contains("access key id is empty"), "{said}");
        }
        for secret in ["", "se cret", "secret\n"] {
            let set = Zeroizing::new(secret.to_owned());
            let said = complaint(|config| config.secret_access_key = set);
            assert!(said.contains("secret access key is empty"), "{said}");
            assert!(!said.contains("se cret"));
        }
        let said = complaint(|config| {
            config.secret_access_key = Zeroizing::new("a".repeat(32));
            config.access_key_id = "b".repeat(64);
        });
        assert!(said.contains("swapped"), "{said}");
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", good());
        assert!(shown.contains("media") && !shown.contains("bbbb"), "{shown}");
    }
}
