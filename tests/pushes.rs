//! Pushes, polls, both and neither, by the real binary: every picture ends as fal's own API says,
//! stored once or refunded once.

use safelight_testkit::{
    Reply, Server,
    fal::{Delivered, SigningKeys},
};
use safelight_tests::{FalStudio, FalWorld, states};
use serde_json::json;

/// fal is told where to push to, although nobody could reach it from outside.
const PUSHED: &[(&str, &str)] = &[("FAL_WEBHOOKS", "on")];
const POLLED: &[(&str, &str)] = &[("FAL_WEBHOOKS", "off")];
/// Gives up soon.
const IMPATIENT: &str = "[pipeline]\ndeadline_seconds = 4\nlost_seconds = 2\n";

/// Posts a push; answers the status.
fn post(url: &str, headers: &[(String, String)], body: &[u8]) -> u16 {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let call = agent.post(url).header("content-type", "application/json");
    let call = headers.iter().fold(call, |call, (name, value)| call.header(name, value));
    call.send(body).expect("it answers").status().as_u16()
}

fn again(push: &Delivered, url: &str) -> u16 {
    post(url, &push.headers, &push.body)
}

/// The time as pushes are dated.
#[expect(clippy::disallowed_methods, reason = "the binary under test asks the system too")]
fn now() -> i64 {
    safelight_domain::Timestamp::now().as_second()
}

fn taken(deliveries: &[Delivered]) -> bool {
    deliveries.iter().all(|push| push.status == Some(204))
}

#[test]
fn by_push_and_poll_everything_is_stored_once() {
    let world = FalWorld::with("", PUSHED);
    let studio = world.studio();
    for (n, prompt) in [
        "a red fox",
        // Nobody can look before the push arrived.
        "a red fox [dark][late 700]",
        // The push is there before the answer to the submit.
        "a red fox [push early][late 300]",
        "a red fox [push early][lost]",
        "a red fox [push twice]",
        "a red fox [push null]",
        // Signed by fal for somebody else, which changes nothing: fal is asked.
        "a red fox [push foreign]",
    ]
    .iter()
    .enumerate()
    {
        let ended = studio.ended(prompt, 1, "7");
        assert_eq!(states(&ended), ["stored"], "{prompt}: {ended:#}");
        assert_eq!(world.fal.submits().len(), n + 1, "{prompt}: sent once");
    }
    assert!(taken(&world.deliveries(8)), "{:?}", world.fal.deliveries());
    studio.close(7);
}

#[test]
fn by_poll_alone_too() {
    let world = FalWorld::with("", POLLED);
    let studio = world.studio();
    assert_eq!(states(&studio.ended("a red fox", 4, "7")), ["stored"; 4]);
    assert!(world.fal.submits().iter().all(|submit| submit.parameter("fal_webhook").is_none()));
    studio.close(4);
}

#[test]
fn what_proves_nothing_changes_nothing() {
    let world = FalWorld::with("", PUSHED);
    let studio = world.studio();
    for prompt in ["a red fox [push forged]", "a red fox [push stale]"] {
        assert_eq!(states(&studio.ended(prompt, 1, "7")), ["stored"], "{prompt}: it is polled");
    }
    let refused = world.deliveries(2);
    assert!(refused.iter().all(|push| push.status == Some(403)), "{refused:?}");
    studio.close(2);
}

#[test]
fn by_neither_it_is_refunded_at_its_deadline() {
    let world = FalWorld::with(IMPATIENT, POLLED);
    let studio = world.studio();
    let ended = studio.ended("a red fox [dark]", 2, "7");
    assert_eq!(states(&ended), ["failed"; 2], "{ended:#}");
    studio.close(0);
}

#[test]
fn a_lost_submit_is_adopted_by_its_push_alone() {
    let world = FalWorld::with("", PUSHED);
    let studio = world.studio();
    for prompt in ["a red fox [lost]", "a red fox [garbled]", "a red fox [nameless]"] {
        assert_eq!(states(&studio.ended(prompt, 1, "7")), ["stored"], "{prompt}");
    }
    let failed = studio.ended("a red fox [lost][error policy]", 1, "7");
    assert_eq!(states(&failed), ["filtered"], "as fal's own API says: {failed:#}");
    assert_eq!(world.fal.submits().len(), 4, "nothing was sent twice");
    assert!(taken(&world.deliveries(4)));
    studio.close(3);
}

#[test]
fn without_a_push_it_is_refunded_and_a_late_one_changes_nothing() {
    let world = FalWorld::with(IMPATIENT, PUSHED);
    let studio = world.studio();
    world.fal.hold();
    let ended = studio.ended("a red fox [lost]", 1, "7");
    assert_eq!(states(&ended), ["failed"], "{ended:#}");
    assert_eq!(studio.client.credits(), 100, "refunded");
    world.fal.release();
    let late = world.deliveries(1);
    assert!(taken(&late), "so that fal stops: {late:?}");
    assert_eq!(again(&late[0], &late[0].url), 204);
    assert_eq!(world.fal.submits().len(), 1, "nothing was sent twice");
    studio.close(0);
}

#[test]
fn a_replay_changes_nothing() {
    let world = FalWorld::with("", PUSHED);
    let studio = world.studio();
    assert_eq!(states(&studio.ended("a red fox", 1, "7")), ["stored"]);
    let push = world.deliveries(1).remove(0);
    assert_eq!(again(&push, &push.url), 204, "it is over");
    let old =
        SigningKeys::new().sign((&push.request_id, "github|1234567"), now() - 301, &push.body);
    assert_eq!(post(&push.url, &old, &push.body), 403, "minutes later it proves nothing");

    // At another picture's address it is about a request that is not that picture's.
    world.fal.hold();
    let other = studio.ask("a blue fox");
    let (_, url) = studio.accepted(2);
    studio.wait_for(&other, "waiting");
    assert_eq!(again(&push, &url), 204);
    assert_eq!(studio.state(&other), "waiting");
    world.fal.release();
    studio.wait_for(&other, "stored");
    studio.close(2);
}

/// A push that says where the picture is, as an attacker would have it.
fn spoof(request_id: &str, at: &Server) -> Vec<u8> {
    let image = json!({"url": format!("{}/picture.jpeg", at.url()), "content_type": "image/jpeg"});
    let payload = json!({"images": [image], "seed": 7, "has_nsfw_concepts": [false]});
    let body = json!({
        "request_id": request_id, "gateway_request_id": request_id,
        "status": "OK", "error": null, "payload": payload,
    });
    body.to_string().into_bytes()
}

#[test]
fn a_spoofed_push_with_a_picture_of_its_own_changes_nothing() {
    let world = FalWorld::with("", PUSHED);
    let attacker = Server::start(0, |_| Reply::new(200, "image/jpeg", *b"\xff\xd8\xff"));
    let attacker = attacker.expect("another host");
    let studio = world.studio();
    world.fal.hold();
    let asked = studio.ask("a red fox");
    let (id, url) = studio.accepted(1);
    studio.wait_for(&asked, "waiting");
    let body = spoof(&id, &attacker);
    let keys = SigningKeys::new();
    let signed = keys.sign((&id, "github|7654321"), now(), &body);
    let forged = keys.forge((&id, "github|1234567"), now(), &body);
    let no_token = url.split_once("&token=").expect("a token").0;
    for (status, url, headers) in [
        (403, &url[..], &[][..]),
        (403, &url, &forged),
        (403, no_token, &signed),
        // Whoever has fal sign it, for whatever account, gets a look at fal and nothing else.
        (204, &url, &signed),
    ] {
        assert_eq!(post(url, headers, &body), status, "{url}");
        assert_eq!(studio.state(&asked), "waiting");
    }
    world.fal.release();
    studio.wait_for(&asked, "stored");
    assert!(attacker.received().is_empty(), "the attacker was asked for a picture");
    the_picture_is_fals(&world, &studio, &id);
    studio.close(1);
}

#[test]
fn a_lost_submit_is_not_adopted_for_a_request_fal_does_not_know() {
    let world = FalWorld::with(IMPATIENT, PUSHED);
    let attacker = Server::start(0, |_| Reply::HangUp).expect("another host");
    let studio = world.studio();
    world.fal.hold();
    let asked = studio.ask("a red fox [lost]");
    let (_, url) = studio.accepted(1);
    let unknown = "764cabcf-0000-4b3e-ae38-0000000000ff";
    let body = spoof(unknown, &attacker);
    let signed = SigningKeys::new().sign((unknown, "github|7654321"), now(), &body);
    assert_eq!(post(&url, &signed, &body), 204);
    studio.wait_for(&asked, "failed");
    assert!(attacker.received().is_empty(), "the attacker was asked for a picture");
    studio.close(0);
}

/// The stored original is, pixel for pixel, what fal's media host has for that request.
fn the_picture_is_fals(world: &FalWorld, studio: &FalStudio<'_>, id: &str) {
    let page = studio.client.get("/api/v1/images").expect("it answers");
    let original = &page.data()["items"][0]["urls"]["original"];
    let (_, ours) = studio.client.fetch(original.as_str().expect("a link"));
    let (_, theirs) =
        studio.client.fetch(&format!("{}/files/lion/{id}-0.jpeg", world.fal.media_url()));
    let pixels = |file: &[u8]| image::load_from_memory(file).expect("a picture").into_rgb8();
    assert!(pixels(&ours) == pixels(&theirs), "another picture was stored");
}
