//! The live view: nothing is lost, nothing hangs.

use safelight_domain::{Actor, SignedDuration};
use safelight_ports::Store;
use safelight_testkit::people::{ada, grace};

use crate::browser::{Site, Told};

/// Which renders were told as stored, by index, each time.
fn stored(told: &[Told]) -> Vec<u64> {
    let ends = told.iter().filter(|told| told.data["state"] == "stored");
    let mut indices: Vec<_> = ends.map(|told| told.data["index"].as_u64().unwrap()).collect();
    indices.sort_unstable();
    indices
}

#[tokio::test]
async fn each_picture_is_told_as_the_page_shows_it_and_then_the_stream_ends() {
    let site = Site::open().await;
    let ada = site.sign_in(&ada()).await;
    let id = ada.ask(&[("prompt", "a fox"), ("count", "2")]).await;
    let page = ada.get(&format!("/studio/generations/{id}")).await;
    let since = page.since();
    let stream = ada.watch(&format!("?since={since}"), None).await.expect("it is open");
    site.studio.settle().await;
    let told = stream.rest().await;
    assert_eq!(stored(&told), [0, 1]);
    let page = ada.get(&format!("/studio/generations/{id}")).await;
    let last = told.iter().rfind(|told| told.name == "render.changed").unwrap();
    page.shows(&[last.data["html"].as_str().unwrap()]);
    assert_eq!(last.data["generation_id"], id.to_string());
    let ids: Vec<_> = told.iter().filter_map(|told| told.id).collect();
    assert!(ids.is_sorted() && ids.iter().all(|seq| *seq > since), "{ids:?}");
    assert_eq!(ada.watch("", ids.last().copied()).await.err(), Some(204), "no more to wait for");
}

#[tokio::test]
async fn who_comes_back_is_told_all_that_was_missed_as_it_is_now() {
    let site = Site::open().await;
    let ada = site.sign_in(&ada()).await;
    let before = ada.get("/studio").await.since();
    ada.ask(&[("prompt", "a fox"), ("count", "3"), ("seed", "5")]).await;
    site.studio.settle().await;
    let told = ada.watch("?since=0", Some(before)).await.expect("there is news").rest().await;
    // One each, whatever they went through: older news would say the same.
    assert_eq!(stored(&told), [0, 1, 2]);
    assert_eq!(told.len(), 4);
    let balance = told.iter().find(|told| told.name == "balance.changed").unwrap();
    assert_eq!(balance.data["credits"], 7);
    let seen = told[1].id;
    let rest = ada.watch("", seen).await.expect("there is more").rest().await;
    assert_eq!(rest.len(), told.len() - 2, "from where it was seen last");
    let grace = site.sign_in(&grace()).await;
    let hers = grace.watch("", Some(before)).await.expect("she joined since").rest().await;
    let hers: Vec<_> =
        hers.iter().map(|told| (told.name.as_str(), &told.data["credits"])).collect();
    assert_eq!(hers, [("balance.changed", &serde_json::json!(3))], "nothing of Ada's");
}

#[tokio::test]
async fn who_was_away_too_long_looks_at_everything_again() {
    let site = Site::open().await;
    let ada = site.sign_in(&ada()).await;
    let before = ada.get("/studio").await.since();
    ada.ask(&[("prompt", "a fox")]).await;
    site.studio.settle().await;
    site.studio.setup.clock.advance(SignedDuration::from_hours(48));
    let now = site.studio.studio.now();
    site.studio.store.prune(now, now, now).await.unwrap();
    ada.ask(&[("prompt", "an owl")]).await;
    let mut stream = ada.watch("", Some(before)).await.expect("there is news");
    let told = stream.next().await.unwrap();
    assert_eq!((told.name.as_str(), &told.data), ("resync", &serde_json::json!({})));
    let newest = site.studio.studio.live.last(ada.account()).await.unwrap();
    assert_eq!(told.id, Some(newest), "and goes on from the newest");
}

#[tokio::test]
async fn a_place_in_line_is_told_although_no_event_tells_of_it() {
    let site = Site::open().await;
    let (ada, grace) = (site.sign_in(&ada()).await, site.sign_in(&grace()).await);
    let first = grace.ask(&[("prompt", "first"), ("seed", "1")]).await;
    ada.ask(&[("prompt", "second"), ("seed", "2")]).await;
    let since = ada.get("/studio").await.since();
    let mut stream = ada.watch(&format!("?since={since}"), None).await.expect("it is open");
    let told = stream.next().await.unwrap();
    assert_eq!((told.id, &told.data["position"]), (None, &serde_json::json!(1)));
    let render = site.studio.generation(grace.account(), first).await.renders[0].render.id;
    grace.post(&format!("/studio/renders/{render}/cancel"), &[]).await;
    let told = stream.next().await.unwrap();
    assert_eq!((told.id, &told.data["position"]), (None, &serde_json::json!(0)));
    assert!(told.data["html"].as_str().unwrap().contains("Next in line"));
}

#[tokio::test]
async fn streams_end_when_the_server_stops() {
    let site = Site::open().await;
    let ada = site.sign_in(&ada()).await;
    ada.ask(&[("prompt", "a fox")]).await;
    let since = ada.get("/studio").await.since();
    let stream = ada.watch(&format!("?since={since}"), None).await.expect("it is open");
    site.stop.send(true).unwrap();
    assert!(stream.rest().await.is_empty(), "it ends at once, with nothing untold");
}

#[tokio::test]
async fn an_account_holds_no_more_than_eight_streams() {
    let site = Site::open().await;
    let ada = site.sign_in(&ada()).await;
    ada.ask(&[("prompt", "a fox")]).await;
    let mut open = Vec::new();
    for _ in 0..8 {
        open.push(ada.watch("", None).await.expect("it is open"));
    }
    assert_eq!(ada.watch("", None).await.err(), Some(429));
    open.pop();
    assert!(ada.watch("", None).await.is_ok(), "a closed one makes room");
}

#[tokio::test]
async fn who_was_signed_out_or_blocked_is_told_nothing_more() {
    for blocks in [true, false] {
        let site = Site::open().await;
        let browser = site.sign_in(&ada()).await;
        browser.ask(&[("prompt", "a fox"), ("count", "2")]).await;
        let mut stream = browser.watch("", None).await.expect("it is open");
        let studio = &site.studio.studio;
        let account = ada().account.id;
        if blocks {
            studio.accounts.set_blocked(account, true, Actor::cli()).await.unwrap();
        } else {
            studio.sessions.end_all(account, None, Actor::cli()).await.unwrap();
        }
        site.studio.settle().await;
        let mut told = Vec::new();
        while let Some(one) = stream.next().await {
            told.push(one);
        }
        assert_eq!(stored(&told), [0_u64; 0], "blocked: {blocks}");
    }
}
