//! Nobody is led off the site: wherever a way back is taken from a request, a browser that follows
//! it stays here. What a browser would do is asked of the `url` crate (WHATWG).

use poem::http::Method;
use safelight_domain::{Email, SignedDuration};
use safelight_ports::Outbox;
use url::Url;

use crate::{
    sample::Sample,
    site::{Reply, Site},
    things::Things,
    who::Who,
};

const HERE: &str = "http://localhost";

const CORPUS: [&str; 46] = [
    "https://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "HTTPS://evil.example",
    "http://localhost.evil.example/",
    "http://localhost@evil.example/",
    "http://localhost:80@evil.example/",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "//evil.example/%2f..",
    "//evil%2eexample",
    "//evil。example",
    "//\u{2044}evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "/\\/evil.example",
    "\\/evil.example",
    "/%5cevil.example",
    "/%2f%2fevil.example",
    "/%2fevil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\t//evil.example",
    " //evil.example",
    "\u{0}//evil.example",
    "\u{a0}//evil.example",
    "/\u{0}/evil.example",
    "/\u{7f}/evil.example",
    "/\u{85}/evil.example",
    "/\u{2028}/evil.example",
    "/./\\evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/studio/..//evil.example",
    "/@evil.example",
    "@evil.example",
    "?//evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "/\r\nLocation: https://evil.example",
    "/\r\nSet-Cookie: session=evil",
    "/studio\r\n\r\n<script>alert(1)</script>",
];

/// Where a browser on our page at `from` goes.
#[track_caller]
fn stays(reply: &Reply, from: &str, tried: &str) {
    if reply.status != 303 {
        assert!(reply.headers.get("location").is_none());
        return;
    }
    let place = reply.headers["location"].to_str().unwrap_or_else(|_| panic!("{tried:?}"));
    let from = Url::parse(HERE).unwrap().join(from).unwrap();
    let goes = from.join(place).unwrap_or_else(|fault| panic!("{tried:?}: {place:?} {fault}"));
    assert_eq!(goes.origin(), Url::parse(HERE).unwrap().origin(), "{tried:?} leads to {goes}");
    assert!(place.is_ascii(), "{tried:?}: {place:?}");
}

#[tokio::test]
async fn no_form_leads_elsewhere() {
    let site = Site::open().await;
    let things = Things::of(&site).await;
    for tried in CORPUS {
        for route in ["/images/{id}/like", "/images/{id}/trash", "/images/{id}/restore"] {
            let Sample::Form(mut fields) = Sample::of("POST", route, &things) else { panic!() };
            fields.push(("return_to", tried.to_owned()));
            let path = things.path(route);
            let request = site.request(Who::Owner, Method::POST, &path);
            stays(&site.send(Sample::Form(fields).into(request)).await, &path, tried);
        }
    }
}

#[tokio::test]
async fn no_sign_in_leads_elsewhere() {
    let site = Site::open().await;
    for (n, tried) in CORPUS.into_iter().enumerate() {
        // An address has so many mails an hour.
        site.studio.setup.clock.advance(SignedDuration::from_mins(30));
        let address = format!("way{n}@example.com");
        let form = vec![("email", address.clone()), ("return_to", tried.to_owned())];
        let asked = site.request(Who::Visitor, Method::POST, "/sign-in");
        let asked = site.send(Sample::Form(form).into(asked)).await;
        assert_eq!(asked.status, 303, "{tried:?}");
        let cookie = asked.header("set-cookie").split(';').next().unwrap().to_owned();
        let kept = site.studio.setup.outbox.kept().await;
        let to = Email::parse(&address).unwrap();
        let mail = &kept.iter().find(|kept| kept.mail.to == to).expect("a mail").mail.text;
        let link = mail.split(HERE).nth(1).unwrap().split_whitespace().next().unwrap();
        let follow = site.request(Who::Visitor, Method::POST, link).header("cookie", cookie);
        let reply = site.send(Sample::Form(vec![]).into(follow)).await;
        assert_eq!(reply.status, 303, "{tried:?}: {}", reply.text);
        stays(&reply, link, tried);
    }
}

/// Whoever must sign in first comes back to what was asked for: a path of ours, however it is put.
#[tokio::test]
async fn the_way_to_the_sign_in_leads_nowhere_else() {
    let site = Site::open().await;
    for path in
        ["/gallery?q=//evil.example", "/images/%2f%2fevil.example", "/images/%5cevil.example"]
    {
        let reply = site.send(site.request(Who::Visitor, Method::GET, path).finish()).await;
        assert_eq!(reply.class(), "in", "{path}");
        stays(&reply, path, path);
    }
    // A target that begins with two slashes is a path of no page.
    let twice = site.request(Who::Visitor, Method::GET, "//evil.example/gallery").finish();
    let reply = site.send(twice).await;
    stays(&reply, "/", "//evil.example/gallery");
}
