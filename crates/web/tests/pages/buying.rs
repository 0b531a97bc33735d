//! To the checkout and back, as a browser without scripts goes.

use safelight_domain::{Actor, Credits};
use safelight_testkit::Strike;
use safelight_testkit::people::{ada, grace, linus};

use crate::browser::{Browser, Reply, Site};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// The order a page's form or link names.
fn order(page: &Reply) -> String {
    page.all("/billing/orders/", "/pay").remove(0)
}

/// Tells the site all that has happened at the provider, as pushes.
async fn tell(site: &Site) {
    let fake = &site.studio.setup.payments;
    for notice in fake.notices() {
        let (signature, body) = fake.push(&notice);
        assert_eq!(site.stranger().push(Some(signature), body).await.status, 204);
        fake.delivered(&notice.id);
    }
    site.studio.studio.inbox.run_due().await.unwrap();
}

async fn buy(browser: &Browser<'_>, more: &[(&str, &str)]) -> Reply {
    let fields = [&[("pack", "small"), ("key", "form-1")], more].concat();
    let leaving = browser.post("/billing/buy", &fields).await;
    assert_eq!(leaving.status, 200, "never a redirect to another origin: {}", leaving.text);
    leaving
}

#[tokio::test]
async fn a_form_is_answered_by_a_page_that_leads_to_the_checkout() {
    let site = Site::open().await;
    let browser = site.sign_in(&ada(), FIREFOX).await;
    let page = browser.get("/billing").await;
    for says in ["100 credits", "9.99 USD", "1,000 credits", "79.00 USD", "0.0999 USD each"] {
        assert!(page.text.contains(says), "{says}: {}", page.text);
    }
    let leaving = buy(&browser, &[]).await;
    let url = "https://pay.example/cs_1";
    assert!(leaving.text.contains(&format!("content=\"0;url={url}\"")), "{}", leaving.text);
    assert!(
        leaving.text.contains(&format!("href=\"{url}\"")) && leaving.text.contains("pay.example")
    );
    let again = buy(&browser, &[]).await;
    assert!(again.text.contains(url), "pressed twice it is one order");
    let page = browser.get("/billing").await;
    assert_eq!(page.all("<td>Not paid yet", "<").len(), 1);
    let unknown = browser.post("/billing/buy", &[("pack", "huge")]).await;
    assert_eq!(unknown.status, 422);
    assert!(unknown.text.contains("there are small, large"));
}

#[tokio::test]
async fn somebody_goes_to_the_checkout_so_often_in_an_hour_and_no_more() {
    let site = Site::open().await;
    let (ada, linus) = (site.sign_in(&ada(), FIREFOX).await, site.sign_in(&linus(), FIREFOX).await);
    for _ in 0..20 {
        buy(&ada, &[]).await;
    }
    let over = ada.post("/billing/buy", &[("pack", "small"), ("key", "form-2")]).await;
    assert_eq!(over.status, 429, "{}", over.text);
    assert!(over.text.contains("only 20 checkouts an hour"), "{}", over.text);
    buy(&linus, &[]).await;
}

#[tokio::test]
async fn who_comes_back_sees_the_credits_before_any_notice() {
    let site = Site::open().await;
    let browser = site.sign_in(&ada(), FIREFOX).await;
    buy(&browser, &[]).await;
    let id = order(&browser.get("/billing").await);
    let back = format!("/billing/return?order={id}");
    let early = browser.get(&back).await;
    assert!(
        early.text.contains("Not confirmed yet") && early.text.contains("http-equiv=\"refresh\"")
    );
    let cancelled = browser.get(&format!("/billing/cancel?order={id}")).await;
    assert!(cancelled.text.contains("Nothing was charged"));
    site.studio.setup.payments.pay("cs_1");
    let paid = browser.get(&back).await;
    assert!(paid.text.contains("<h1>100 credits added</h1>"), "{}", paid.text);
    assert!(paid.text.contains("https://pay.example/receipts/pi_cs_1"));
    tell(&site).await;
    assert_eq!(site.studio.balance(ada().account.id).await, 110);
    let page = browser.get("/billing").await;
    assert!(page.text.contains("<td>Paid") && page.text.contains("Pack bought"));
    let moved = browser.post("/billing/buy", &[("pack", "small"), ("key", "form-1")]).await;
    assert_eq!(moved.status, 409, "the same form again buys nothing");
    let stranger = site.sign_in(&grace(), FIREFOX).await;
    assert_eq!(stranger.get(&back).await.status, 404, "somebody else's order does not exist");
}

#[tokio::test]
async fn the_composer_comes_back_as_it_was_left() {
    let site = Site::open().await;
    let browser = site.sign_in(&grace(), FIREFOX).await;
    let words = "a fox & a \"lamp\"\nin two lines";
    let draft = [("prompt", words), ("count", "4"), ("seed", "9"), ("size", "square")];
    let page = browser.post("/billing/top-up", &draft).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("You come back to the form you left."));
    buy(&browser, &draft).await;
    let id = order(&browser.get("/billing").await);
    site.studio.setup.payments.pay("cs_1");
    let paid = browser.get(&format!("/billing/return?order={id}")).await;
    assert!(paid.text.contains("action=\"/studio/draft\""), "{}", paid.text);
    let fields: Vec<_> = paid
        .all("<input type=\"hidden\" name=\"", "\">")
        .into_iter()
        .map(|field| {
            let (name, value) = field.split_once("\" value=\"").unwrap();
            (name.to_owned(), value.replace("&quot;", "\""))
        })
        .collect();
    let sent: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let composer = browser.post("/studio/draft", &sent).await;
    assert_eq!(composer.status, 200);
    assert!(composer.text.replace("&quot;", "\"").contains(&format!(">{words}</textarea>")));
    assert!(composer.text.contains("value=\"9\""));
    assert!(composer.text.contains("leaves 99 of 103"), "it can be paid now");
}

#[tokio::test]
async fn a_debt_says_why_and_what_clears_it() {
    let site = Site::open().await;
    let browser = site.sign_in(&ada(), FIREFOX).await;
    buy(&browser, &[]).await;
    site.studio.setup.payments.pay("cs_1");
    tell(&site).await;
    let ledger = &site.studio.studio.ledger;
    let all = Credits::new(60).unwrap();
    ledger.take(ada().account.id, all, "not spent, taken".into(), Actor::cli()).await.unwrap();
    let export = safelight_domain::ActionName::parse("export").unwrap();
    for _ in 0..25 {
        let actor = Actor::user(ada().user.id);
        ledger.consume(ada().account.id, export.clone(), None, actor).await.unwrap();
    }
    site.studio.setup.payments.send_back("pi_cs_1", 999);
    tell(&site).await;
    let page = browser.get("/billing").await;
    // 60 an admin took are not owed: only what was spent of the pack is.
    assert!(page.text.contains("40 credits owed: 9.99 USD of the payment"), "{}", page.text);
    assert!(page.text.contains("the next pack repays it first"));
    assert!(page.text.contains("Refunded") && page.text.contains("40 credits taken back"));
    assert!(browser.get("/studio").await.text.contains("Clear 40 credits owed"));
}

#[tokio::test]
async fn the_ledger_goes_out_as_a_table_without_formulas() {
    let site = Site::open().await;
    let browser = site.sign_in(&ada(), FIREFOX).await;
    let ledger = &site.studio.studio.ledger;
    for n in 0..600 {
        let reason = if n == 0 { "=1+1".to_owned() } else { format!("round \"{n}\"") };
        ledger.grant(ada().account.id, Credits::ONE, reason, Actor::cli()).await.unwrap();
    }
    let table = browser.get("/billing/ledger.csv").await;
    assert!(table.header("content-type").starts_with("text/csv"));
    assert!(table.header("content-disposition").contains("ledger.csv"));
    let rows: Vec<_> = table.text.split_terminator("\r\n").collect();
    assert_eq!(rows.len(), 602, "a head, a gift and 600 grants, over more than one page");
    assert_eq!(rows[0], "line,time,what,reason,credits,balance");
    assert!(rows[1].ends_with(",\"Credits given\",\"round \"\"599\"\"\",1,610"), "{}", rows[1]);
    assert!(rows[600].contains(",\"'=1+1\",1,"), "{}", rows[600]);
    assert_eq!(site.stranger().get("/billing/ledger.csv").await.status, 303);
}

#[tokio::test]
async fn a_notice_is_kept_before_it_is_acknowledged() {
    let site = Site::open().await;
    let browser = site.sign_in(&ada(), FIREFOX).await;
    buy(&browser, &[]).await;
    let fake = site.studio.setup.payments.clone();
    fake.pay("cs_1");
    let notice = fake.notices().remove(1);
    let (signature, body) = fake.push(&notice);
    for bad in [None, Some("t=1,v1=00")] {
        assert_eq!(site.stranger().push(bad, body.clone()).await.status, 400);
    }
    let huge = vec![b' '; 1024 * 1024 + 1];
    assert_eq!(site.stranger().push(Some(signature), huge).await.status, 413);
    site.studio.setup.faults.plan(1, Strike::Before);
    let failed = site.stranger().push(Some(signature), body.clone()).await;
    assert_eq!(failed.status, 503, "it must be sent again");
    assert_eq!(site.studio.studio.inbox.load().await.unwrap().pending, 0);
    assert_eq!(site.stranger().push(Some(signature), body.clone()).await.status, 204);
    assert_eq!(site.studio.studio.inbox.load().await.unwrap().pending, 1);
    assert_eq!(site.stranger().push(Some(signature), body).await.status, 204, "kept once");
    assert_eq!(site.studio.studio.inbox.load().await.unwrap().pending, 1);
    assert_eq!(site.studio.balance(ada().account.id).await, 10, "acted on afterwards");
    site.studio.studio.inbox.run_due().await.unwrap();
    assert_eq!(site.studio.balance(ada().account.id).await, 110);
}

#[tokio::test]
async fn what_is_on_sale_is_told_to_everybody() {
    let site = Site::open().await;
    let page = site.stranger().get("/pricing").await;
    for says in ["100 credits", "9.99 USD", "for 365 days", "Sign in to buy"] {
        assert!(page.text.contains(says), "{says}");
    }
    assert_eq!(site.stranger().get("/dev/checkout").await.status, 404, "no play checkout serves");
}

/// A page that names the reason and what to do, and no order "not paid yet" behind it.
#[tokio::test]
async fn what_the_provider_refuses_is_named_on_the_page() {
    let site = Site::open().await;
    let browser = site.sign_in(&ada(), FIREFOX).await;
    let fake = &site.studio.setup.payments;
    for (customers, openings, says) in [
        (Some("email_invalid"), None, "does not accept the mail address of this account"),
        (None, Some("amount_too_small"), "costs less than the least the payment provider charges"),
        (None, Some("something_else"), "something_else"),
    ] {
        fake.refuse(customers, openings);
        let refused = browser.post("/billing/buy", &[("pack", "small"), ("key", says)]).await;
        assert_eq!(refused.status, 422, "a key with spaces is no key");
        let refused = browser.post("/billing/buy", &[("pack", "small")]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains(says), "{says}: {}", refused.text);
        let page = browser.get("/billing").await;
        assert!(!page.text.contains("Not paid yet"), "{}", page.text);
    }
    fake.refuse(None, None);
    let price = site.studio.studio.terms.packs.pack("small").unwrap().price.clone();
    fake.reprice(&price, safelight_domain::Money::price(1_099, "usd").unwrap());
    let refused = browser.post("/billing/buy", &[("pack", "small")]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("is not the price at the payment provider"), "{}", refused.text);
}
