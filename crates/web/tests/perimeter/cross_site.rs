//! No other site acts in a member's name.

use poem::{
    Request,
    http::{HeaderValue, Method},
};

use crate::{dump::dump, matrix::routes, sample::Sample, site::Site, things::Things, who::Who};

/// Where a request says it comes from, and whether it may act.
const CASES: [(Option<&str>, Option<&str>, bool); 20] = [
    (Some("same-origin"), Some("http://localhost"), true),
    (Some("same-origin"), None, true),
    (Some("none"), None, true),
    // The browser's word on it counts before the header any proxy may have dropped.
    (Some("same-site"), Some("http://localhost"), false),
    (Some("cross-site"), Some("http://localhost"), false),
    (Some("cross-site"), Some("https://evil.example"), false),
    (Some("cross-site"), Some("null"), false),
    (Some("cross-site"), None, false),
    (Some("same-site"), None, false),
    (Some("same-origin, cross-site"), None, false),
    (Some("SAME-ORIGIN"), None, false),
    (Some(""), Some("http://localhost"), false),
    (None, Some("http://localhost"), true),
    (None, Some("http://localhost/"), false),
    (None, Some("http://localhost:8080"), false),
    (None, Some("https://localhost"), false),
    (None, Some("http://localhost.evil.example"), false),
    (None, Some("https://evil.example"), false),
    (None, Some("null"), false),
    (None, None, false),
];

fn request(
    site: &Site,
    who: Who,
    method: &str,
    path: &str,
    (fetch, origin): (Option<&str>, Option<&str>),
) -> poem::RequestBuilder {
    let method: Method = method.parse().unwrap();
    let mut request = Request::builder().method(method).uri_str(path).header("host", "localhost");
    for (name, value) in [("sec-fetch-site", fetch), ("origin", origin)] {
        if let Some(value) = value {
            request = request.header(name, value);
        }
    }
    site.carried(who).on(request)
}

/// Webhooks prove themselves by a signature, calls by a key that no browser adds by itself.
fn by_cookie(route: &str) -> bool {
    !route.starts_with("/api/") && !route.starts_with("/webhooks/")
}

#[tokio::test]
async fn every_acting_page_asks_where_a_request_comes_from() {
    let site = Site::open().await;
    for (method, route) in routes() {
        if method == "GET" || !by_cookie(&route) {
            continue;
        }
        let things = Things::of(&site).await;
        let before = dump(&site);
        for (fetch, origin, may) in CASES.into_iter().filter(|(_, _, may)| !may) {
            for who in [Who::Owner, Who::Visitor, Who::Key] {
                let path = things.path(&route);
                let request = request(&site, who, &method, &path, (fetch, origin));
                let reply = site.send(Sample::of(&method, &route, &things).into(request)).await;
                let told = format!("{method} {route} {fetch:?} {origin:?} {who:?}");
                // What nobody here may know of is not there, from wherever they ask.
                let refused = if route.starts_with("/dev/") { 404 } else { 403 };
                assert_eq!((reply.status, may), (refused, false), "{told}");
                assert_eq!(reply.text.contains("cross-site"), refused == 403, "{told}");
            }
        }
        assert_eq!(dump(&site), before, "{method} {route}");
    }
}

/// Origin by method by what is carried, on one route of each kind.
#[tokio::test]
async fn only_our_own_pages_act_and_everybody_may_look() {
    for (fetch, origin, may) in CASES {
        // Fresh, so that nobody's failures add up.
        let site = Site::open().await;
        for who in [Who::Owner, Who::Visitor, Who::Key] {
            let things = Things::of(&site).await;
            for (method, route, answer) in [
                ("GET", "/images/{id}", if who == Who::Owner { "200" } else { "in" }),
                ("POST", "/images/{id}/like", if who == Who::Owner { "303" } else { "in" }),
                ("GET", "/api/v1/images/{id}", if who == Who::Key { "200" } else { "401" }),
                ("DELETE", "/api/v1/images/{id}", if who == Who::Key { "200" } else { "401" }),
            ] {
                let path = things.path(route);
                let request = request(&site, who, method, &path, (fetch, origin));
                let reply = site.send(Sample::of(method, route, &things).into(request)).await;
                let acts_by_cookie = method != "GET" && by_cookie(route);
                let expected = if acts_by_cookie && !may { "403" } else { answer };
                let told = format!("{method} {route} {fetch:?} {origin:?} {who:?}");
                assert_eq!(reply.class(), expected, "{told}");
            }
        }
    }
}

/// Unreadable is not absent, and absent is refused too.
#[tokio::test]
async fn an_origin_that_cannot_be_read_does_not_act() {
    let site = Site::open().await;
    let things = Things::of(&site).await;
    let path = things.path("/images/{id}/trash");
    for (name, value) in [
        ("origin", &b"http://localhost\xff"[..]),
        ("origin", b"\xff"),
        ("origin", "http://löcalhost".as_bytes()),
        ("sec-fetch-site", b"\xff"),
        ("sec-fetch-site", b"same-origin\xff"),
        ("sec-fetch-site", b""),
    ] {
        let request = request(&site, Who::Owner, "POST", &path, (None, None));
        let request = request.header(name, HeaderValue::from_bytes(value).unwrap());
        let reply = site.send(Sample::Form(vec![]).into(request)).await;
        assert_eq!(reply.status, 403, "{name}: {}", value.escape_ascii());
    }
}

/// A program with a key that mistypes a path is told so, whatever it sends along.
#[tokio::test]
async fn a_path_that_is_not_there_is_not_found_by_any_method() {
    let site = Site::open().await;
    let paths = ["/nowhere", "/api/nowhere", "/api/v1/nowhere", "/api/v2/images", "/images/x/y/z"];
    let more = ["/admin/nowhere", "/webhooks/nobody", "/dev/nowhere", "/sign-in/", "/static/x"];
    for path in paths.into_iter().chain(more) {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"] {
            for who in [Who::Visitor, Who::Owner, Who::Key] {
                for from in [CASES[0], CASES[5], CASES[19]] {
                    let asked = request(&site, who, method, path, (from.0, from.1));
                    let reply = site.send(asked.finish()).await;
                    assert_eq!(reply.status, 404, "{method} {path} by {who:?} from {from:?}");
                }
            }
        }
    }
    // A path that is there and has no such method says so before it asks from where.
    let asked = request(&site, Who::Key, "POST", "/pricing", (None, None));
    let reply = site.send(asked.finish()).await;
    assert_eq!((reply.status, reply.header("allow")), (405, "GET, HEAD"));
}

/// A second header of the name must not outweigh the browser's own.
#[tokio::test]
async fn the_headers_cannot_be_doubled() {
    let site = Site::open().await;
    let things = Things::of(&site).await;
    let path = things.path("/images/{id}/trash");
    for (name, values) in [
        ("sec-fetch-site", ["cross-site", "same-origin"]),
        ("sec-fetch-site", ["same-origin", "cross-site"]),
        ("origin", ["https://evil.example", "http://localhost"]),
        ("origin", ["http://localhost", "https://evil.example"]),
    ] {
        let mut request = request(&site, Who::Owner, "POST", &path, (None, None));
        for value in values {
            request = request.header(name, value);
        }
        let reply = site.send(Sample::Form(vec![]).into(request)).await;
        assert_eq!(reply.status, 403, "{name}: {values:?}");
    }
}
