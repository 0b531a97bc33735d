//! The back office: people and keys, as an admin without scripts sees and handles them.

use safelight_domain::{
    AccountId, AccountStatus, Actor, Credits, DeedName, Email, KeyScope, Role, Session, UserId,
};
use safelight_testkit::people::{Person, ada, grace, linus};
use safelight_usecases::{KeyTerms, Page};

use crate::browser::{Browser, Reply, Site};

/// Grace is made an admin and signs in.
async fn admin(site: &Site) -> Browser<'_> {
    let accounts = &site.studio.studio.accounts;
    accounts.set_role(grace().account.id, Role::Admin, Actor::cli()).await.unwrap();
    site.sign_in(&grace(), "Firefox").await
}

fn page_of(person: &Person) -> String {
    format!("/admin/users/{}", person.account.id)
}

/// The newest deeds on an account: name, actor, reason, before, after.
async fn deeds(site: &Site, of: AccountId) -> Vec<(DeedName, String, String, String, String)> {
    let page = Page { after: None, limit: 9 };
    let deeds = site.studio.studio.accounts.trail(Some(of), page).await.unwrap().items;
    let told = |text: Option<String>| text.unwrap_or_default();
    let row = |deed: safelight_domain::Deed| {
        assert!(deed.by.actor != Actor::user(grace().user.id) || deed.by.request.is_some());
        let reason = told(deed.by.reason);
        (deed.name, deed.by.actor.0, reason, told(deed.before), told(deed.after))
    };
    deeds.into_iter().map(row).collect()
}

fn by(admin: UserId) -> String {
    Actor::user(admin).0
}

async fn status(site: &Site, person: &Person) -> AccountStatus {
    site.studio.studio.accounts.get(person.account.id).await.unwrap().account.status
}

#[tokio::test]
async fn people_are_found_by_part_of_an_address_by_ids_and_by_customer() {
    let site = Site::open().await;
    let studio = &site.studio.studio;
    let browser = admin(&site).await;
    studio.orders.buy(ada().account.id, &ada().user.email, "small", None, None).await.unwrap();
    let customer = studio.people.customers(ada().account.id).await.unwrap().remove(0).1;
    let (account, user) = (ada().account.id.to_string(), ada().user.id.to_string());
    for q in ["ADA@ex", "da@", &account, &user, &customer, &format!(" {customer} ")] {
        let page = browser.get(&format!("/admin/users?q={}", q.replace(' ', "+"))).await;
        assert_eq!(page.all("<span><b>", "</b>"), ["ada@example.com"], "{q}");
    }
    for q in ["zebra", "ad", "\"", "a\" OR \"b", "*", "NOT ada"] {
        let q: String = form_urlencoded::byte_serialize(q.as_bytes()).collect();
        let page = browser.get(&format!("/admin/users?q={q}")).await;
        assert!(page.status == 200 && page.text.contains("Nobody."), "{q}: {}", page.text);
    }
    let other = Email::parse("moved@elsewhere.example").unwrap();
    studio.accounts.create(other).await.unwrap();
    let page = browser.get("/admin/users?q=elsewhere").await;
    assert!(page.text.contains("moved@elsewhere.example"));
}

#[tokio::test]
async fn filters_show_who_stands_so_and_pages_show_everybody_once() {
    let site = Site::open().await;
    let studio = &site.studio.studio;
    let browser = admin(&site).await;
    studio.accounts.set_blocked(linus().account.id, true, Actor::cli()).await.unwrap();
    studio.accounts.leave(ada().account.id, Actor::cli()).await.unwrap();
    let shown = async |query: &str| {
        browser.get(&format!("/admin/users?{query}")).await.all("<span><b>", "</b>")
    };
    assert_eq!(shown("standing=blocked").await, ["linus@example.com"]);
    assert_eq!(shown("standing=leaving").await, ["ada@example.com"]);
    assert_eq!(shown("standing=admins").await, ["grace@example.com"]);
    assert!(shown("standing=debt").await.is_empty() && shown("standing=paying").await.is_empty());
    assert!(shown("standing=blocked&q=ada").await.is_empty());
    for n in 0..110 {
        let email = Email::parse(&format!("many{n}@example.com")).unwrap();
        studio.accounts.create(email).await.unwrap();
    }
    for (query, order) in [("", false), ("order=oldest", true), ("q=example.com", false)] {
        let mut seen = Vec::new();
        let mut page = browser.get(&format!("/admin/users?{query}")).await;
        loop {
            seen.extend(page.all("<span><b>", "</b>"));
            let Some(next) = page.link("next") else { break };
            page = browser.get(&next).await;
        }
        assert_eq!(seen.len(), 113, "{query}");
        let mut once = seen.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), 113, "{query}: everybody once");
        assert_eq!(seen[if order { 112 } else { 0 }], "many109@example.com", "{query}");
    }
    let csv = browser.get("/admin/users/people.csv?q=many1").await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert_eq!(csv.text.lines().count(), 1 + 21, "{}", csv.text);
    assert!(csv.text.contains("\"many19@example.com\",member,Free,0,0,Active"), "{}", csv.text);
}

#[tokio::test]
async fn blocking_and_unblocking_take_a_reason_and_are_in_the_trail() {
    let site = Site::open().await;
    let browser = admin(&site).await;
    let theirs = site.sign_in(&ada(), "Firefox").await;
    let page = page_of(&ada());
    let refused = browser.post(&format!("{page}/block"), &[("reason", "  ")]).await;
    assert_eq!((refused.status, status(&site, &ada()).await), (422, AccountStatus::Open));
    assert!(refused.text.contains("Say why"), "{}", refused.text);

    let done = browser.post(&format!("{page}/block"), &[("reason", "a stolen card")]).await;
    assert_eq!(done.leads_to(), format!("{page}?done=block"));
    assert_eq!(theirs.get("/studio").await.status, 403, "on the next request");
    let shown = browser.get(done.leads_to()).await.text;
    assert!(shown.contains("Blocked.") && shown.contains("action=\"".to_owned().as_str()));
    assert!(shown.contains(&format!("{page}/unblock")) && shown.contains("a stolen card"));
    let told = deeds(&site, ada().account.id).await.remove(0);
    let by = by(grace().user.id);
    let row = |name, reason: &str, before: &str, after: &str| {
        (name, by.clone(), reason.to_owned(), before.to_owned(), after.to_owned())
    };
    assert_eq!(told, row(DeedName::Blocked, "a stolen card", "open", "frozen"));

    let done = browser.post(&format!("{page}/unblock"), &[("reason", "it was not")]).await;
    assert_eq!(done.leads_to(), format!("{page}?done=unblock"));
    assert_eq!(theirs.get("/studio").await.status, 200);
    let told = deeds(&site, ada().account.id).await.remove(0);
    assert_eq!(told, row(DeedName::Unblocked, "it was not", "frozen", "open"));
    let activity = theirs.get("/account/activity").await.text;
    assert!(activity.contains("<b>Account blocked</b> <span class=\"faint\">by the operator"));

    let own = browser.post(&format!("{}/block", page_of(&grace())), &[("reason", "x")]).await;
    assert!(own.status == 422 && own.text.contains("your own account"), "{}", own.text);
}

fn adjusting<'a>(direction: &'a str, amount: &'a str, reason: &'a str) -> [(&'a str, &'a str); 3] {
    [("direction", direction), ("amount", amount), ("reason", reason)]
}

/// What the form still holds.
fn holds(reply: &Reply, amount: &str, reason: &str) {
    assert!(reply.text.contains(&format!("required autocomplete=\"off\" value=\"{amount}\"")));
    assert!(reply.text.contains(&format!("autocomplete=\"off\" value=\"{reason}\"")));
    assert!(reply.text.contains("value=\"take\" checked"), "{}", reply.text);
}

#[tokio::test]
async fn credits_are_given_and_taken_with_a_reason_and_never_below_zero() {
    let site = Site::open().await;
    let browser = admin(&site).await;
    let (page, me) = (page_of(&ada()), ada().account.id);
    let path = format!("{page}/adjust");
    let refused = browser.post(&path, &adjusting("take", "4", "")).await;
    assert_eq!(refused.status, 422);
    holds(&refused, "4", "");
    for bad in ["0", "-1", "1.5", "", "many", "99999999999"] {
        let refused = browser.post(&path, &adjusting("take", bad, "a mistake")).await;
        assert!(refused.text.contains("whole number of credits"), "{bad}: {}", refused.text);
        assert_eq!(refused.status, 422);
        holds(&refused, bad, "a mistake");
    }
    let refused = browser.post(&path, &adjusting("take", "11", "too much")).await;
    assert_eq!(refused.status, 402);
    assert!(refused.text.contains("There are only 10 credits to take"), "{}", refused.text);
    holds(&refused, "11", "too much");
    let refused = browser.post(&path, &adjusting("borrow", "1", "why")).await;
    assert_eq!((refused.status, site.studio.balance(me).await), (422, 10), "nothing moved");

    let form = browser.get(&page).await.all("name=\"key\" value=\"", "\"").remove(0);
    let give = [&adjusting("give", "5", "sorry")[..], &[("key", &*form)]].concat();
    for _ in 0..2 {
        let done = browser.post(&path, &give).await;
        assert_eq!(done.leads_to(), format!("{page}?done=adjust"));
        assert_eq!(site.studio.balance(me).await, 15, "sent twice, given once");
    }
    browser.post(&path, &adjusting("take", "7", "a mistake")).await.leads_to();
    assert_eq!(site.studio.balance(me).await, 8);
    let told = deeds(&site, me).await;
    let row = |reason: &str, before: &str, after: &str| {
        let name = DeedName::CreditsAdjusted;
        (name, by(grace().user.id), reason.to_owned(), before.to_owned(), after.to_owned())
    };
    assert_eq!(told[..2], [row("a mistake", "15", "8"), row("sorry", "10", "15")]);
    let shown = browser.get(&page).await.text;
    assert!(shown.contains("Taken by the operator") && shown.contains("a mistake"), "{shown}");
}

#[tokio::test]
async fn signing_out_ends_every_session() {
    let site = Site::open().await;
    let browser = admin(&site).await;
    let (one, two) = (site.sign_in(&ada(), "A").await, site.sign_in(&ada(), "B").await);
    let path = format!("{}/sign-out", page_of(&ada()));
    assert_eq!(browser.post(&path, &[]).await.status, 422);
    assert_eq!(one.get("/account").await.status, 200);
    browser.post(&path, &[("reason", "a lost laptop")]).await.leads_to();
    for theirs in [one, two] {
        assert_eq!(theirs.get("/account").await.status, 303);
    }
    let told = deeds(&site, ada().account.id).await.remove(0);
    assert_eq!((told.0, &*told.2), (DeedName::SessionEnded, "a lost laptop"));
}

#[tokio::test]
async fn keys_are_found_among_all_and_revoked_for_a_reason() {
    let site = Site::open().await;
    let browser = admin(&site).await;
    let keys = &site.studio.studio.keys;
    let make = async |person: &Person, name: &str| {
        let terms = KeyTerms::new(name, &[KeyScope::Library]);
        keys.create(person.account.id, terms, Actor::cli()).await.unwrap()
    };
    let (hers, his) = (make(&ada(), "Night batch").await, make(&linus(), "=laptop").await);
    let (id, last4) = (hers.key.id.to_string(), hers.key.last4.clone());
    for q in ["NIGHT", "batch", &id, &last4] {
        let page = browser.get(&format!("/admin/keys?q={q}")).await.text;
        assert!(page.contains("Night batch") && !page.contains("=laptop"), "{q}");
    }
    let path = format!("/admin/keys/{id}");
    let page = browser.get(&path).await.text;
    assert!(page.contains("ada@example.com") && !page.contains(&hers.text), "{page}");
    let refused = browser.post(&format!("{path}/revoke"), &[("reason", "")]).await;
    assert!(refused.status == 422 && refused.text.contains("Say why"), "{}", refused.text);
    assert!(keys.authenticate(&hers.text).await.unwrap().is_some());
    let done = browser.post(&format!("{path}/revoke"), &[("reason", "it leaked")]).await;
    assert!(browser.get(done.leads_to()).await.text.contains("It works nowhere any more"));
    assert!(keys.authenticate(&hers.text).await.unwrap().is_none());
    let told = deeds(&site, ada().account.id).await.remove(0);
    assert_eq!(
        (told.0, told.1, &*told.2),
        (DeedName::KeyRevoked, by(grace().user.id), "it leaked")
    );

    for (state, shown, hidden) in
        [("revoked", "Night batch", "=laptop"), ("working", "=laptop", "Night batch")]
    {
        let page = browser.get(&format!("/admin/keys?state={state}")).await.text;
        assert!(page.contains(shown) && !page.contains(hidden), "{state}");
    }
    assert!(browser.get("/admin/keys?state=expired").await.text.contains("No key."));
    let csv = browser.get("/admin/keys/keys.csv").await.text;
    assert!(csv.contains("\"'=laptop\"") && csv.contains("\"linus@example.com\""), "{csv}");
    assert!(!csv.contains(&his.text) && csv.lines().count() == 3);
}

#[tokio::test]
async fn an_order_is_shown_beside_what_the_provider_says() {
    let site = Site::open().await;
    let browser = admin(&site).await;
    let studio = &site.studio.studio;
    let bought = studio.orders.buy(ada().account.id, &ada().user.email, "small", None, None).await;
    let order = bought.unwrap().order.to_string();
    let path = format!("{}/ask", page_of(&ada()));
    let told = browser.post(&path, &[("order", &order)]).await;
    assert_eq!(told.status, 200);
    assert!(told.text.contains("<td>open</td><td>open</td>"), "{}", told.text);
    assert!(!told.text.contains("Differs"));
    let checkout = studio.orders.get(ada().account.id, order.parse().unwrap()).await.unwrap();
    let checkout = checkout.order.checkout.unwrap();
    site.studio.setup.payments.pay(&checkout);
    let told = browser.post(&path, &[("order", &order)]).await.text;
    assert!(told.contains("<td>open</td><td>paid</td>") && told.contains("Differs"), "{told}");
    assert!(told.contains("9.99 USD") && told.contains(&checkout));
    let before = site.studio.balance(ada().account.id).await;
    assert_eq!(before, 10, "asking moves nothing");
    for (page, order) in [(page_of(&ada()), "x"), (page_of(&linus()), &*order)] {
        assert_eq!(browser.post(&format!("{page}/ask"), &[("order", order)]).await.status, 404);
    }
}

#[tokio::test]
async fn unknown_people_and_old_codes_act_on_nobody() {
    let site = Site::open().await;
    let browser = admin(&site).await;
    let nobody = format!("/admin/users/{}", site.studio.id());
    let reason = [("reason", "why"), ("direction", "give"), ("amount", "1")];
    assert_eq!(browser.get(&nobody).await.status, 404);
    assert_eq!(browser.get("/admin/users/x").await.status, 404);
    for act in ["block", "unblock", "adjust", "sign-out"] {
        for fields in [&reason[..], &[]] {
            let path = format!("{nobody}/{act}");
            assert_eq!(browser.post(&path, fields).await.status, 404, "{act}");
        }
        let theirs = site.sign_in(&linus(), "Firefox").await;
        let path = format!("{}/{act}", page_of(&ada()));
        assert_eq!(theirs.post(&path, &reason).await.status, 404, "{act} by a member");
    }
    let key = format!("/admin/keys/{}/revoke", site.studio.id());
    assert_eq!(browser.post(&key, &reason).await.status, 404);
    site.studio.setup.clock.advance(Session::RECENT);
    for act in ["block", "unblock", "adjust", "sign-out"] {
        let page = page_of(&ada());
        let reply = browser.post(&format!("{page}/{act}"), &reason).await;
        let back = page.replace('/', "%2F");
        assert_eq!(reply.leads_to(), format!("/account/confirm?return_to={back}"), "{act}");
    }
    assert_eq!(browser.get(&page_of(&ada())).await.status, 200, "looking needs no fresh code");
    let ada = ada().account.id;
    let ten = Credits::new(10).unwrap();
    assert_eq!(site.studio.studio.ledger.balance(ada).await.unwrap().credits, ten);
}
