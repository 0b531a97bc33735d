//! Codes are mailed so often and no more, also after a restart.

use safelight_domain::SignedDuration;
use safelight_ports::Outbox;
use safelight_tests::Setup;

use crate::browser::{Browser, Reply, Site};

/// Signs somebody in by the form, as a browser does; what it carries afterwards.
async fn by_code<'a>(site: &'a Site, email: &str) -> (Browser<'a>, Reply) {
    let browser = site.stranger();
    let reply = browser.post("/sign-in", &[("email", email)]).await;
    let (browser, page) = (browser.after(&reply), reply.leads_to().to_owned());
    let challenge = page.split("challenge=").nth(1).unwrap();
    let kept = site.studio.setup.outbox.kept().await;
    let code = kept[0].mail.text.lines().next().unwrap().trim_start_matches("Your code is ");
    let fields = [("challenge", challenge), ("code", code)];
    let reply = browser.post("/sign-in/code", &fields).await;
    (browser.after(&reply), reply)
}

/// Asks for a code; whether one went out.
async fn mailed(site: &Site, email: &str) -> bool {
    let before = site.studio.setup.outbox.kept().await.len();
    let reply = site.stranger().post("/sign-in", &[("email", email)]).await;
    let sent = site.studio.setup.outbox.kept().await.len() > before;
    assert_eq!(sent, reply.status == 303, "{}", reply.text);
    assert!(sent || reply.text.contains("too many codes were asked for"), "{}", reply.text);
    sent
}

#[tokio::test]
async fn a_mailbox_is_not_flooded_and_a_restart_forgives_nothing() {
    let mut site = Site::open().await;
    for _ in 0..3 {
        assert!(mailed(&site, "ada@example.com").await);
    }
    assert!(!mailed(&site, "Ada@Example.com").await, "a capital letter is no other mailbox");
    site.restart();
    assert!(!mailed(&site, "ada@example.com").await);
    assert!(mailed(&site, "ada+x@example.com").await, "a tag is");

    site.studio.setup.clock.advance(SignedDuration::from_secs(60));
    for minute in 1..4 {
        for _ in 0..3 {
            let within_the_hour = minute < 3 || site.studio.setup.outbox.kept().await.len() < 11;
            assert_eq!(mailed(&site, "ada@example.com").await, within_the_hour, "{minute}");
        }
        site.studio.setup.clock.advance(SignedDuration::from_secs(60));
    }
}

#[tokio::test]
async fn one_place_cannot_mail_the_world() {
    let site = Site::open().await;
    let mut sent = 0;
    for n in 0..40 {
        sent += u32::from(mailed(&site, &format!("person{n}@example.com")).await);
    }
    assert_eq!(sent, 30);
}

#[tokio::test]
async fn strangers_lock_nobody_out_of_a_browser_they_signed_in_with() {
    let site = Site::open().await;
    let (browser, _) = by_code(&site, "ada@example.com").await;
    while mailed(&site, "ada@example.com").await {}
    let again = browser.post("/sign-in", &[("email", "ADA@example.com")]).await;
    assert!(again.leads_to().starts_with("/sign-in/code?challenge="));
    let others = browser.post("/sign-in", &[("email", "grace@example.com")]).await;
    assert_eq!(others.status, 303, "the first of hers");
    for n in 0..60 {
        mailed(&site, &format!("person{n}@example.com")).await;
    }
    assert!(!mailed(&site, "somebody@example.com").await, "nothing is left for strangers");
    let again = browser.post("/sign-in", &[("email", "ada@example.com")]).await;
    assert!(again.leads_to().starts_with("/sign-in/code?challenge="));
    let step_up = browser.post("/account/confirm", &[]).await;
    assert!(step_up.leads_to().starts_with("/account/confirm/code?challenge="));
}

#[tokio::test]
async fn asking_for_somebodys_code_ends_none_of_theirs() {
    let site = Site::open().await;
    let (signed_in, _) = by_code(&site, "ada@example.com").await;
    let step_up = signed_in.post("/account/confirm", &[]).await;
    let waiting = site.stranger().post("/sign-in", &[("email", "ada@example.com")]).await;
    let hers = site.stranger().after(&waiting);
    mailed(&site, "ADA@example.com").await;
    assert_eq!(hers.get(waiting.leads_to()).await.status, 200, "her code waits");
    // In the very browser a code for another purpose waits beside it.
    let both = signed_in.after(&step_up);
    let both = both.after(&both.post("/sign-in", &[("email", "ada@example.com")]).await);
    assert_eq!(both.get(step_up.leads_to()).await.status, 200, "and so does the other one");
}

#[tokio::test]
async fn an_address_with_an_invisible_character_is_refused_by_its_name() {
    let site = Site::open().await;
    for (email, says) in [
        ("ada\u{200b}@example.com", "remove the invisible character U+200B"),
        ("\u{feff}ada@example.com", "remove the invisible character U+FEFF"),
        ("\u{212a}im@example.com", "U+212A looks like another character"),
    ] {
        let reply = site.stranger().post("/sign-in", &[("email", email)]).await;
        assert_eq!(reply.status, 422, "{email:?}");
        assert!(reply.text.contains(says), "{}", reply.text);
    }
    assert!(site.studio.setup.outbox.kept().await.is_empty());
}

#[tokio::test]
async fn whoever_starts_without_the_bonus_is_told_why() {
    let site = Site::with(Setup::default().bonus(10)).await;
    let (_, reply) = by_code(&site, "new@example.com").await;
    assert_eq!(reply.leads_to(), "/studio");
    let (browser, reply) = by_code(&site, "new+x@example.com").await;
    let page = browser.get(reply.leads_to()).await;
    assert!(
        page.text.contains("starts without free credits: they are for the first"),
        "{}",
        page.text
    );
    for n in 0..2 {
        assert_eq!(by_code(&site, &format!("person{n}@example.com")).await.1.leads_to(), "/studio");
    }
    let (browser, reply) = by_code(&site, "person3@example.com").await;
    let page = browser.get(reply.leads_to()).await;
    assert!(page.text.contains("enough new accounts came from your network"), "{}", page.text);
}
