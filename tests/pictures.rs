//! What fal delivers, by the real binary: a picture is stored, anything else refunded, one by one.

use safelight_testkit::{Reply, Server};
use safelight_tests::{FalWorld, states};

/// Too short for anything that may pass to pass.
const IMPATIENT: &str = "[pipeline]\ndeadline_seconds = 3\nlost_seconds = 1\n";

#[test]
fn one_of_four_is_filtered_and_refunded_alone() {
    let world = FalWorld::open();
    let studio = world.studio();
    let ended = studio.ended("a red fox [nsfw][for 9]", 4, "7");
    assert_eq!(states(&ended), ["stored", "stored", "filtered", "stored"], "{ended:#}");
    studio.close(3);
}

#[test]
fn what_is_no_picture_of_fals_is_refunded_and_never_stored() {
    let world = FalWorld::open();
    let elsewhere = Server::start(0, |_| Reply::new(200, "image/jpeg", *b"\xff\xd8\xff"));
    let elsewhere = elsewhere.expect("another host");
    let studio = world.studio();
    let wrong_host = format!("a red fox [at {}/files]", elsewhere.url());
    for prompt in [
        &wrong_host,
        "a red fox [at file:///etc]",
        "a red fox [media huge]",
        "a red fox [media html]",
        "a red fox [media svg]",
        "a red fox [media moved]",
        "a red fox [empty]",
    ] {
        let ended = studio.ended(prompt, 1, "7");
        assert_eq!(states(&ended), ["failed"], "{prompt}: {ended:#}");
    }
    assert!(elsewhere.received().is_empty(), "nobody else was asked");
    let steal = world.fal.queue_received().into_iter().find(|r| r.path.contains("steal"));
    assert!(steal.is_none(), "a redirect was followed");
    // What it says it is counts for nothing, either way.
    assert_eq!(states(&studio.ended("a red fox [media teapot]", 1, "7")), ["stored"]);
    studio.close(1);
}

#[test]
fn what_breaks_off_is_fetched_again_until_the_deadline_and_refunded() {
    let world = FalWorld::with(IMPATIENT, &[]);
    let studio = world.studio();
    for media in ["short", "missing"] {
        let before = world.fal.media_received().len();
        let ended = studio.ended(&format!("a red fox [media {media}]"), 1, "7");
        assert_eq!(states(&ended), ["failed"], "{media}: {ended:#}");
        assert!(world.fal.media_received().len() > before + 1, "{media} was tried once only");
    }
    studio.close(0);
}
