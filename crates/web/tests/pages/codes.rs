//! Codes are mailed so often and no more, also after a restart.

use safelight_domain::SignedDuration;
use safelight_ports::Outbox;

use crate::browser::Site;

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
