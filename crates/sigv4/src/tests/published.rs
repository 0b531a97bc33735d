//! A handful of published signatures, held here so that they are checked everywhere.

use super::{VECTOR_KEY, VECTOR_TIME, credentials, expires};
use crate::{Payload, Request, Service, Signer, Stamp, sha256::Hex};

/// S3 API Reference, "Examples: Signature Calculations": 2013-05-24T00:00:00Z.
const DOC_TIME: i64 = 1_369_353_600;
const DOC_KEY: (&str, &str) = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
const DOC_HOST: (&str, &str) = ("host", "examplebucket.s3.amazonaws.com");

fn get<'a>(path: &'a str, query: &'a [(&str, &str)], headers: &'a [(&str, &str)]) -> Request<'a> {
    Request { method: "GET", path, query, headers, payload: Payload::of(b"") }
}

/// The hash of the canonical request and the signature, both as S3 has published them.
#[test]
fn s3_examples_in_headers() {
    let signer = Signer::new(credentials(DOC_KEY), "us-east-1", Service::S3);
    let put_headers = [
        DOC_HOST,
        ("Date", "Fri, 24 May 2013 00:00:00 GMT"),
        ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
    ];
    let put = Request {
        method: "PUT",
        payload: Payload::of(b"Welcome to Amazon S3."),
        ..get("/test%24file.text", &[], &put_headers)
    };
    for (request, canonical, signature) in [
        (
            get("/test.txt", &[], &[DOC_HOST, ("Range", "bytes=0-9")]),
            "7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972",
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        (
            put,
            "9e0e90d9c76de8fa5b200d8c849cd5b8dc7a3be3951ddb7f6a76b4158342019d",
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ),
        (
            get("/", &[("lifecycle", "")], &[DOC_HOST]),
            "9766c798316ff2757b517bc739a67f6213b4ab36dd5da2f94eaebf79c77395ca",
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        ),
        (
            get("/", &[("prefix", "J"), ("max-keys", "2")], &[DOC_HOST]),
            "df57d21db20da04d7fa30298dd4488ba3a2b47ca3a489c74750e0f1e7df1b9b7",
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
    ] {
        let mut headers = signer.sign(&request, Stamp::at(DOC_TIME));
        let (_, authorization) = headers.pop().expect("the authorization comes last");
        let (_, text) = signer.canonical(&request, &headers);
        assert_eq!(&*Hex::digest(text.as_bytes()), canonical, "{text}");
        assert_eq!(authorization.rsplit('=').next(), Some(signature), "{authorization}");
    }
}

#[test]
fn s3_example_in_the_query() {
    let signer = Signer::new(credentials(DOC_KEY), "us-east-1", Service::S3);
    let host = [DOC_HOST];
    let request = Request { payload: Payload::UNSIGNED, ..get("/test.txt", &[], &host) };
    assert_eq!(
        signer.sign_query(&request, Stamp::at(DOC_TIME), expires(86_400)),
        "X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
         &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
         &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    );
}

/// aws-c-auth, aws-signing-test-suite: get-vanilla-query and get-vanilla-with-session-token.
#[test]
fn vectors_of_another_service() {
    let at = Stamp::at(VECTOR_TIME);
    let host = [("Host", "example.amazonaws.com")];
    let token = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267";
    let owner = credentials(VECTOR_KEY).with_session_token(token);
    let signer = Signer::new(owner, "us-east-1", Service::other("service"));
    let request = get("/", &[], &host);
    let headers = signer.sign(&request, at);
    assert_eq!(
        headers.last().unwrap().1,
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
         SignedHeaders=host;x-amz-date;x-amz-security-token, \
         Signature=07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8"
    );
    let query = signer.sign_query(&request, at, expires(3600));
    let signature = "7ff2b50b376cb4d151970630573d6291dc128cc5c2a12ffb237f73cc53f67b6c";
    assert!(query.ends_with(signature), "{query}");
    assert!(query.contains(&format!("&X-Amz-Security-Token={token}&")), "{query}");
}
