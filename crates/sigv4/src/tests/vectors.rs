//! All of AWS's vectors that lie beside the checkout: signature, string to sign and canonical
//! request, in headers and in the query. The published ones are checked in any case.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::expires;
use crate::{Credentials, Payload, Request, Service, Signer, Stamp, encode_path, sha256::Hex};

/// A folder of the fixtures; none, said aloud, if they are not here.
fn fixtures(name: &str) -> Option<PathBuf> {
    let path = "../../../shared/fixtures/sigv4";
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(path).join(name);
    if !folder.is_dir() {
        // Not by eprintln, which a passing test keeps to itself.
        let place = folder.display();
        writeln!(io::stderr(), "no vectors in {place}: only the published ones were checked")
            .expect("stderr");
        return None;
    }
    Some(folder)
}

fn cases(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the fixtures can be read");
    let mut cases: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    cases.retain(|path| path.is_dir());
    cases.sort();
    cases
}

fn read(case: &Path, file: &str) -> String {
    let path = case.join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A `request.txt`: a request line, headers whose values may go on over indented lines, a body.
struct Parsed {
    method: String,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: String,
}

impl Parsed {
    fn read(case: &Path) -> Self {
        let text = read(case, "request.txt");
        let (head, body) = text.split_once("\n\n").unwrap_or((text.trim_end(), ""));
        let mut lines = head.lines();
        let line = lines.next().expect("a request line");
        let (method, target) = line.split_once(' ').expect("a method");
        let target = target.strip_suffix(" HTTP/1.1").expect("a version");
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers: Vec<(String, String)> = Vec::new();
        for line in lines {
            if line.starts_with(char::is_whitespace) {
                let (_, value) = headers.last_mut().expect("a header goes on");
                value.extend(["\n", line]);
            } else {
                let (name, value) = line.split_once(':').expect("a header");
                headers.push((name.to_owned(), value.to_owned()));
            }
        }
        let query = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.collect(),
            headers,
            body: body.to_owned(),
        }
    }
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next(), rest.next()].map(|digit| char::from(digit.unwrap()));
                u8::from_str_radix(&String::from_iter(digits), 16).expect("two digits")
            }
            plain => plain,
        });
    }
    String::from_utf8(bytes).expect("UTF-8")
}

fn borrowed(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

fn same(case: &Path, file: &str, made: &str) {
    assert_eq!(made, read(case, file).trim_end_matches('\n'), "{}: {file}", case.display());
}

/// The rules and the owner a `context.json` asks for.
fn signer(context: &Value, token: bool) -> Signer {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let given = &context["credentials"];
    let mut owner =
        Credentials::new(text(&given["access_key_id"]), text(&given["secret_access_key"]));
    if let Some(value) = given["token"].as_str().filter(|_| token) {
        owner = owner.with_session_token(value);
    }
    let service = Service {
        name: text(&context["service"]).into(),
        raw_path: context["normalize"] == false,
        content_sha256: context["sign_body"] == true,
    };
    Signer::new(owner, text(&context["region"]), service)
}

#[test]
fn all_of_the_suite() {
    let Some(folder) = fixtures("v4") else { return };
    let cases = cases(&folder);
    assert!(cases.len() >= 19, "{} cases", cases.len());
    for case in &cases {
        let context: Value = serde_json::from_str(&read(case, "context.json")).expect("JSON");
        // Some services add the token after signing: then it is not the signer's.
        let signer = signer(&context, context["omit_session_token"] != true);
        let time = context["timestamp"].as_str().expect("a time");
        let time: jiff::Timestamp = time.parse().expect("a time");
        let at = Stamp::at(time.as_second());
        let seconds = context["expiration_in_seconds"].as_u64().expect("an expiry");
        let expires = expires(u32::try_from(seconds).expect("an expiry"));

        let parsed = Parsed::read(case);
        // The vectors' paths are not encoded yet, S3's rule takes them as on the wire.
        let raw = context["normalize"] == false;
        let path = if raw { encode_path(&parsed.path) } else { parsed.path.clone() };
        let request = Request {
            method: &parsed.method,
            path: &path,
            query: &borrowed(&parsed.query),
            headers: &borrowed(&parsed.headers),
            payload: Payload::of(parsed.body.as_bytes()),
        };
        let to_sign = |canonical: &str| {
            signer.string_to_sign_prefix(&at) + &Hex::digest(canonical.as_bytes())
        };

        let mut headers = signer.sign(&request, at);
        let (_, authorization) = headers.pop().expect("the authorization comes last");
        let (_, canonical) = signer.canonical(&request, &headers);
        same(case, "header-canonical-request.txt", &canonical);
        same(case, "header-string-to-sign.txt", &to_sign(&canonical));
        same(case, "header-signature.txt", authorization.rsplit('=').next().expect("signed"));
        let sent = read(case, "header-signed-request.txt");
        let line = format!("Authorization:{authorization}");
        assert!(sent.lines().any(|theirs| theirs == line), "{sent}\n{line}");

        let (_, canonical) = signer.canonical_link(&request, &at, expires);
        same(case, "query-canonical-request.txt", &canonical);
        same(case, "query-string-to-sign.txt", &to_sign(&canonical));
        let query = signer.sign_query(&request, at, expires);
        same(case, "query-signature.txt", query.rsplit('=').next().expect("signed"));
    }
    eprintln!("{} vectors, in headers and in the query", cases.len());
}

/// What is encoded on the wire is encoded again, for services that are not S3 (aws-sigv4's own
/// vectors).
#[test]
fn paths_are_encoded_twice() {
    let Some(folder) = fixtures("extra-aws-sigv4") else { return };
    let cases = cases(&folder);
    assert_eq!(cases.len(), 2);
    for case in &cases {
        let sent = read(case, "header-signed-request.txt");
        let (_, scope) = sent.split_once("Credential=").expect("a credential");
        let scope: Vec<_> = scope.split([',', '/']).take(4).collect();
        let [id, _, region, service] = scope[..] else { panic!("{scope:?}") };
        let (_, secret) = super::VECTOR_KEY;
        let signer =
            Signer::new(Credentials::new(id, secret), region, Service::other(service.to_owned()));
        let mut parsed = Parsed::read(case);
        parsed.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("x-amz-date"));
        let request = Request {
            method: &parsed.method,
            path: &parsed.path,
            query: &[],
            headers: &borrowed(&parsed.headers),
            payload: Payload::of(b""),
        };
        // 2021-05-11T15:40:45Z, as their canonical requests say.
        let at = Stamp::at(1_620_747_645);
        let added = [("x-amz-date", at.as_str().to_owned())];
        let (_, canonical) = signer.canonical(&request, &added);
        same(case, "header-canonical-request.txt", &canonical);
        if case.join("header-string-to-sign.txt").exists() {
            let made = signer.string_to_sign_prefix(&at) + &Hex::digest(canonical.as_bytes());
            same(case, "header-string-to-sign.txt", &made);
            let (_, authorization) = signer.sign(&request, at).pop().expect("signed");
            assert!(sent.contains(&authorization), "{sent}\n{authorization}");
        }
    }
}
