//! Cookies: what they are bound to, and which of several counts.

use poem::{Request, http::Method};
use safelight_ports::Outbox;

use crate::{
    sample::Sample,
    site::Site,
    who::{Carried, Who},
};

const HTTPS: &str = "https://studio.example";

fn token(site: &Site) -> String {
    let Carried::Cookie(token) = site.carried(Who::Owner).clone() else { panic!("a session") };
    token
}

async fn account(site: &Site, cookies: &[&str]) -> String {
    let mut request = Request::builder().method(Method::GET).uri_str("/account");
    for cookie in cookies {
        request = request.header("cookie", *cookie);
    }
    site.send(request.finish()).await.class()
}

/// Signs somebody new in by the form, with these cookies there before; all cookies that were set.
async fn signed_in(site: &Site, before: &str) -> Vec<String> {
    let request = || {
        let request =
            Request::builder().method(Method::POST).header("sec-fetch-site", "same-origin");
        request.header("cookie", before)
    };
    let form = vec![("email", "new@example.com".to_owned())];
    let asked = site.send(Sample::Form(form).into(request().uri_str("/sign-in"))).await;
    let browser = asked.header("set-cookie").to_owned();
    let pair = browser.split(';').next().unwrap().to_owned();
    let mail = site.studio.setup.outbox.kept().await.remove(0).mail.text;
    let link = mail.split("http://localhost").nth(1).unwrap().split_whitespace().next().unwrap();
    let follow = request().uri_str(link).header("cookie", pair);
    let reply = site.send(Sample::Form(vec![]).into(follow)).await;
    assert_eq!(reply.status, 303, "{}", reply.text);
    let set = reply.headers.get_all("set-cookie").iter().map(|v| v.to_str().unwrap().to_owned());
    [browser].into_iter().chain(set).collect()
}

#[tokio::test]
async fn every_cookie_is_bound_to_this_host_and_hidden_from_scripts() {
    for (url, prefix, secure) in [(HTTPS, "__Host-", "; Secure"), ("http://localhost", "", "")] {
        let site = Site::at(url).await;
        let set = signed_in(&site, "theme=dark").await;
        let expected = [
            ("browser", 600, 64),
            ("session", 2_592_000, 64),
            ("device", 34_560_000, 80),
            ("browser", 0, 0),
        ];
        assert_eq!(set.len(), expected.len(), "{set:?}");
        for (cookie, (name, seconds, length)) in set.iter().zip(expected) {
            let (pair, rest) = cookie.split_once(';').unwrap();
            let (named, value) = pair.split_once('=').unwrap();
            assert_eq!(named, format!("{prefix}{name}"));
            assert_eq!(rest, format!(" Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"));
            assert_eq!(value.len(), length, "{cookie}");
        }
    }
}

#[tokio::test]
async fn over_https_a_cookie_another_host_could_set_is_nobodys() {
    let site = Site::at(HTTPS).await;
    let token = token(&site);
    for (name, class) in [
        ("__Host-session", "200"),
        ("session", "in"),
        ("__host-session", "in"),
        ("__Secure-session", "in"),
        ("__Host-session ", "200"),
        ("x__Host-session", "in"),
        ("__Host-browser", "in"),
    ] {
        assert_eq!(account(&site, &[&format!("{name}={token}")]).await, class, "{name}");
    }
}

/// A cookie of the same name that somebody else managed to set: whoever is to be signed in is not
/// decided by which came first.
#[tokio::test]
async fn two_sessions_in_one_request_are_none() {
    let site = Site::at(HTTPS).await;
    let (mine, other) = (format!("__Host-session={}", token(&site)), "__Host-session=evil");
    let joined = |a: &str, b: &str| format!("{a}; {b}");
    assert_eq!(account(&site, &[&mine]).await, "200");
    assert_eq!(account(&site, &[&joined(&mine, &mine)]).await, "200", "said twice");
    for cookies in
        [&[&*joined(&mine, other)][..], &[&joined(other, &mine)], &[&mine, other], &[other, &mine]]
    {
        assert_eq!(account(&site, cookies).await, "in", "{cookies:?}");
    }
}

#[tokio::test]
async fn a_session_that_was_there_before_is_not_the_one_that_is_signed_in() {
    let site = Site::open().await;
    let planted = "5a".repeat(32);
    let set = signed_in(&site, &format!("session={planted}")).await;
    let session = set.iter().find(|cookie| cookie.starts_with("session=")).unwrap();
    assert!(!session.contains(&planted), "{session}");
    assert_eq!(account(&site, &[&format!("session={planted}")]).await, "in");
}

#[tokio::test]
async fn signing_out_ends_the_session_and_clears_the_browser() {
    let site = Site::open().await;
    let request = site.request(Who::Owner, Method::POST, "/sign-out");
    let reply = site.send(Sample::Form(vec![]).into(request)).await;
    assert_eq!(reply.status, 303);
    assert_eq!(reply.header("clear-site-data"), "\"cookies\", \"storage\"");
    assert!(reply.header("set-cookie").starts_with("session=; Path=/; Max-Age=0;"));
    let old = format!("session={}", token(&site));
    assert_eq!(account(&site, &[&old]).await, "in", "the old cookie is nobody's");
}
