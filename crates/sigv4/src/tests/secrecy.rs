//! Nothing that is printed gives a secret away.

use std::sync::Arc;

use super::{VECTOR_KEY, VECTOR_TIME, bucket_signer, credentials, expires};
use crate::{Presigner, Service, Signer, Stamp};

#[test]
fn debug_shows_no_secret() {
    let owner = credentials(VECTOR_KEY).with_session_token("the-token");
    let signer = Arc::new(Signer::new(owner.clone(), "auto", Service::S3));
    let presigner = Presigner::new(Arc::clone(&signer), "https", "h", "/", expires(60));
    presigner.link("a", Stamp::at(VECTOR_TIME));
    for text in [format!("{owner:?}"), format!("{signer:?}"), format!("{presigner:#?}")] {
        assert!(text.contains("AKIDEXAMPLE"), "{text}");
        assert!(!text.contains("wJalr") && !text.contains("the-token"), "{text}");
        assert!(!text.contains("Signature"), "{text}");
    }
}

#[test]
fn headers_carry_a_session_token_and_nothing_else_secret() {
    let request = super::altered::request();
    let owner = credentials(VECTOR_KEY).with_session_token("the-token");
    let signer = Signer::new(owner, "auto", Service::S3);
    let headers = signer.sign(&request, Stamp::at(VECTOR_TIME));
    let names: Vec<_> = headers.iter().map(|(name, _)| *name).collect();
    let expected = ["x-amz-date", "x-amz-content-sha256", "x-amz-security-token", "authorization"];
    assert_eq!(names, expected);
    assert!(headers.iter().all(|(_, value)| !value.contains("wJalr")));
    let plain = bucket_signer().sign(&request, Stamp::at(VECTOR_TIME));
    assert!(plain.iter().all(|(name, _)| *name != "x-amz-security-token"));
}
