//! What a request says of the host decides nothing: links come from the studio's own address.

use poem::http::Method;
use safelight_ports::Outbox;

use crate::{matrix::routes, sample::Sample, site::Site, things::Things, who::Who};

const POISON: [(&str, &str); 8] = [
    ("host", "evil.example"),
    ("x-forwarded-host", "evil.example"),
    ("x-forwarded-server", "evil.example"),
    ("x-host", "evil.example"),
    ("x-original-host", "evil.example"),
    ("forwarded", "for=1.2.3.4;host=evil.example;proto=https"),
    ("x-original-url", "/account"),
    ("x-rewrite-url", "/account"),
];

#[tokio::test]
async fn no_page_or_redirect_repeats_a_host_it_was_told() {
    let site = Site::open().await;
    let things = Things::of(&site).await;
    for (method, route) in routes().into_iter().filter(|(method, _)| method == "GET") {
        for who in [Who::Visitor, Who::Owner, Who::Key] {
            let place = things.path(&route);
            let plain = site.send(site.request(who, Method::GET, &place).finish()).await;
            let mut request = site.request(who, Method::GET, &place);
            for (name, value) in POISON {
                request = request.header(name, value);
            }
            let told = site.send(request.finish()).await;
            assert_eq!(told.status, plain.status, "{method} {route}");
            assert!(!told.text.contains("evil.example"), "{route}");
            assert!(!format!("{:?}", told.headers).contains("evil.example"), "{route}");
        }
    }
}

#[tokio::test]
async fn a_mailed_link_is_of_the_studios_own_address() {
    let site = Site::at("https://studio.example").await;
    let mut request = site.request(Who::Visitor, Method::POST, "/sign-in");
    for (name, value) in POISON {
        request = request.header(name, value);
    }
    let form = vec![("email", "new@example.com".to_owned())];
    assert_eq!(site.send(Sample::Form(form).into(request)).await.status, 303);
    let mail = &site.studio.setup.outbox.kept().await[0].mail;
    // The use cases of these tests live at their own address, whatever the web is told.
    assert!(mail.text.contains("\nhttp://localhost/sign-in/link/"), "{}", mail.text);
    assert!(!mail.text.contains("evil.example") && !mail.subject.contains("evil.example"));
}
