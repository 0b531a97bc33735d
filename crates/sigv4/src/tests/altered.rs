//! Whatever is altered alters the signature.

use std::collections::HashSet;

use super::{VECTOR_KEY, VECTOR_TIME, bucket_signer, credentials, expires};
use crate::{Payload, Request, Service, Signer, Stamp};

/// A request with something in every part.
pub(super) fn request() -> Request<'static> {
    Request {
        method: "GET",
        path: "/bucket/images/a.png",
        query: &[("response-content-disposition", "attachment")],
        headers: &[("host", "example.com"), ("x-amz-meta-a", "b")],
        payload: Payload::UNSIGNED,
    }
}

#[test]
fn every_part_of_a_request_counts() {
    let base = request();
    let requests = [
        base,
        Request { method: "HEAD", ..base },
        Request { path: "/bucket/images/b.png", ..base },
        Request { path: "/bucket/images//a.png", ..base },
        Request { query: &[("response-content-disposition", "inline")], ..base },
        Request { query: &[], ..base },
        Request { headers: &[("host", "example.org"), ("x-amz-meta-a", "b")], ..base },
        Request { headers: &[("host", "example.com"), ("x-amz-meta-a", "c")], ..base },
        Request { headers: &[("host", "example.com")], ..base },
        Request { payload: Payload::of(b""), ..base },
        Request { payload: Payload::of(b"a"), ..base },
    ];
    let (signer, at) = (bucket_signer(), Stamp::at(VECTOR_TIME));
    let header = |request| signer.sign(request, at).pop().expect("the authorization").1;
    let query = |request| signer.sign_query(request, at, expires(60));
    distinct(requests.iter().map(signature_of(header)));
    distinct(requests.iter().map(signature_of(query)));
}

#[test]
fn who_where_when_and_how_long_count() {
    let (id, secret) = VECTOR_KEY;
    let signer =
        |id, secret, region, service| Signer::new(credentials((id, secret)), region, service);
    let signers = [
        signer(id, secret, "auto", Service::S3),
        signer("AKIDEXAMPLF", secret, "auto", Service::S3),
        signer(id, "another", "auto", Service::S3),
        signer(id, secret, "garage", Service::S3),
        signer(id, secret, "auto", Service::other("ses")),
        Signer::new(credentials(VECTOR_KEY).with_session_token("t"), "auto", Service::S3),
        Signer::new(credentials(VECTOR_KEY).with_session_token("u"), "auto", Service::S3),
    ];
    let times = [(VECTOR_TIME, 60), (VECTOR_TIME + 1, 60), (VECTOR_TIME, 61)];
    let all = signers.iter().flat_map(|signer| times.map(|time| (signer, time)));
    distinct(all.map(signature_of(|(signer, (at, seconds)): (&Signer, _)| {
        signer.sign_query(&request(), Stamp::at(at), expires(seconds))
    })));
}

/// The signature alone of what `sign` makes.
fn signature_of<T>(sign: impl Fn(T) -> String) -> impl Fn(T) -> String {
    move |subject| {
        let signed = sign(subject);
        let (_, signature) = signed.rsplit_once("Signature=").expect("it is signed");
        assert_eq!(signature.len(), 64);
        signature.to_owned()
    }
}

fn distinct(signatures: impl Iterator<Item = String>) {
    let all: Vec<_> = signatures.collect();
    assert!(all.len() > 1);
    assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len(), "two agree: {all:#?}");
}
