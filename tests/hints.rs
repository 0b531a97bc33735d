//! A push is a hint: it finds what was lost, hurries what waits, and changes nothing else.

use safelight_domain::{RenderId, RenderState::*, Seed, Uuid};
use safelight_ports::{Fault, Looked, SubmitError};
use safelight_testkit::people::ada;
use safelight_tests::TestStudio;

fn passing() -> Fault {
    Fault::passing("provider", "a test says so")
}

/// A studio with one render of seed 1 that was submitted once, with this answer.
async fn submitted(answer: Result<String, SubmitError>) -> (TestStudio, RenderId) {
    let studio = TestStudio::open().await;
    studio.setup.provider.hold();
    studio.setup.provider.submit.next_for(Seed(1), answer);
    let status = studio.request(&ada(), 1, 1).await.status;
    while studio.studio.pipeline.run_due().await.expect("it runs") {}
    (studio, status.renders[0].render.id)
}

async fn row(studio: &TestStudio, id: RenderId) -> safelight_domain::Render {
    let account = ada().account.id;
    studio.studio.generations.render(account, id).await.expect("it is there").render
}

#[tokio::test]
async fn a_lost_submit_is_adopted_once_the_provider_knows_it() {
    let (studio, id) = submitted(Err(SubmitError::Lost(passing()))).await;
    let hint = async |request: &str| studio.studio.pipeline.hint(id, request).await;
    let look = &studio.setup.provider.look;

    look.next(Ok(Looked::Gone));
    hint("not-theirs").await.expect("a foreign one is harmless");
    assert_eq!(row(&studio, id).await.state, Unknown);
    look.next(Err(passing()));
    hint("found").await.expect_err("it should be pushed again");
    assert_eq!(row(&studio, id).await.state, Unknown);

    hint("found").await.expect("it is known");
    assert_eq!(row(&studio, id).await.request_id.as_deref(), Some("found"));
    hint("another").await.expect("a later one about something else is harmless");
    hint("found").await.expect("twice is once");
    studio.setup.provider.release();
    studio.settle().await;
    let end = row(&studio, id).await;
    assert_eq!((end.state, end.request_id.as_deref()), (Stored, Some("found")));
    assert_eq!(studio.setup.provider.submit.calls(), 1, "it was sent once");
    assert_eq!(studio.balance(ada().account.id).await, 9);
    hint("found").await.expect("a late one is harmless");
    assert_eq!(row(&studio, id).await, end);
}

#[tokio::test]
async fn what_waits_is_due_at_once_and_nobody_is_asked_by_the_hint() {
    let (studio, id) = submitted(Ok("theirs".to_owned())).await;
    let before = row(&studio, id).await;
    assert!(before.next_at > Some(studio.studio.now()), "it rests");
    let looks = studio.setup.provider.look.calls();
    studio.studio.pipeline.hint(id, "other").await.expect("harmless");
    assert_eq!(row(&studio, id).await, before);
    studio.studio.pipeline.hint(id, "theirs").await.expect("noted");
    assert_eq!(row(&studio, id).await.next_at, Some(studio.studio.now()));
    assert_eq!(studio.setup.provider.look.calls(), looks);
    studio.setup.provider.release();
    studio.settle().await;
    assert_eq!(row(&studio, id).await.state, Stored);
}

#[tokio::test]
async fn a_render_nobody_has_is_nobodys() {
    let (studio, id) = submitted(Ok("theirs".to_owned())).await;
    let nobody = RenderId(Uuid::from_u128(7));
    studio.studio.pipeline.hint(nobody, "theirs").await.expect("harmless");
    studio.setup.provider.release();
    studio.settle().await;
    assert_eq!(row(&studio, id).await.state, Stored);
}

#[tokio::test]
async fn a_forgotten_request_is_given_a_minute_and_refunded() {
    let (studio, id) = submitted(Ok("theirs".to_owned())).await;
    for _ in 0..200 {
        studio.setup.provider.look.next(Ok(Looked::Gone));
    }
    let took = studio.settle().await;
    let end = row(&studio, id).await;
    assert_eq!((end.state, end.error.as_deref()), (Failed, Some("gone")));
    assert!((59..120).contains(&took.as_secs()), "{took:?}");
    assert_eq!(studio.balance(ada().account.id).await, 10);
}

#[tokio::test]
async fn news_about_a_render_in_hand_waits_its_turn() {
    let (studio, id) = submitted(Ok("theirs".to_owned())).await;
    let pipeline = &studio.studio.pipeline;
    let looks = studio.setup.provider.look.calls();
    studio.setup.provider.look.next(Ok(Looked::Working(None)));
    let release = async {
        studio.setup.provider.release();
        pipeline.hint(id, "theirs").await
    };
    let (first, hinted, second) =
        tokio::join!(pipeline.reconcile(id), release, pipeline.reconcile(id));
    first.and(hinted).and(second).expect("nobody is in anybody's way");
    assert_eq!(row(&studio, id).await.state, Stored, "the second look saw the news");
    assert_eq!(studio.setup.provider.look.calls(), looks + 2);
    assert_eq!(studio.balance(ada().account.id).await, 9);
}
