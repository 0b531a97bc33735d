//! The stage without scripts: slots as they are, taken back and tried again by plain forms.

use safelight_domain::{RenderState, Seed, SignedDuration};
use safelight_ports::{Fault, Looked, SubmitError};
use safelight_testkit::people::{ada, grace};

use crate::browser::Site;

const REFRESH: &str = "<noscript><meta http-equiv=\"refresh\" content=\"2\"></noscript>";

#[tokio::test]
async fn a_page_without_scripts_looks_again_only_while_something_is_unfinished() {
    let site = Site::open().await;
    let ada = site.sign_in(&ada()).await;
    let id = ada.ask(&[("prompt", "a fox"), ("count", "2"), ("seed", "7")]).await;
    let place = format!("/studio/generations/{id}");
    let page = ada.get(&place).await;
    page.shows(&[
        REFRESH,
        "(0&#x2f;2) Studio",
        "Next in line",
        "2nd in line",
        "aria-busy=\"true\"",
    ]);
    page.shows(&["seeds 7 to 8", "data-busy", "2 credits in flight", "1 credit back</span>"]);
    ada.get("/studio").await.hides(&[REFRESH]);
    site.studio.settle().await;
    let page = ada.get(&place).await;
    page.hides(&[REFRESH, "aria-busy", "data-busy", "in flight</span>"]);
    page.shows(&["class=\"slot ready r1-1\"", "src=\"data:image/png;base64,", "alt=\"a fox\""]);
    page.shows(&["href=\"/images/", "href=\"/studio?remix=", "Just before"]);
}

#[tokio::test]
async fn taken_back_in_time_it_says_what_came_back_and_can_be_tried_again_once() {
    let site = Site::open().await;
    let ada = site.sign_in(&ada()).await;
    let id = ada.ask(&[("prompt", "a fox"), ("count", "2"), ("seed", "7")]).await;
    let made = site.studio.generation(ada.account(), id).await;
    let second = made.renders[1].render.id;
    for _ in 0..2 {
        let back = ada.post(&format!("/studio/renders/{second}/cancel"), &[]).await;
        assert_eq!(back.leads_to(), id);
    }
    assert_eq!(site.studio.balance(ada.account()).await, 9, "once");
    let page = ada.get(&format!("/studio/generations/{id}")).await;
    page.shows(&["1 credit returned", "You took it back in time.", "again · 1 credit"]);
    let again = ada.post(&format!("/studio/renders/{second}/again"), &[]).await.leads_to();
    let twice = ada.post(&format!("/studio/renders/{second}/again"), &[]).await.leads_to();
    assert!(again != id && again == twice);
    let fresh = site.studio.generation(ada.account(), again).await;
    assert_eq!((fresh.renders.len(), fresh.renders[0].render.seed), (1, Seed(8)));
    assert_eq!(site.studio.balance(ada.account()).await, 8);
    site.studio.settle().await;
    let late =
        ada.post(&format!("/studio/renders/{}/cancel", made.renders[0].render.id), &[]).await;
    assert_eq!(late.leads_to(), id, "too late is told by the picture");
    let stored =
        ada.post(&format!("/studio/renders/{}/again", made.renders[0].render.id), &[]).await;
    assert_eq!(stored.leads_to(), id, "what is there is not made again");
}

#[tokio::test]
async fn each_ending_says_what_happened_and_what_came_back() {
    let site = Site::open().await;
    let ada = site.sign_in(&ada()).await;
    let provider = &site.studio.setup.provider;
    provider.look.next_for(Seed(1), Ok(Looked::Failed("nsfw_input".to_owned())));
    provider.look.next_for(Seed(2), Ok(Looked::Filtered));
    let lost = || Err(SubmitError::Lost(Fault::passing("provider", "hung up")));
    provider.submit.next_for(Seed(3), lost());
    let id = ada.ask(&[("prompt", "a fox"), ("count", "3"), ("seed", "1")]).await;
    site.studio.settle().await;
    let page = ada.get(&format!("/studio/generations/{id}")).await;
    page.shows(&[
        "The provider turned it down.",
        "The model would not show this one.",
        "The provider never answered.",
    ]);
    assert_eq!(page.text.matches("1 credit returned").count(), 3);
    assert_eq!(page.text.matches("again · 1 credit").count(), 2, "not what would not be shown");
}

#[tokio::test]
async fn trying_again_without_credits_keeps_the_order_in_the_form() {
    let site = Site::open().await;
    let grace = site.sign_in(&grace()).await;
    let id = grace.ask(&[("prompt", "a fox"), ("count", "3"), ("seed", "1")]).await;
    let render = site.studio.generation(grace.account(), id).await.renders[2].render.id;
    grace.post(&format!("/studio/renders/{render}/cancel"), &[]).await;
    grace.ask(&[("prompt", "the last credit")]).await;
    let page = grace.post(&format!("/studio/renders/{render}/again"), &[]).await;
    assert_eq!(page.status, 402);
    page.shows(&[">a fox</textarea>", "placeholder=\"random\" value=\"3\"", "Top up"]);
}

#[tokio::test]
async fn what_is_somebody_elses_is_not_there() {
    let site = Site::open().await;
    let (ada, grace) = (site.sign_in(&ada()).await, site.sign_in(&grace()).await);
    let id = ada.ask(&[("prompt", "a secret fox")]).await;
    let render = site.studio.generation(ada.account(), id).await.renders[0].render.id;
    assert_eq!(grace.get(&format!("/studio/generations/{id}")).await.status, 404);
    for act in ["cancel", "again"] {
        let reply = grace.post(&format!("/studio/renders/{render}/{act}"), &[]).await;
        assert_eq!(reply.status, 404, "{act}");
        assert_eq!(grace.post(&format!("/studio/renders/x/{act}"), &[]).await.status, 404);
    }
    assert_eq!(ada.get("/studio/generations/x").await.status, 404);
    grace.get("/studio").await.hides(&["a secret fox"]);
    let states = site.studio.states(ada.account(), id).await;
    assert_eq!(states, [RenderState::Pending]);
}

#[tokio::test]
async fn a_slot_says_what_is_usual_and_what_is_late() {
    let site = Site::open().await;
    let ada = site.sign_in(&ada()).await;
    for count in ["4", "2"] {
        ada.ask(&[("prompt", "a fox"), ("count", count)]).await;
        site.studio.settle().await;
    }
    let clock = &site.studio.setup.clock;
    // The answer of before is kept for half a minute.
    clock.advance(SignedDuration::from_mins(1));
    ada.get("/studio").await.shows(&["<small class=\"can\"><span>"]);
    site.studio.setup.provider.hold();
    let id = ada.ask(&[("prompt", "a slow fox")]).await;
    while site.studio.studio.pipeline.run_due().await.unwrap() {}
    let place = format!("/studio/generations/{id}");
    ada.get(&place).await.shows(&["data-late=\"", ">usually "]);
    clock.advance(SignedDuration::from_mins(9));
    let page = ada.get(&place).await;
    page.shows(&["Taking longer than usual"]);
    page.hides(&[">usually "]);
    site.studio.setup.provider.release();
    site.studio.settle().await;
}
