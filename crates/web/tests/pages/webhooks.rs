//! Notices in the back office: shown as they came, tried out, acted on again.

use safelight_domain::{DeedName, DeliveryState, EventId, Topic};
use safelight_testkit::people::{ada, grace};
use safelight_tests::{BOOKS, dump};
use safelight_usecases::Page;

use crate::browser::Site;

/// Ada paid for a pack; what the provider says of it, kept and not acted on.
async fn paid(site: &Site) -> Vec<String> {
    let studio = &site.studio.studio;
    let (account, email) = (ada().account.id, ada().user.email);
    let order = studio.orders.buy(account, &email, "small", None, None).await.unwrap().order;
    let order = studio.orders.get(account, order).await.unwrap().order;
    let payments = &site.studio.setup.payments;
    payments.pay(&order.checkout.unwrap());
    let notices = payments.notices();
    for notice in &notices {
        let (signature, body) = payments.push(notice);
        let headers = "User-Agent: a test".to_owned();
        studio.inbox.receive(Some(signature), headers, &body).await.unwrap();
    }
    notices.into_iter().map(|notice| notice.id).collect()
}

async fn state(site: &Site, event: &str) -> DeliveryState {
    site.studio.studio.inbox.get(&EventId::parse(event).unwrap()).await.unwrap().state
}

#[tokio::test]
async fn a_dry_run_tells_what_would_move_and_writes_nothing() {
    let site = Site::open().await;
    let events = paid(&site).await;
    let admin = site.sign_in(&grace(), "Firefox").await;
    let everything = || dump(&site.studio, |_| true);
    for event in &events {
        let place = format!("/admin/webhooks/{event}");
        admin.get(&place).await;
        let before = everything();
        let told = admin.post(&format!("{place}/rehearse"), &[]).await;
        assert_eq!(told.status, 200);
        assert_eq!(everything(), before, "{event}");
    }
    let place = format!("/admin/webhooks/{}", events[1]);
    let told = admin.post(&format!("{place}/rehearse"), &[]).await.text;
    for says in [
        "It becomes applied.",
        "goes from open to paid. 999 captured, in the smallest unit of usd.",
        "A lot of 100 credits is made (pack:",
        "grant of 100 credits; 110 left.",
        "Nothing of this was done.",
    ] {
        assert!(told.contains(says), "no {says:?} in {told}");
    }
    let done = admin.post(&format!("{place}/replay"), &[("reason", "it is late")]).await;
    let page = admin.get(done.leads_to()).await.text;
    assert!(page.contains("Acted on again. It is applied now"), "{page}");
    assert_eq!(site.studio.balance(ada().account.id).await, 110, "and so it came");
    let told = admin.post(&format!("{place}/rehearse"), &[]).await.text;
    assert!(told.contains("It stays applied.") && told.contains("Nothing would move"), "{told}");
}

#[tokio::test]
async fn a_notice_is_shown_raw_with_what_it_moved() {
    let site = Site::open().await;
    let events = paid(&site).await;
    site.studio.studio.inbox.run_due().await.unwrap();
    let admin = site.sign_in(&grace(), "Firefox").await;
    let all = admin.get("/admin/webhooks").await.text;
    assert!(events.iter().all(|event| all.contains(event.as_str())));
    let moved = format!("of <a class=\"id\" href=\"/admin/users/{}\"", ada().account.id);
    assert_eq!(all.matches(&moved).count(), 1, "one of them moved a line");
    let none = admin.get("/admin/webhooks?state=dead").await.text;
    assert!(none.contains("Nothing like that came in."));
    let kind = admin.get("/admin/webhooks?kind=checkout.session.completed&state=applied").await;
    assert_eq!(kind.text.matches("class=\"who\"").count(), 1);
    for event in &events {
        let page = admin.get(&format!("/admin/webhooks/{event}")).await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("User-Agent: a test") && page.text.contains("Byte for byte"));
    }
    assert_eq!(admin.get("/admin/webhooks/evt_none").await.status, 404);
}

#[tokio::test]
async fn many_are_replayed_each_with_its_deed_and_nothing_moves_twice() {
    let site = Site::open().await;
    let events = paid(&site).await;
    let studio = &site.studio.studio;
    studio.inbox.run_due().await.unwrap();
    let books = || dump(&site.studio, |table| BOOKS.contains(&table));
    let before = books();
    let admin = site.sign_in(&grace(), "Firefox").await;
    let fields = [("event", &*events[0]), ("event", &*events[1]), ("event", "evt_none")];
    let unsaid = admin.post("/admin/webhooks/replay", &fields).await;
    assert_eq!(unsaid.status, 422, "a reason is wanted");
    let fields: Vec<_> = fields.into_iter().chain([("reason", "a drill")]).collect();
    let done = admin.post("/admin/webhooks/replay", &fields).await;
    assert_eq!(done.leads_to(), "/admin/webhooks?put_back=2");
    assert_eq!(state(&site, &events[0]).await, DeliveryState::Pending);
    studio.inbox.run_due().await.unwrap();
    assert_eq!(books(), before);
    let deeds = studio.accounts.trail(None, Page { after: None, limit: 2 }).await.unwrap().items;
    for deed in &deeds {
        assert_eq!((deed.name, deed.by.reason.as_deref()), (DeedName::Replayed, Some("a drill")));
        assert!(events.contains(deed.after.as_ref().unwrap()));
    }
}

#[tokio::test]
async fn all_that_were_given_up_are_put_back_at_once() {
    let site = Site::open().await;
    let (studio, payments) = (&site.studio.studio, &site.studio.setup.payments);
    let gone = Topic::Checkout("cs_nobody_knows".to_owned());
    let bad = payments.emit("checkout.session.completed", gone, None);
    let (signature, body) = payments.push(&bad);
    studio.inbox.receive(Some(signature), String::new(), &body).await.unwrap();
    while state(&site, &bad.id).await == DeliveryState::Pending {
        site.studio.setup.clock.advance(safelight_domain::SignedDuration::from_hours(1));
        studio.inbox.run_due().await.unwrap();
    }
    let admin = site.sign_in(&grace(), "Firefox").await;
    let page = admin.get(&format!("/admin/webhooks/{}", bad.id)).await.text;
    assert!(page.contains("tried too often") && page.contains("knows no purchase"), "{page}");
    let fields = [("all", "dead"), ("reason", "mended")];
    let done = admin.post("/admin/webhooks/replay", &fields).await;
    assert_eq!(done.leads_to(), "/admin/webhooks?put_back=1");
    assert_eq!(state(&site, &bad.id).await, DeliveryState::Pending);
}
