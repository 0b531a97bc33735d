//! Thousands of requests, each signed by AWS's own signer too.

use std::time::{Duration, SystemTime};

use aws_sigv4::{
    http_request::{
        PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation,
        SigningSettings, UriPathNormalizationMode, sign,
    },
    sign::v4,
};

use super::expires;
use crate::{Credentials, Payload, Request, Service, Signer, Stamp, encode_path, encode_value};

/// Chance that repeats (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).expect("below the sides")
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.roll(from.len())]
    }

    fn text(&mut self, pieces: &[&str], longest: usize) -> String {
        (0..self.roll(longest + 1)).map(|_| self.pick(pieces)).collect()
    }
}

const PATH: [&str; 22] = [
    "a",
    "Z",
    "0",
    "-",
    "_",
    ".",
    "~",
    "/",
    "//",
    "/./",
    "/../",
    " ",
    "+",
    "%",
    "é",
    "ሴ",
    "\u{1f98a}",
    "\"",
    "'",
    "&=",
    "?#",
    "(*)!",
];
const VALUE: [&str; 14] =
    ["", "a", "B", "9", " ", "+", "/", "&", "=", "%", "é", "\u{1f98a}", "-._~", ";:,@$\"'"];
const HEADER_NAMES: [&str; 7] =
    ["Content-Type", "x-amz-meta-a", "X-Amz-Meta-A", "x-amz-acl", "Range", "my-header", "A"];
const HEADER_VALUE: [&str; 8] = ["a", "b", " ", "  ", "\"", ",", "=", "1"];

#[derive(Debug)]
struct Case {
    s3: bool,
    in_query: bool,
    token: Option<String>,
    secret: String,
    region: &'static str,
    method: &'static str,
    /// As on the wire.
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    /// None: unsigned, which only S3 takes.
    body: Option<Vec<u8>>,
    seconds: u64,
    expires: u32,
}

impl Case {
    fn random(dice: &mut Dice) -> Self {
        let s3 = dice.roll(2) == 0;
        let in_query = dice.roll(2) == 0;
        let unsigned = s3 && dice.roll(3) == 0;
        let body = dice.text(&VALUE, 12).into_bytes();
        Self {
            s3,
            in_query,
            token: (dice.roll(3) == 0)
                .then(|| format!("t{}", dice.text(&["a", "/", "+", "="], 20))),
            secret: format!("s{}", dice.text(&["a", "/", "+", "Z", "9"], 40)),
            region: dice.pick(&["auto", "us-east-1", "eu-central-1", "garage"]),
            method: dice.pick(&["GET", "PUT", "HEAD", "DELETE", "POST"]),
            path: format!("/{}", encode_path(&dice.text(&PATH, 12))),
            query: (0..dice.roll(5))
                .map(|_| (format!("q{}", dice.text(&VALUE, 3)), dice.text(&VALUE, 6)))
                .collect(),
            headers: (0..dice.roll(5))
                .map(|_| (dice.pick(&HEADER_NAMES).to_owned(), dice.text(&HEADER_VALUE, 8)))
                .collect(),
            body: (!unsigned).then_some(body),
            seconds: dice.roll(4_000_000_000) as u64,
            expires: 1 + u32::try_from(dice.roll(604_800)).expect("a week"),
        }
    }

    fn ours(&self) -> String {
        let mut owner = Credentials::new("AKIDEXAMPLE", self.secret.as_str());
        if let Some(token) = &self.token {
            owner = owner.with_session_token(token.as_str());
        }
        let service = if self.s3 { Service::S3 } else { Service::other("service") };
        let signer = Signer::new(owner, self.region, service);
        let query: Vec<_> = self.query.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let mut headers: Vec<_> =
            self.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        headers.push(("host", "example.com:8443"));
        let request = Request {
            method: self.method,
            path: &self.path,
            query: &query,
            headers: &headers,
            payload: self.body.as_deref().map_or(Payload::UNSIGNED, Payload::of),
        };
        let at = Stamp::at(self.seconds.cast_signed());
        let made = if self.in_query {
            signer.sign_query(&request, at, expires(self.expires))
        } else {
            signer.sign(&request, at).pop().expect("the authorization").1
        };
        made.rsplit_once("Signature=").expect("it is signed").1.to_owned()
    }

    fn theirs(&self) -> String {
        let mut settings = SigningSettings::default();
        if self.s3 {
            settings.percent_encoding_mode = PercentEncodingMode::Single;
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        if self.in_query {
            settings.signature_location = SignatureLocation::QueryParams;
            settings.expires_in = Some(Duration::from_secs(self.expires.into()));
        }
        let owner = aws_credential_types::Credentials::new(
            "AKIDEXAMPLE",
            self.secret.as_str(),
            self.token.clone(),
            None,
            "test",
        );
        let identity = owner.into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(if self.s3 { "s3" } else { "service" })
            .time(SystemTime::UNIX_EPOCH + Duration::from_secs(self.seconds))
            .settings(settings)
            .build()
            .expect("complete")
            .into();
        let pairs: Vec<_> = self
            .query
            .iter()
            .map(|(name, value)| format!("{}={}", encode_value(name), encode_value(value)))
            .collect();
        let mark = if pairs.is_empty() { "" } else { "?" };
        let uri = format!("https://example.com:8443{}{mark}{}", self.path, pairs.join("&"));
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let body = self.body.as_deref().map_or(SignableBody::UnsignedPayload, SignableBody::Bytes);
        let request = SignableRequest::new(self.method, uri, headers, body).expect("a request");
        sign(request, &params).expect("it can be signed").into_parts().1
    }
}

#[test]
fn five_thousand_requests_are_signed_as_aws_signs_them() {
    let mut dice = Dice(5_000);
    let mut kinds = [0_usize; 4];
    for _ in 0..5_000 {
        let case = Case::random(&mut dice);
        kinds[usize::from(case.s3) * 2 + usize::from(case.in_query)] += 1;
        assert_eq!(case.ours(), case.theirs(), "{case:#?}");
    }
    assert!(kinds.iter().all(|count| *count > 1_000), "{kinds:?}");
}
