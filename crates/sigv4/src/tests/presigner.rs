//! The fast way to a link says what the general way says, and what another signer says.

use std::{sync::Arc, time::Duration};

use rusty_s3::{Bucket, Credentials as RustyCredentials, S3Action, UrlStyle, actions::GetObject};

use super::{VECTOR_KEY, VECTOR_TIME, bucket_signer, credentials, expires};
use crate::{Payload, Presigner, Request, Service, Signer, Stamp, encode_path};

const KEYS: [&str; 6] = [
    "images/0198c2f0/0198c2f1/original.png",
    "a b+c%~é\u{1f98a}.png",
    "a//b/./c/../d",
    "\"quoted\" 'and' (more)!*",
    "?#&=;:@,$",
    "",
];

#[test]
fn a_link_is_the_signed_query_of_its_request() {
    let temporary = credentials(VECTOR_KEY).with_session_token("a/b+c=");
    for signer in [bucket_signer(), Signer::new(temporary, "auto", Service::S3)] {
        let signer = Arc::new(signer);
        let host = "storage.example:9000";
        let presigner =
            Presigner::new(Arc::clone(&signer), "http", host, "/bucket/", expires(7200));
        for (key, seconds) in KEYS.into_iter().flat_map(|key| [(key, 0), (key, 86_400), (key, 0)]) {
            let at = Stamp::at(VECTOR_TIME + seconds);
            let path = format!("/bucket/{}", encode_path(key));
            let request = Request {
                method: "GET",
                path: &path,
                query: &[],
                headers: &[("host", host)],
                payload: Payload::UNSIGNED,
            };
            let query = signer.sign_query(&request, at, expires(7200));
            assert_eq!(presigner.link(key, at), format!("http://{host}{path}?{query}"));
        }
    }
}

/// Our links by a signer nobody here wrote. The two order their queries differently, so what is
/// compared is path and signature.
#[test]
fn a_link_is_signed_as_rusty_s3_signs_it() {
    let endpoint = "https://account.r2.cloudflarestorage.com".parse().unwrap();
    let bucket = Bucket::new(endpoint, UrlStyle::Path, "media", "auto").unwrap();
    let theirs = RustyCredentials::new(VECTOR_KEY.0, VECTOR_KEY.1);
    let host = "account.r2.cloudflarestorage.com";
    let ours = Presigner::new(Arc::new(bucket_signer()), "https", host, "/media/", expires(7200));
    for key in KEYS.into_iter().filter(|key| !key.contains("//")) {
        let at = jiff::Timestamp::from_second(VECTOR_TIME).unwrap();
        let theirs = GetObject::new(&bucket, Some(&theirs), key)
            .sign_with_time(Duration::from_hours(2), &at);
        let ours = ours.link(key, Stamp::at(VECTOR_TIME));
        let ends = |link: &str| {
            let (path, query) = link.split_once('?').unwrap();
            let (_, signature) = query.split_once("X-Amz-Signature=").unwrap();
            (path.to_owned(), signature[..64].to_owned())
        };
        assert_eq!(ends(&ours), ends(theirs.as_str()), "{key}");
    }
}
