//! What a link is measured against.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// The hashes no signer can do without for one link, its signing key at hand: one HMAC-SHA256 of
/// 200 bytes under a key of its own (`salt`) and one SHA-256 of 300 bytes. For benches alone.
pub fn floor(salt: u8) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(&[salt; 32]).expect("any length is a key");
    mac.update(&std::hint::black_box([7; 200]));
    let mut sum: [u8; 32] = mac.finalize().into_bytes().into();
    let hash = Sha256::digest(std::hint::black_box([9; 300]));
    sum.iter_mut().zip(hash).for_each(|(byte, other)| *byte ^= other);
    sum
}
