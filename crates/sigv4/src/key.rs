//! The key that signs for a day.

use std::sync::{PoisonError, RwLock};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{Credentials, Service, Stamp};

/// A signing key as the state of an HMAC that has taken it up: cheaper to copy than to begin
/// again, and wiped when dropped.
pub(crate) type SigningKey = Hmac<Sha256>;

/// Around midnight two days sign side by side: requests of now and links of the hour before.
const DAYS: usize = 2;

/// The signing keys of one region and service, so that the day is the whole name of a key.
pub(crate) struct Keys {
    days: RwLock<Vec<([u8; 8], SigningKey)>>,
}

impl Keys {
    pub(crate) fn new() -> Self {
        Self { days: RwLock::new(Vec::with_capacity(DAYS + 1)) }
    }

    /// The key of `stamp`'s day, derived once.
    pub(crate) fn get(
        &self,
        stamp: &Stamp,
        credentials: &Credentials,
        region: &str,
        service: &Service,
    ) -> SigningKey {
        let day: [u8; 8] = stamp.day().as_bytes().try_into().expect("a day has eight digits");
        let days = self.days.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, key)) = days.iter().find(|(other, _)| *other == day) {
            return key.clone();
        }
        drop(days);
        let key = derive(stamp.day(), credentials, region, service);
        let mut days = self.days.write().unwrap_or_else(PoisonError::into_inner);
        // Two at once may both have derived it: the same key, so either may stay.
        days.retain(|(other, _)| *other != day);
        days.push((day, key.clone()));
        if days.len() > DAYS {
            days.remove(0);
        }
        key
    }

    #[cfg(test)]
    pub(crate) fn held(&self) -> usize {
        self.days.read().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// Four HMACs deep: secret, day, region, service (IAM User Guide: "Derive a signing key").
fn derive(day: &str, credentials: &Credentials, region: &str, service: &Service) -> SigningKey {
    let first = Zeroizing::new(format!("AWS4{}", credentials.secret()));
    let mut key = keyed(first.as_bytes());
    for part in [day, region, &service.name, "aws4_request"] {
        key.update(part.as_bytes());
        let mut derived = Zeroizing::new([0; 32]);
        derived.copy_from_slice(&key.finalize().into_bytes());
        key = keyed(derived.as_slice());
    }
    key
}

fn keyed(key: &[u8]) -> SigningKey {
    Hmac::new_from_slice(key).expect("HMAC takes a key of any length")
}

#[cfg(test)]
mod tests {
    use hmac::EagerHash;

    use super::*;

    /// Compiles only as long as the hash states wipe themselves; a signing key is two of them.
    #[test]
    fn keys_are_wiped_when_dropped() {
        fn wiped<T: zeroize::ZeroizeOnDrop>() {}
        wiped::<<Sha256 as EagerHash>::Core>();
        wiped::<Sha256>();
    }
}
