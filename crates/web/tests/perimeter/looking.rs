//! Looking changes nothing: not for a browser that fetches ahead, not for a mail scanner.

use poem::http::Method;

use crate::{
    dump::dump,
    sample::Sample,
    site::{Reply, Site},
    things::Things,
    who::Who,
};

/// What tells when an answer was made tells them apart.
const OF_THE_MOMENT: [&str; 3] = ["x-request-id", "ratelimit", "content-length"];

fn facts(reply: &Reply) -> Vec<(String, String)> {
    let told = reply
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()));
    told.filter(|(name, _)| !OF_THE_MOMENT.contains(&name.as_str())).collect()
}

#[tokio::test]
async fn fetching_ahead_or_heads_alone_changes_nothing() {
    let routes = safelight_web::routes();
    for (_, route) in routes.iter().filter(|(method, _)| method == "GET") {
        assert!(routes.contains(&("HEAD".to_owned(), route.clone())), "{route} has no HEAD");
        let site = Site::open().await;
        let things = Things::of(&site).await;
        let before = dump(&site);
        for who in [Who::Visitor, Who::Owner, Who::Key] {
            let path = things.path(route);
            let ask = |method: Method| site.request(who, method, &path);
            let plain = site.send(ask(Method::GET).finish()).await;
            let head = site.send(ask(Method::HEAD).finish()).await;
            assert_eq!(head.status, plain.status, "HEAD {route} by {who:?}");
            assert!(head.status >= 400 || head.text.is_empty(), "HEAD {route} by {who:?}");
            assert_eq!(facts(&head), facts(&plain), "HEAD {route} by {who:?}");
            for purpose in ["prefetch", "prefetch;prerender", "prefetch;anonymous-client-ip"] {
                let ahead =
                    ask(Method::GET).header("sec-purpose", purpose).header("purpose", "prefetch");
                let ahead = site.send(ahead.finish()).await;
                assert_eq!(ahead.status, plain.status, "{purpose} of {route} by {who:?}");
            }
        }
        assert!(dump(&site) == before, "looking at {route} changed something");
    }
}

/// A scanner opens the link, runs its scripts and even sends its form; it lacks the cookie. The
/// person's own browser can still follow it, once.
#[tokio::test]
async fn a_scanner_uses_no_link_up() {
    use safelight_domain::Email;
    use safelight_usecases::{Answer, Proof};
    let site = Site::open().await;
    let sign_in = &site.studio.studio.sign_in;
    let begun = sign_in.send_code(Email::parse("new@example.com").unwrap(), None).await.unwrap();
    let mail = safelight_ports::Outbox::kept(&*site.studio.setup.outbox).await.remove(0).mail.text;
    let link = mail.split("http://localhost").nth(1).unwrap().split_whitespace().next().unwrap();
    for method in [Method::HEAD, Method::GET, Method::GET] {
        let looked = site.send(site.request(Who::Visitor, method, link).finish()).await;
        assert_eq!(looked.status, 200);
        assert!(!looked.text.contains("<form action=\"/sign-in/link"), "no button for a stranger");
    }
    for _ in 0..3 {
        let sent = site.request(Who::Visitor, Method::POST, link);
        let sent = site.send(Sample::Form(vec![]).into(sent)).await;
        assert_eq!(sent.status, 422);
        assert!(!sent.headers.contains_key("set-cookie"));
    }
    let token = link.rsplit('/').next().unwrap();
    for signs_in in [true, false] {
        let answer =
            sign_in.answer(begun.id, Proof::Link(token), &begun.browser, "Firefox", None).await;
        assert_eq!(matches!(answer.unwrap(), Answer::Right(_)), signs_in);
    }
}
