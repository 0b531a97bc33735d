//! What every answer carries, whoever asks for whatever, and what no answer can be made to carry.

use poem::http::Method;
use safelight_ports::Outbox;

use crate::{
    matrix::{attempt, routes},
    sample::Sample,
    site::Site,
    things::Things,
    who::Who,
};

/// Static files are the same for everybody; their address changes with their content.
const PUBLIC: &str = "/static/{set}/{*name}";
/// Files about the site, the same for everybody too; their addresses are fixed by others.
const ABOUT: [&str; 3] = ["/manifest.webmanifest", "/robots.txt", "/sitemap.xml"];

/// What no answer goes without.
const GUARDS: [&str; 7] = [
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "strict-transport-security",
];

#[tokio::test]
async fn no_answer_but_a_static_file_may_be_kept() {
    for (method, route) in routes() {
        let site = Site::open().await;
        for (_, who) in Who::ALL {
            let things = Things::of(&site).await;
            let reply = attempt(&site, who, &method, &route, &things).await;
            let kept = reply.header("cache-control");
            if route == PUBLIC {
                assert_eq!(kept, "public, max-age=31536000, immutable");
                assert!(reply.headers.get("set-cookie").is_none());
            } else if ABOUT.contains(&&*route) {
                assert_eq!(kept, "public, max-age=3600");
                assert!(reply.headers.get("set-cookie").is_none());
            } else {
                assert_eq!(kept, "no-store", "{method} {route} by {who:?}");
            }
        }
    }
}

#[tokio::test]
async fn every_answer_is_guarded() {
    let site = Site::at("https://studio.example").await;
    let things = Things::of(&site).await;
    // Errors too: no such path, no such method, and what no route is asked for.
    let nowhere = ["/nowhere", "/api/v1/nowhere", "/static/x/y.css", "/files/x", "/dev/outbox"];
    let nowhere = nowhere.map(|path| ("GET".to_owned(), path.to_owned()));
    let odd = [("PUT", "/healthz"), ("DELETE", "/"), ("OPTIONS", "/api/v1/images")];
    let odd = odd.map(|(method, path)| (method.to_owned(), path.to_owned()));
    for (method, path) in nowhere.into_iter().chain(odd) {
        let request = site.request(Who::Visitor, method.parse().unwrap(), &path).finish();
        let reply = site.send(request).await;
        assert!([403, 404, 405].contains(&reply.status), "{method} {path}: {}", reply.status);
        for name in GUARDS {
            assert!(reply.headers.contains_key(name), "{method} {path} lacks {name}");
        }
    }
    for (method, route) in routes() {
        for who in [Who::Visitor, Who::Owner, Who::Key] {
            let reply = attempt(&site, who, &method, &route, &things).await;
            let told = format!("{method} {route} by {who:?}");
            let policy = reply.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'"), "{told}: {policy}");
            assert!(!policy.contains("unsafe"), "{told}: {policy}");
            assert_eq!(reply.header("x-content-type-options"), "nosniff", "{told}");
            assert_eq!(reply.header("referrer-policy"), "same-origin", "{told}");
            assert_eq!(reply.header("cross-origin-opener-policy"), "same-origin", "{told}");
            assert_eq!(reply.header("cross-origin-resource-policy"), "same-origin", "{told}");
            let permissions = reply.header("permissions-policy");
            for feature in ["camera", "geolocation", "microphone", "payment", "usb"] {
                assert!(permissions.contains(&format!("{feature}=()")), "{told}: {permissions}");
            }
            assert!(
                reply.header("strict-transport-security").contains("max-age=31536000"),
                "{told}"
            );
            for silent in ["server", "x-powered-by", "access-control-allow-origin"] {
                assert!(!reply.headers.contains_key(silent), "{told} says {silent}");
            }
            if !reply.text.is_empty() {
                let kind = reply.header("content-type");
                assert!(!kind.is_empty(), "{told} does not say what it is");
                assert!(!kind.starts_with("text/html") || kind.contains("charset=utf-8"), "{told}");
            }
        }
    }
}

#[tokio::test]
async fn nothing_typed_becomes_a_header() {
    let site = Site::open().await;
    let broken = "x\r\nSet-Cookie: session=evil\r\nBcc: eve@example.com";
    for (path, fields) in [
        ("/sign-in", vec![("email", format!("a@example.com{broken}"))]),
        ("/sign-in", vec![("email", "a@example.com".into()), ("return_to", broken.into())]),
        ("/sign-in/code", vec![("challenge", broken.into()), ("email", broken.into())]),
        ("/folders", vec![("name", broken.into()), ("return_to", format!("/{broken}"))]),
        ("/account/keys", vec![("name", broken.into()), ("scope", "library".into())]),
        ("/studio", vec![("prompt", broken.into()), ("key", broken.into())]),
    ] {
        let request = site.request(Who::Owner, Method::POST, path);
        let reply = site.send(Sample::Form(fields).into(request)).await;
        let told = format!("{:?}", reply.headers);
        assert!(!told.contains("evil"), "{path}: {told}");
        assert!(!told.to_lowercase().contains("bcc"), "{path}: {told}");
    }
    for kept in site.studio.setup.outbox.kept().await {
        assert!(!kept.mail.to.as_str().contains(char::is_control));
        assert!(!kept.mail.subject.contains(char::is_control), "{}", kept.mail.subject);
        assert!(!kept.mail.text.contains("Bcc"));
    }
}
