//! Secrets: keys and passwords that must not be shown.

use std::fmt;

use ureq::http::HeaderValue;
use zeroize::{Zeroize, Zeroizing};

use crate::CallError;

/// A secret that is left out of debug output and wiped when dropped.
#[derive(Clone)]
pub struct Secret<T: Zeroize>(Zeroizing<T>);

impl<T: Zeroize> Secret<T> {
    /// Takes a secret in.
    pub fn new(secret: T) -> Self {
        Self(Zeroizing::new(secret))
    }

    /// The secret itself, for the one place that needs it.
    pub fn reveal(&self) -> &T {
        &self.0
    }
}

impl Secret<String> {
    /// `text` without the secret, should an answer repeat it.
    pub fn redacted(&self, text: &str, instead: &str) -> String {
        text.replace(self.0.as_str(), instead)
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// The value of an `Authorization` header, such as `Bearer` and a key; left out of debug output.
pub fn credential(scheme: &str, key: &[u8]) -> Result<HeaderValue, CallError> {
    let text = Zeroizing::new([scheme.as_bytes(), b" ", key].concat());
    let mut value = HeaderValue::from_bytes(&text)
        .map_err(|_| CallError::permanent("the key cannot be put into a header"))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_show() {
        let secret = Secret::new("sk_test_abc".to_owned());
        assert_eq!(format!("{secret:?}"), "Secret");
        assert_eq!(secret.redacted("no sk_test_abc here", "the key"), "no the key here");
        let header = credential("Bearer", secret.reveal().as_bytes()).unwrap();
        assert_eq!(header, "Bearer sk_test_abc");
        assert!(!format!("{header:?}").contains("abc"));
        assert!(credential("Key", b"a\nb").is_err());
    }
}
