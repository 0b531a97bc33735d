//! The pages of the local stand-ins: the token alone opens them, and over https nothing does.

use poem::{
    Request,
    http::{HeaderValue, Method},
};
use safelight_ports::Outbox;
use safelight_web::DevToken;

use crate::{
    sample::Sample,
    site::{DEV, Reply, Site},
    who::Who,
};

/// The token, as the link carries it.
pub fn token() -> String {
    DevToken::new(DEV).link("").split('=').nth(1).unwrap().to_owned()
}

async fn look(site: &Site, path: &str, headers: &[(&str, &str)]) -> Reply {
    let mut request = Request::builder().method(Method::GET).uri_str(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    site.send(request.finish()).await
}

/// Somebody's code lies in the outbox.
async fn with_mail(app_url: &str) -> Site {
    let site = Site::at(app_url).await;
    let form = vec![("email", "new@example.com".to_owned())];
    let request = site.request(Who::Visitor, Method::POST, "/sign-in");
    assert_eq!(site.send(Sample::Form(form).into(request)).await.status, 303);
    assert_eq!(site.studio.setup.outbox.kept().await.len(), 1);
    site
}

const LOCAL: [(&str, &str); 6] = [
    ("host", "127.0.0.1"),
    ("host", "localhost:8080"),
    ("x-forwarded-for", "127.0.0.1"),
    ("x-real-ip", "127.0.0.1"),
    ("forwarded", "for=127.0.0.1;host=localhost"),
    ("cookie", "dev=1; session=x"),
];

#[tokio::test]
async fn the_token_alone_opens_the_pages_of_the_stand_ins() {
    let site = with_mail("http://localhost").await;
    let (cookie, link) = (format!("dev={}", token()), DevToken::new(DEV).link("/dev/outbox"));
    for path in ["/dev/outbox", "/dev/checkout", "/dev/checkout/x", "/dev/nowhere", "/dev/"] {
        for said in LOCAL {
            let reply = look(&site, path, &[said, ("accept", "text/html")]).await;
            assert_eq!(reply.status, 404, "{path} {said:?}");
            let nowhere = look(&site, "/nowhere", &[said, ("accept", "text/html")]).await;
            let text = |reply: &Reply| reply.text.replace(reply.header("x-request-id"), "");
            assert_eq!(text(&reply), text(&nowhere), "as any path that is not there");
        }
    }
    let wrong = [
        String::new(),
        "0".repeat(64),
        token().to_uppercase() + "0",
        token()[1..].to_owned(),
        format!("{}0", token()),
    ];
    for wrong in wrong {
        let reply = look(&site, &format!("/dev/outbox?dev={wrong}"), &[]).await;
        assert_eq!((reply.status, reply.headers.contains_key("set-cookie")), (404, false));
        let reply = look(&site, "/dev/outbox", &[("cookie", &format!("dev={wrong}"))]).await;
        assert_eq!(reply.status, 404, "{wrong}");
    }
    // From wherever, if only the token is there.
    for said in [("host", "studio.example"), ("x-forwarded-for", "203.0.113.9")] {
        let reply = look(&site, "/dev/outbox", &[said, ("cookie", &cookie)]).await;
        assert_eq!(reply.status, 200, "{said:?}");
        assert!(reply.text.contains("Your code is"), "the mail");
    }
    let followed = look(&site, &link, &[]).await;
    assert_eq!(followed.status, 200);
    let kept = format!("{cookie}; Path=/dev; HttpOnly; SameSite=Strict");
    assert_eq!(followed.header("set-cookie"), kept);
    // Beside a cookie nobody can read, and on a page of ours that was opened by the same link.
    let request = Request::builder().uri_str("/dev/outbox");
    let beside = [&b"city=Z\xfcrich; "[..], cookie.as_bytes()].concat();
    let request = request.header("cookie", HeaderValue::from_bytes(&beside).unwrap());
    assert_eq!(site.send(request.finish()).await.status, 200);
    let page = look(&site, &DevToken::new(DEV).link("/sign-in"), &[]).await;
    assert_eq!((page.status, page.header("set-cookie")), (200, &*kept));
}

/// No method tells that anything is there.
#[tokio::test]
async fn without_the_token_no_method_finds_them() {
    let site = Site::open().await;
    for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"] {
        for path in ["/dev/outbox", "/dev/checkout", "/dev/checkout/x"] {
            let request = site.request(Who::Owner, method.parse().unwrap(), path).finish();
            let reply = site.send(request).await;
            assert_eq!(reply.status, 404, "{method} {path}");
            assert!(!reply.headers.contains_key("allow"), "{method} {path}");
        }
    }
    // A form can be sent with the cookie, never with the link.
    let link = DevToken::new(DEV).link("/dev/checkout/x");
    let sent = site.send(Sample::Form(vec![]).into(site.request(Who::Owner, Method::POST, &link)));
    assert_eq!(sent.await.status, 404);
}

#[tokio::test]
async fn over_https_they_are_not_mounted_whatever_is_sent() {
    let site = with_mail("https://studio.example").await;
    let cookies = ["dev", "__Host-dev"].map(|name| format!("{name}={}", token()));
    for path in ["/dev/outbox", "/dev/checkout", "/dev/checkout/x"] {
        for method in [Method::GET, Method::HEAD, Method::POST] {
            for cookie in &cookies {
                let link = DevToken::new(DEV).link(path);
                for place in [path, &link] {
                    let mut request = site.request(Who::Owner, method.clone(), place);
                    for (name, value) in LOCAL {
                        request = request.header(name, value);
                    }
                    let reply = site.send(request.header("cookie", cookie).finish()).await;
                    assert_eq!(reply.status, 404, "{method} {place} {cookie}");
                    assert!(!reply.headers.contains_key("set-cookie"), "{method} {place}");
                }
            }
        }
    }
    // The page for the code leads nobody there either.
    let page = look(&site, "/sign-in", &[]).await;
    assert!(!page.text.contains("/dev/") && !page.text.contains("&#x2f;dev&#x2f;"));
}
