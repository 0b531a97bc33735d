//! Everybody's generations: found by how they fared, and nobody's words among them.

use safelight_domain::{Actor, DeedName, Seed, Session, SignedDuration};
use safelight_ports::Looked;
use safelight_testkit::people::{ada, grace};
use safelight_usecases::Page;

use crate::browser::{Browser, Site};

async fn found(admin: &Browser<'_>, query: &str) -> usize {
    let page = admin.get(&format!("/admin/generations?{query}")).await;
    assert_eq!(page.status, 200, "{query}");
    assert!(!page.text.contains("a lamp"), "{query}: what people write is theirs");
    page.text.matches("class=\"who\"").count()
}

#[tokio::test]
async fn generations_are_found_by_how_they_fared() {
    let site = Site::open().await;
    let provider = &site.studio.setup.provider;
    provider.look.next_for(Seed(1), Ok(Looked::Failed("out_of_paint".to_owned())));
    provider.look.next_for(Seed(5), Ok(Looked::Filtered));
    for (count, seed) in [(1, 1), (2, 5), (1, 20)] {
        site.studio.request(&ada(), count, seed).await;
        site.studio.settle().await;
    }
    provider.hold();
    site.studio.request(&ada(), 1, 30).await;
    let admin = site.sign_in(&grace(), "Firefox").await;
    for (query, count) in [
        ("", 4),
        ("show=failed", 1),
        ("show=failed:out_of_paint", 1),
        ("show=failed:deadline", 0),
        ("show=filtered", 1),
        ("show=cancelled", 0),
        ("show=refunded", 2),
        ("show=model:flux-schnell", 4),
        ("show=model:nothing", 0),
        ("show=stuck", 0),
        ("show=stuck&older=0", 0),
        ("show=overdue", 0),
    ] {
        assert_eq!(found(&admin, query).await, count, "{query}");
    }
    site.studio.setup.clock.advance(SignedDuration::from_mins(11));
    let admin = site.sign_in(&grace(), "Firefox").await;
    for (query, count) in [("show=stuck", 1), ("show=stuck&older=60", 0), ("show=failed", 1)] {
        assert_eq!(found(&admin, query).await, count, "{query}, later");
    }
    let page = admin.get("/admin/generations?show=refunded").await;
    let figures = page.text.split("class=\"tallies\"").nth(1).unwrap();
    assert!(
        figures.contains("<b>2</b> <span class=\"edge\">renders ended in 30 days"),
        "{figures}"
    );
    assert!(figures.contains("<b>2</b> <span class=\"edge\">credits returned"), "{figures}");
    let file = admin.get("/admin/generations/generations.csv?show=failed").await;
    let lines: Vec<_> = file.text.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[1].ends_with(",1,0,1,0,0,\"out_of_paint\",0,1,0.0000"), "{}", lines[1]);
    provider.release();
    site.studio.settle().await;
}

#[tokio::test]
async fn words_are_read_for_a_reason_and_leave_a_deed() {
    let site = Site::open().await;
    let made = site.studio.request(&ada(), 1, 1).await.status.generation;
    let admin = site.sign_in(&grace(), "Firefox").await;
    let place = format!("/admin/generations/{}", made.id);
    let page = admin.get(&place).await;
    assert!(!page.text.contains("a lamp") && page.text.contains("Show the prompt"));
    let words = format!("{place}/words");
    assert_eq!(admin.post(&words, &[("reason", " ")]).await.status, 422);
    let deeds = async || {
        let accounts = &site.studio.studio.accounts;
        let page = Page { after: None, limit: 9 };
        accounts.trail(Some(made.account_id), page).await.unwrap().items
    };
    let before = deeds().await.len();
    let shown = admin.post(&words, &[("reason", "a complaint")]).await;
    assert_eq!(shown.status, 200);
    assert!(shown.text.contains("a lamp"));
    let after = deeds().await;
    assert_eq!(after.len(), before + 1);
    let deed = &after[0];
    assert_eq!((deed.name, deed.subject), (DeedName::SensitiveRead, Some(made.id.0)));
    assert_eq!(deed.by.actor, Actor::admin(grace().user.id));
    assert_eq!(deed.by.reason.as_deref(), Some("a complaint"));
    let theirs = site.sign_in(&ada(), "Firefox").await.get("/account/activity").await;
    assert!(theirs.text.contains("Words of a generation read"));
    assert!(theirs.text.contains("by the operator") && theirs.text.contains("a complaint"));
    site.studio.setup.clock.advance(Session::RECENT);
    let later = admin.post(&words, &[("reason", "again")]).await;
    assert_eq!(later.leads_to().split('?').next(), Some("/account/confirm"));
    site.studio.settle().await;
}

#[tokio::test]
async fn reconciling_one_looks_at_it_now() {
    let site = Site::open().await;
    let made = site.studio.request(&ada(), 1, 1).await.status.generation;
    site.studio.studio.pipeline.run_due().await.unwrap();
    let admin = site.sign_in(&grace(), "Firefox").await;
    let place = format!("/admin/generations/{}", made.id);
    let looks = site.studio.setup.provider.look.calls();
    let done = admin.post(&format!("{place}/reconcile"), &[("reason", "it hangs")]).await;
    assert_eq!(done.leads_to(), format!("{place}?looked=all"));
    assert!(site.studio.setup.provider.look.calls() >= looks);
    assert!(admin.get(done.leads_to()).await.text.contains("Looked at."));
    let page = Page { after: None, limit: 1 };
    let deeds = site.studio.studio.accounts.trail(Some(made.account_id), page).await.unwrap();
    assert_eq!(deeds.items[0].name, DeedName::Reconciled);
    site.studio.settle().await;
}
