//! What a look says, for everything fal can answer.

use std::sync::Arc;

use safelight_domain::{ModelSlug, Order};
use safelight_ports::{Looked, Provider, chain};
use safelight_testkit::fal::{Account, FalSimulator};

use super::{Bench, render, says};

/// The outcome in one word, with the slug of a failure.
fn word(looked: &Looked) -> String {
    match looked {
        Looked::Working(_) => "working",
        Looked::Done(_) => "done",
        Looked::Failed(slug) => slug,
        Looked::Filtered => "filtered",
        Looked::Cancelled => "cancelled",
        Looked::Gone => "unknown to fal",
    }
    .to_owned()
}

async fn outcome(bench: &Bench, prompt: &str) -> String {
    let id = bench.submit(prompt).await;
    match bench.fal.look(&says(prompt), &id).await {
        Ok(looked) => word(&looked),
        Err(fault) => {
            let told = chain(&fault);
            assert!(!told.contains("127.0.0.1") && !told.contains("secret"), "{told}");
            if fault.retryable { "passing" } else { "lasting" }.to_owned()
        }
    }
}

#[tokio::test]
async fn what_a_result_means() {
    let bench = Bench::new();
    for (prompt, expected) in [
        ("a fox", "done"),
        ("[stuck]", "working"),
        ("[never]", "working"),
        ("[late 60000]", "working"),
        ("[nsfw]", "filtered"),
        ("[empty]", "no_picture"),
        ("[error policy]", "filtered"),
        ("[error nomedia]", "no_picture"),
        ("[error missing]", "refused_input"),
        ("[error missing-v1]", "refused_input"),
        ("[error toolarge]", "refused_input"),
        ("[error literal]", "refused_input"),
        ("[error unsupported]", "refused_input"),
        ("[error string422]", "refused_input"),
        ("[error novel422]", "refused_input"),
        ("[error bad400]", "refused_input"),
        ("[error download]", "bad_picture"),
        ("[error toosmall]", "bad_picture"),
        ("[error model500]", "provider_failed"),
        ("[error generation504]", "provider_failed"),
        ("[error downstream400]", "provider_failed"),
        ("[error downstream500]", "provider_failed"),
        ("[error startup504]", "provider_failed"),
        ("[error scheduling503]", "provider_failed"),
        ("[error runner503]", "provider_failed"),
        ("[error runner502]", "provider_failed"),
        ("[error runner500]", "provider_failed"),
        ("[error internal500]", "provider_failed"),
        ("[error plain500]", "provider_failed"),
        ("[error start504]", "deadline"),
        ("[error cancelled]", "cancelled"),
        ("[error disconnected]", "cancelled"),
        ("[error expired]", "gone"),
        ("[error noapp]", "gone"),
        ("[error early400]", "working"),
        // These say something about the way there, and nothing about the picture.
        ("[error busy]", "passing"),
        ("[error ingress502]", "passing"),
        ("[error ingress503]", "passing"),
        ("[error ingress504]", "passing"),
        ("[error badkey]", "lasting"),
        ("[error payment402]", "lasting"),
        ("[error locked]", "lasting"),
        ("[error forbidden]", "lasting"),
    ] {
        assert_eq!(outcome(&bench, prompt).await, expected, "{prompt}");
    }
}

#[tokio::test]
async fn the_place_in_line_is_told() {
    let bench = Bench::new();
    bench.simulator.hold();
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(bench.submit("a fox").await);
    }
    for (place, id) in ids.iter().enumerate() {
        let looked = bench.fal.look(&says("a fox"), id).await.unwrap();
        assert_eq!(looked, Looked::Working(u32::try_from(place).ok()));
    }
}

#[tokio::test]
async fn models_without_flags_are_read_as_well() {
    let bench = Bench::new();
    let order = Order { model: ModelSlug("flux-2-pro".to_owned()), ..says("a fox") };
    let id = bench.fal.submit(render(), &order).await.unwrap();
    assert_eq!(word(&bench.fal.look(&order, &id).await.unwrap()), "done");
    // The request is found under its app, owner and name, whatever the endpoint is.
    let order = Order { model: ModelSlug("flux-2-klein".to_owned()), ..says("a fox") };
    let id = bench.fal.submit(render(), &order).await.unwrap();
    assert_eq!(word(&bench.fal.look(&order, &id).await.unwrap()), "done");
    let paths: Vec<_> = bench.simulator.queue_received().into_iter().map(|r| r.path).collect();
    assert!(paths.contains(&format!("/fal-ai/flux-2/requests/{id}/status")), "{paths:?}");
}

#[tokio::test]
async fn a_request_fal_does_not_know_is_gone() {
    let bench = Bench::new();
    let known = bench.submit("a fox").await;
    let other_app = Order { model: ModelSlug("flux-pro".to_owned()), ..says("a fox") };
    for (order, id) in [(says("a fox"), "764cabcf-0000"), (other_app, known.as_str())] {
        assert_eq!(bench.fal.look(&order, id).await.unwrap(), Looked::Gone);
    }
}

#[tokio::test]
async fn an_id_that_is_none_is_not_asked_about() {
    let bench = Bench::new();
    for id in ["", "../../x", "a/b", "a?b", "a b", "é", &"x".repeat(129)] {
        assert!(!bench.fal.look(&says("a fox"), id).await.unwrap_err().retryable, "{id:?}");
        assert!(bench.fal.cancel(&says("a fox"), id).await.is_err(), "{id:?}");
    }
    assert!(bench.simulator.queue_received().is_empty());
}

#[tokio::test]
async fn urls_in_an_answer_are_not_followed() {
    let bench = Bench::new();
    assert_eq!(outcome(&bench, "a fox [strange-urls]").await, "done");
    assert!(bench.simulator.media_received().is_empty());
}

#[tokio::test]
async fn a_look_at_a_broken_account_does_not_stop_submits() {
    let bench = Bench::new();
    let id = bench.submit("a fox").await;
    bench.simulator.account(Account::Revoked);
    assert!(!bench.fal.look(&says("a fox"), &id).await.unwrap_err().retryable);
    assert_eq!(bench.fal.outage(), None, "only a submit tells");
}

fn polls(simulator: &FalSimulator) -> usize {
    simulator.queue_received().iter().filter(|r| r.path.ends_with("/status")).count()
}

#[tokio::test]
async fn many_askers_are_one_poll() {
    let bench = Bench::new();
    bench.simulator.hold();
    let id = Arc::new(bench.submit("a fox").await);
    let ask = || {
        let (fal, id) = (Arc::clone(&bench.fal), Arc::clone(&id));
        tokio::spawn(async move { fal.look(&says("a fox"), &id).await.unwrap() })
    };
    let all: Vec<_> = (0..100).map(|_| ask()).collect();
    for one in all {
        assert_eq!(one.await.unwrap(), Looked::Working(Some(0)));
    }
    assert!(polls(&bench.simulator) <= 3, "{} polls", polls(&bench.simulator));
}

#[test]
fn black_means_filtered_where_the_checker_blackens() {
    let bench = Bench::new();
    let blackens = |slug: &str| {
        let order = Order { model: ModelSlug(slug.to_owned()), ..says("a fox") };
        bench.fal.blackens(&order)
    };
    for (slug, expected) in [
        ("flux-schnell", true),
        ("flux-2-pro", true),
        ("flux-pro", false),
        ("flux-pro-ultra", false),
        ("dall-e", false),
    ] {
        assert_eq!(blackens(slug), expected, "{slug}");
    }
}
