//! Confirming, moving, exporting and leaving, as a browser without scripts sees them.

use std::io::{Cursor, Read};

use futures_util::StreamExt;
use safelight_domain::{AccountStatus, Actor, Seed, Session, SignedDuration};
use safelight_ports::Outbox;
use safelight_testkit::{Strike, people::ada, picture};
use safelight_tests::TestStudio;

use crate::browser::{Browser, Reply, Site};

async fn mailed(studio: &TestStudio) -> String {
    studio.setup.outbox.kept().await.swap_remove(0).mail.text
}

async fn code(site: &Site) -> String {
    let text = mailed(&site.studio).await;
    text.lines().next().unwrap().trim_start_matches("Your code is ").to_owned()
}

fn challenge(place: &str) -> String {
    place.split("challenge=").nth(1).unwrap().to_owned()
}

/// Types the code that was just mailed on the page an answer led to.
async fn type_code<'a>(site: &'a Site, browser: &Browser<'a>, asked: &Reply) -> Reply {
    let place = asked.leads_to();
    let page = browser.get(place).await;
    assert_eq!(page.status, 200, "it is a page of its own");
    let (challenge, code) = (challenge(place), code(site).await);
    browser.post(place, &[("challenge", &challenge), ("code", &code)]).await
}

#[tokio::test]
async fn what_cannot_be_undone_needs_a_fresh_code() {
    let site = Site::open().await;
    let browser = site.sign_in(&ada(), "Firefox").await;
    site.studio.setup.clock.advance(Session::RECENT);
    for path in ["/account/keys", "/account/address", "/account/export", "/account/delete"] {
        let reply =
            browser.post(path, &[("name", "k"), ("scope", "library"), ("sure", "yes")]).await;
        assert_eq!(reply.leads_to(), "/account/confirm?return_to=%2Faccount", "{path}");
    }
    let reply = browser.get("/account/delete").await;
    assert_eq!(reply.leads_to(), "/account/confirm?return_to=%2Faccount%2Fdelete");
    let page = browser.get("/account").await.text;
    assert!(page.contains("/account/confirm?return_to=/account%23keys"), "{page}");
    assert!(!page.contains("action=\"/account/keys#keys\""));

    let asked = browser.post("/account/confirm", &[("return_to", "/account/delete")]).await;
    let typing = browser.after(&asked);
    let wrong = [("challenge", &*challenge(asked.leads_to())), ("code", "AAAA-AAAA")];
    let reply = typing.post(asked.leads_to(), &wrong).await;
    assert!(reply.status == 422 && reply.text.contains("4 more tries"), "{}", reply.text);
    let elsewhere = browser.get(asked.leads_to()).await;
    assert_eq!(elsewhere.leads_to(), "/account/confirm?lapsed=true", "only in that browser");
    let done = type_code(&site, &typing, &asked).await;
    assert_eq!(done.leads_to(), "/account/delete");
    assert_eq!(browser.get("/account").await.status, 303, "the old cookie is over");
    let renewed = typing.after(&done);
    assert_eq!(renewed.get("/account/delete").await.status, 200);
    let fields = [("name", "k"), ("scope", "library")];
    assert_eq!(renewed.post("/account/keys", &fields).await.status, 200);
    let away = renewed.post("/account/confirm", &[("return_to", "//evil.example")]).await;
    let renewed = renewed.after(&away);
    assert_eq!(type_code(&site, &renewed, &away).await.leads_to(), "/account");
}

#[tokio::test]
async fn an_address_moves_and_is_taken_back_without_a_session() {
    let site = Site::open().await;
    let browser = site.sign_in(&ada(), "Firefox").await;
    for (typed, says) in [
        ("ada@localhost", "This does not look like an address"),
        ("ADA@example.com", "This is the account's address already."),
    ] {
        let reply = browser.post("/account/address", &[("email", typed)]).await;
        assert_eq!(reply.status, 422, "{typed}");
        assert!(reply.text.contains(says) && reply.text.contains(&format!("value=\"{typed}\"")));
    }
    let asked = browser.post("/account/address", &[("email", "new@example.com")]).await;
    let typing = browser.after(&asked);
    assert!(typing.get(asked.leads_to()).await.text.contains("<b>new@example.com</b>"));
    let done = type_code(&site, &typing, &asked).await;
    assert_eq!(done.leads_to(), "/account?moved=true");
    let moved = typing.after(&done);
    let page = moved.get("/account?moved=true").await.text;
    assert!(page.contains("new@example.com · since") && page.contains("Address changed"));

    let text = mailed(&site.studio).await;
    assert!(text.contains("n***@example.com") && !text.contains("new@"), "masked: {text}");
    let link = text.lines().find(|line| line.contains("/undo/")).unwrap();
    let path = link.trim_start_matches("http://localhost");
    let stranger = site.stranger();
    assert!(stranger.get(path).await.text.contains("Take it back"));
    assert_eq!(moved.get("/account").await.status, 200, "looking undoes nothing");
    assert_eq!(stranger.post(path, &[]).await.leads_to(), "/sign-in?restored=true");
    assert_eq!(moved.get("/account").await.status, 303);
    assert_eq!(stranger.post(path, &[]).await.status, 404);
    assert!(stranger.get(path).await.text.contains("has lapsed or was used"));
    let back = site.sign_in(&ada(), "Firefox").await;
    assert!(back.get("/account").await.text.contains("Address taken back"));
}

#[tokio::test]
async fn an_export_holds_everything_and_no_secret() {
    let site = Site::open().await;
    let first = site.picture(&ada(), "a red fox", None).await;
    let second = site.picture(&ada(), "a lamp", None).await;
    site.studio.studio.images.trash(ada().account.id, second.id).await.unwrap();
    let browser = site.sign_in(&ada(), "Firefox").await;
    let made = browser.post("/account/keys", &[("name", "laptop"), ("scope", "library")]).await;
    let key = made.all("<code id=\"made-key\" tabindex=\"0\">", "</code>").pop().unwrap();
    let reply = browser.post("/account/export", &[]).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/zip"));
    assert_eq!(
        reply.header("content-disposition"),
        "attachment; filename=\"export-2026-01-01.zip\""
    );
    assert_eq!(reply.header("cache-control"), "no-store");
    let mut zip = zip::ZipArchive::new(Cursor::new(&reply.bytes)).unwrap();
    let mut read = |name: &str| {
        let mut bytes = Vec::new();
        zip.by_name(name).unwrap_or_else(|_| panic!("{name}")).read_to_end(&mut bytes).unwrap();
        bytes
    };
    for kept in [&first, &second] {
        let bytes = read(&format!("pictures/{}.{}", kept.id, kept.extension()));
        let pixels = |file: &[u8]| image::load_from_memory(file).unwrap().into_rgb8();
        assert!(pixels(&bytes) == pixels(&picture(kept.seed)));
    }
    let mut list = |name: &str| serde_json::from_slice::<serde_json::Value>(&read(name)).unwrap();
    assert_eq!(list("account.json")[0]["email"], "ada@example.com");
    assert_eq!(list("pictures.json")[0]["prompt"], "a red fox");
    assert_eq!(list("trash.json")[0]["prompt"], "a lamp");
    assert_eq!(list("credits.json")[0]["amount"], 10);
    assert_eq!(list("keys.json")[0]["name"], "laptop");
    assert_eq!(list("folders.json"), serde_json::json!([]));
    assert_eq!(list("generations.json").as_array().unwrap().len(), 2);
    assert_eq!(list("activity.json")[0]["name"], "sensitive_read");
    for name in ["keys.json", "sessions.json", "account.json"] {
        let text = String::from_utf8(read(name)).unwrap();
        assert!(!text.contains(&key[20..]) && !text.contains("hash"), "{name}");
    }
}

const PICTURES: u64 = 40;

/// However many pictures there are: one is read when the one before it was taken, and no piece is
/// larger than one picture or one page of rows.
#[tokio::test]
async fn an_export_reads_no_further_than_it_is_taken() {
    let site = Site::open().await;
    for n in 0..PICTURES {
        site.picture(&ada(), &format!("picture {n}"), None).await;
    }
    let browser = site.sign_in(&ada(), "Firefox").await;
    let response = browser.post_unread("/account/export").await;
    let faults = &site.studio.setup.faults;
    faults.plan(u64::MAX, Strike::Before);
    let mut pieces = Box::pin(response.into_body().into_bytes_stream());
    // With what its file says of its making.
    let one = picture(Seed(7)).len() + 2_000;
    let (mut read, mut taken) = (0, 0);
    while let Some(piece) = pieces.next().await {
        let calls = faults.calls();
        assert!(calls <= read + 1, "{calls} pictures read, {read} before");
        if calls > read {
            assert!(piece.unwrap().len() <= one, "one picture a piece");
        }
        (read, taken) = (calls, taken + 1);
    }
    assert_eq!(read, PICTURES);
    assert!(taken > PICTURES);
    // A picture that cannot be had breaks the download off; it does not end as if it were whole.
    let response = browser.post_unread("/account/export").await;
    faults.plan(7, Strike::Before);
    let pieces: Vec<_> = response.into_body().into_bytes_stream().collect().await;
    assert!(pieces.last().unwrap().is_err());
}

#[tokio::test]
async fn an_export_of_many_pages_is_whole() {
    let site = Site::open().await;
    for n in 0..120 {
        site.picture(&ada(), &format!("picture {n}"), None).await;
    }
    let browser = site.sign_in(&ada(), "Firefox").await;
    let reply = browser.post("/account/export", &[]).await;
    let mut zip = zip::ZipArchive::new(Cursor::new(&reply.bytes)).unwrap();
    assert_eq!(zip.len(), 9 + 120);
    let rows: serde_json::Value =
        serde_json::from_reader(zip.by_name("pictures.json").unwrap()).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), 120);
}

#[tokio::test]
async fn leaving_signs_out_says_when_and_is_taken_back_by_signing_in() {
    let site = Site::open().await;
    let browser = site.sign_in(&ada(), "Firefox").await;
    let page = browser.get("/account/delete").await.text;
    assert!(page.contains("For 30 days") && page.contains("31 Jan 2026"), "{page}");
    assert!(page.contains("<b>10 credits</b> in the account are given up"));
    assert_eq!(browser.post("/account/delete", &[]).await.status, 422, "not sure");
    let reply = browser.post("/account/delete", &[("sure", "yes")]).await;
    assert_eq!(reply.leads_to(), "/sign-in?left=true");
    assert_eq!(reply.header("clear-site-data"), "\"cookies\", \"storage\"");
    assert_eq!(browser.get("/account").await.status, 303);

    let stranger = site.stranger();
    let asked = stranger.post("/sign-in", &[("email", "ada@example.com")]).await;
    let stranger = stranger.after(&asked);
    let done = type_code(&site, &stranger, &asked).await;
    assert_eq!(done.leads_to(), "/account?stayed=true");
    let back = stranger.after(&done);
    assert!(back.get("/account?stayed=true").await.text.contains("took the deletion back"));
    let account = site.studio.studio.accounts.get(ada().account.id).await.unwrap().account;
    assert_eq!((account.status, account.closes_at), (AccountStatus::Open, None));
}

#[tokio::test]
async fn the_code_step_is_a_page_that_can_be_looked_at_again() {
    let site = Site::open().await;
    let stranger = site.stranger();
    let asked =
        stranger.post("/sign-in", &[("email", "new@example.com"), ("return_to", "/gallery")]).await;
    let typing = stranger.after(&asked);
    for _ in 0..3 {
        let page = typing.get(asked.leads_to()).await;
        assert!(page.text.contains("A code is on its way to <b>new@example.com</b>"));
    }
    assert_eq!(site.studio.setup.outbox.kept().await.len(), 1, "looking sends nothing");
    let other = stranger.get(asked.leads_to()).await;
    assert_eq!(other.leads_to(), "/sign-in?lapsed=true", "another browser learns no address");
    site.studio.setup.clock.advance(SignedDuration::from_secs(601));
    assert_eq!(typing.get(asked.leads_to()).await.leads_to(), "/sign-in?lapsed=true");
    assert!(stranger.get("/sign-in?lapsed=true").await.text.contains("has lapsed or was used"));
}

#[tokio::test]
async fn a_sign_in_gives_another_cookie_and_ends_the_one_before() {
    let site = Site::open().await;
    let browser = site.sign_in(&ada(), "Firefox").await;
    let link = site.studio.studio.sign_in.link_for(ada().user.email).await.unwrap();
    let path = link.trim_start_matches("http://localhost");
    // Fixation: a cookie that was there before the sign-in is worth nothing after it.
    let planted = browser.post(path, &[]).await;
    assert_eq!(planted.leads_to(), "/studio");
    assert_eq!(browser.get("/account").await.status, 303);
    assert_eq!(browser.after(&planted).get("/account").await.status, 200);
}

#[tokio::test]
async fn the_trail_is_read_page_by_page_and_an_error_page_names_its_request() {
    let site = Site::open().await;
    let browser = site.sign_in(&ada(), "Firefox").await;
    for n in 0..60 {
        let keys = &site.studio.studio.keys;
        let terms = safelight_usecases::KeyTerms::new(
            &format!("k{n}"),
            &[safelight_domain::KeyScope::Library],
        );
        keys.create(ada().account.id, terms, Actor::cli()).await.unwrap();
    }
    let mut rows = 0;
    let mut page = browser.get("/account/activity").await;
    loop {
        rows += page.text.matches("<li><div><b>").count();
        let Some(next) = page.link("next") else { break };
        page = browser.get(&next).await;
    }
    assert_eq!(rows, 62, "joined, signed in, sixty keys");
    let missing = browser.get("/account/activity?cursor=x").await;
    assert_eq!(missing.status, 422);
}
