//! Against AWS's vectors, AWS's signer, a second signer, and change.

mod altered;
mod oracle;
mod presigner;
mod published;
mod secrecy;
mod vectors;

use crate::{Credentials, Expires, Service, Signer, Stamp};

/// The credentials of AWS's vectors (aws-c-auth, aws-signing-test-suite).
const VECTOR_KEY: (&str, &str) = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
/// 2015-08-30T12:36:00Z, when AWS's vectors were signed.
const VECTOR_TIME: i64 = 1_440_938_160;

/// A pair, expiring after `seconds`.
fn expires(seconds: u32) -> Expires {
    Expires::seconds(seconds).expect("within a week")
}

fn credentials((id, secret): (&str, &str)) -> Credentials {
    Credentials::new(id, secret)
}

fn bucket_signer() -> Signer {
    Signer::new(credentials(VECTOR_KEY), "auto", Service::S3)
}

#[test]
fn a_week_is_the_longest() {
    assert!(Expires::seconds(0).is_none());
    assert!(Expires::seconds(1).is_some());
    assert!(Expires::seconds(604_800).is_some());
    assert!(Expires::seconds(604_801).is_none());
}

#[test]
fn keys_are_kept_for_two_days() {
    let signer = bucket_signer();
    let link = |seconds| {
        let request = altered::request();
        signer.sign_query(&request, Stamp::at(seconds), expires(60))
    };
    let first = link(VECTOR_TIME);
    for day in 0..5 {
        link(VECTOR_TIME + day * 86_400);
    }
    assert_eq!(signer.keys_held(), 2);
    assert_eq!(link(VECTOR_TIME), first, "a key derived again is the same key");
}
