//! The account and the books as a browser without scripts sees them.

use safelight_domain::{Actor, Credits, KeyScope, SignedDuration};
use safelight_testkit::people::{ada, grace};
use safelight_usecases::KeyTerms;

use crate::browser::{Browser, Reply, Site};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

fn made_key(reply: &Reply) -> Option<String> {
    reply.all("<code id=\"made-key\" tabindex=\"0\">", "</code>").pop()
}

#[tokio::test]
async fn a_key_is_shown_once_works_and_is_revoked() {
    let site = Site::open().await;
    let browser = site.sign_in(&ada(), FIREFOX).await;
    let keys = &site.studio.studio.keys;
    let fields = [("name", "deploy"), ("scope", "library"), ("scope", "generate")];
    let made = browser.post("/account/keys", &fields).await;
    assert_eq!((made.status, made.header("cache-control")), (200, "no-store"));
    let text = made_key(&made).expect("the key is on the page");
    let caller = keys.authenticate(&text).await.unwrap().expect("it works");
    assert_eq!(caller.account_id, ada().account.id);
    assert_eq!(caller.scopes, [KeyScope::Library, KeyScope::Generate]);

    let page = browser.get("/account").await;
    assert!(!page.text.contains(&text) && made_key(&page).is_none(), "never again");
    assert!(page.text.contains(&format!("ends in {}", &text[text.len() - 4..])));
    assert!(page.text.contains("library, generate · last used just now"), "{}", page.text);

    let reply = browser.post(&format!("/account/keys/{}/revoke", caller.key_id), &[]).await;
    assert_eq!(reply.leads_to(), "/account#keys");
    assert_eq!(keys.authenticate(&text).await.unwrap(), None);
    assert!(browser.get("/account").await.text.contains("No key yet"));
}

#[tokio::test]
async fn a_key_that_cannot_be_made_keeps_what_was_typed() {
    let site = Site::open().await;
    let browser = site.sign_in(&ada(), FIREFOX).await;
    for (fields, says) in [
        (&[("name", "deploy")][..], "A key needs at least one scope."),
        (
            &[("name", " "), ("scope", "library")],
            "A key's name is 1 to 80 characters without control characters.",
        ),
    ] {
        let reply = browser.post("/account/keys", fields).await;
        assert_eq!(reply.status, 422);
        assert!(reply.text.contains(says), "{says}");
        assert!(reply.text.contains(&format!("value=\"{}\"", fields[0].1)));
        assert!(reply.text.contains("aria-invalid=\"true\" aria-describedby=\"key-error\""));
        assert_eq!(reply.text.contains("value=\"library\" checked"), fields.len() > 1);
    }
    assert_eq!(browser.post("/account/keys", &[("name", "x"), ("scope", "all")]).await.status, 422);
    assert!(site.studio.studio.keys.list(ada().account.id).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_key_has_the_end_and_the_cap_that_were_chosen() {
    let site = Site::open().await;
    let browser = site.sign_in(&ada(), FIREFOX).await;
    let fields = [("name", "ci"), ("scope", "generate"), ("expires", "30"), ("cap", " 12 ")];
    assert_eq!(browser.post("/account/keys", &fields).await.status, 200);
    let page = browser.get("/account").await;
    assert!(page.text.contains("expires 31 Jan 2026"), "{}", page.text);
    assert!(page.text.contains("0 of 12 credits spent this month · next month from 1 Feb 2026"));
    for (field, value, says) in [
        ("cap", "many", "A cap is a whole number of credits; leave it empty for none."),
        ("cap", "0", "A cap is at least one credit; leave it out for none."),
        ("expires", "soon", "Choose one of the times on offer."),
    ] {
        let fields = [("name", "ci"), ("scope", "generate"), (field, value)];
        let reply = browser.post("/account/keys", &fields).await;
        assert_eq!(reply.status, 422, "{field}={value}");
        assert!(reply.text.contains(says), "{says}");
        assert!(reply.text.contains("aria-describedby=\"key-error\""), "{field}={value}");
    }
    assert_eq!(site.studio.studio.keys.list(ada().account.id).await.unwrap().len(), 1);
}

async fn in_is(browser: &Browser<'_>) -> bool {
    browser.get("/account").await.status == 200
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one_or_all_others() {
    let site = Site::open().await;
    let this = site.sign_in(&ada(), FIREFOX).await;
    let phone = site.sign_in(&ada(), "Mozilla/5.0 (iPhone) Safari/604.1").await;
    let third = site.sign_in(&ada(), "curl/8").await;
    let hers = site.sign_in(&grace(), FIREFOX).await;
    site.studio.setup.clock.advance(SignedDuration::from_hours(2));

    let page = this.get("/account").await;
    let devices = page.all("<b title=", "</b>");
    let devices: Vec<_> = devices.iter().map(|text| text.split('>').nth(1).unwrap()).collect();
    assert_eq!(devices, ["curl/8", "Safari on iPhone", "Firefox on Linux"]);
    assert_eq!(page.text.matches("This one").count(), 1);
    assert_eq!(page.text.matches("last seen 2 hours ago ·").count(), 2, "{}", page.text);

    let ends = page.all("action=\"/account/sessions/0", "/end\"");
    let ends: Vec<_> = ends.iter().map(|rest| format!("0{rest}")).collect();
    assert_eq!(ends.len(), 2, "this one is ended by signing out");
    let hers_too = hers.post(&format!("/account/sessions/{}/end", ends[1]), &[]).await;
    assert_eq!(hers_too.status, 404);
    let reply = this.post(&format!("/account/sessions/{}/end", ends[1]), &[]).await;
    assert_eq!(reply.leads_to(), "/account#sessions");
    assert_eq!((in_is(&phone).await, in_is(&third).await, in_is(&this).await), (false, true, true));
    this.post("/account/sessions/end-others", &[]).await.leads_to();
    assert_eq!((in_is(&third).await, in_is(&this).await, in_is(&hers).await), (false, true, true));
}

#[tokio::test]
async fn somebody_elses_key_is_not_found() {
    let site = Site::open().await;
    let keys = &site.studio.studio.keys;
    let terms = KeyTerms::new("hers", &[KeyScope::Library]);
    let made = keys.create(grace().account.id, terms, Actor::cli()).await.unwrap();
    let browser = site.sign_in(&ada(), FIREFOX).await;
    let path = format!("/account/keys/{}/revoke", made.key.id);
    assert_eq!(browser.post(&path, &[]).await.status, 404);
    assert!(keys.authenticate(&made.text).await.unwrap().is_some());
}

/// What a line did and what was left, newest first.
fn lines(page: &Reply) -> Vec<(i64, i64)> {
    let number =
        |text: &str| text.replace(',', "").replace('−', "-").replace('+', "").parse().unwrap();
    let rows = page.all("<td class=\"edge\">", "</tr>");
    let cell = |row: &str, before: &str| {
        number(row.split(before).nth(1).unwrap().split('<').next().unwrap())
    };
    rows.iter().map(|row| (cell(row, "<b>"), cell(row, "<td class=\"num quiet\">"))).collect()
}

#[tokio::test]
async fn every_line_of_the_ledger_follows_from_the_one_below() {
    let site = Site::open().await;
    let (ada, ledger) = (ada(), &site.studio.studio.ledger);
    for n in 1..=60 {
        let amount = Credits::new(n * 20).unwrap();
        ledger.grant(ada.account.id, amount, format!("round {n}"), Actor::cli()).await.unwrap();
    }
    ledger
        .take(ada.account.id, Credits::new(5).unwrap(), "a mistake".into(), Actor::cli())
        .await
        .unwrap();
    let made = site.studio.request(&ada, 2, 1).await;
    site.studio.settle().await;
    let browser = site.sign_in(&ada, FIREFOX).await;

    let mut page = browser.get("/billing").await;
    assert!(page.text.contains("id=\"packs\""), "there is something to buy");
    assert!(page.text.contains(&format!("/studio/generations/{}", made.status.generation.id)));
    assert!(page.text.contains("a mistake") && page.text.contains("round 60"));
    let mut told = lines(&page);
    assert_eq!(told[..3].iter().map(|line| line.0).collect::<Vec<_>>(), [-1, -1, -5]);
    while let Some(next) = page.link("next") {
        page = browser.get(&next).await;
        told.extend(lines(&page));
    }
    assert_eq!(told.len(), 64, "every line once");
    let mut balance = 0;
    for (amount, after) in told.into_iter().rev() {
        balance += amount;
        assert_eq!(after, balance);
    }
    let shown = browser.get("/billing").await.all("<h1>", "</h1>").pop().unwrap();
    assert_eq!(balance, i64::from(site.studio.balance(ada.account.id).await));
    assert_eq!(shown.replace(',', ""), format!("{balance} credits"));
}
