//! The pipeline: every paid render ends, and every ending settles its charge, whatever the
//! provider does.

use safelight_domain::{
    Actor, Credits, FolderId, Invalid, Key, ModelSlug, Prompt, Refusal, RenderState::*, Seed,
    SignedDuration, Size, Uuid,
};
use safelight_ports::{Cancelled as CancelAnswer, Delivery, Fault, Looked, SubmitError};
use safelight_testkit::{
    people::{ada, grace, linus},
    picture,
};
use safelight_tests::{TestStudio, ask};
use safelight_usecases::{Error, Import, Source, charged, refunded};

fn passing() -> Fault {
    Fault::passing("provider", "a test says so")
}

#[tokio::test]
async fn four_pictures_are_charged_one_by_one_and_stored() {
    let studio = TestStudio::open().await;
    let asked = studio.request(&ada(), 4, 100).await;
    assert_eq!(asked.balance.get(), 6);
    let status = studio.generation(ada().account.id, asked.status.generation.id).await;
    let places: Vec<_> = status.renders.iter().map(|render| render.position).collect();
    assert_eq!(places, [Some(0), Some(1), Some(2), Some(3)]);

    studio.settle().await;
    let status = studio.generation(ada().account.id, asked.status.generation.id).await;
    let seeds: Vec<_> = status.renders.iter().map(|render| render.render.seed.0).collect();
    assert_eq!(seeds, [100, 101, 102, 103]);
    assert_eq!((charged(&status).get(), refunded(&status).get()), (4, 0));
    for render in &status.renders {
        assert_eq!(render.render.state, Stored);
        let image = render.image_id.expect("a stored render has a picture");
        let image = studio.studio.images.get(ada().account.id, image).await.expect("it is there");
        assert_eq!((image.width, image.height, image.seed), (64, 64, render.render.seed));
        let urls = studio.studio.images.urls(&image);
        assert!(urls.original.contains(&render.render.id.to_string()), "{}", urls.original);
    }
    assert_eq!(studio.setup.provider.submit.calls(), 4, "each was asked for once");
    assert_eq!(studio.balance(ada().account.id).await, 6);
}

#[tokio::test]
async fn what_is_not_delivered_is_refunded_one_by_one() {
    let studio = TestStudio::open().await;
    let provider = &studio.setup.provider;
    provider.submit.next_for(Seed(10), Err(SubmitError::Refused("refused_input".to_owned())));
    provider.look.next_for(Seed(11), Ok(Looked::Filtered));
    provider.look.next_for(Seed(12), Ok(Looked::Failed("provider_failed".to_owned())));
    let id = studio.request(&ada(), 4, 10).await.status.generation.id;
    studio.settle().await;
    let status = studio.generation(ada().account.id, id).await;
    assert_eq!(studio.states(ada().account.id, id).await, [Failed, Filtered, Failed, Stored]);
    let errors: Vec<_> = status.renders.iter().map(|r| r.render.error.as_deref()).collect();
    assert_eq!(errors, [Some("refused_input"), Some("filtered"), Some("provider_failed"), None]);
    assert_eq!((charged(&status).get(), refunded(&status).get()), (4, 3));
    assert_eq!(studio.balance(ada().account.id).await, 9);
}

#[tokio::test]
async fn what_the_provider_filters_is_refunded_however_it_says_so() {
    let studio = TestStudio::open().await;
    let provider = &studio.setup.provider;
    // A black picture is a picture, where black is not how the provider filters.
    let id = studio.request(&ada(), 1, 0).await.status.generation.id;
    studio.settle().await;
    assert_eq!(studio.states(ada().account.id, id).await, [Stored]);

    provider.blacken();
    provider.submit.next_for(Seed(1), Err(SubmitError::Filtered));
    provider.look.next_for(Seed(2), Ok(Looked::Filtered));
    let id = studio.request(&ada(), 4, 0).await.status.generation.id;
    studio.settle().await;
    let status = studio.generation(ada().account.id, id).await;
    let ended = studio.states(ada().account.id, id).await;
    assert_eq!(ended, [Filtered, Filtered, Filtered, Stored], "black, refused, flagged, shown");
    assert_eq!((charged(&status).get(), refunded(&status).get()), (4, 3));
    assert_eq!(provider.submit.calls_for(Seed(1)), 1, "what is filtered is not asked for again");
    assert_eq!(studio.balance(ada().account.id).await, 8);
}

#[tokio::test]
async fn a_provider_that_never_answers_is_given_up_at_the_deadline() {
    let studio = TestStudio::open().await;
    studio.setup.provider.hold();
    let id = studio.request(&ada(), 1, 1).await.status.generation.id;
    let took = studio.settle().await;
    assert_eq!(studio.states(ada().account.id, id).await, [Failed]);
    assert!(took >= SignedDuration::from_hours(1), "{took:?}");
    assert_eq!(studio.balance(ada().account.id).await, 10);
    assert_eq!(studio.setup.provider.cancel.calls(), 1, "it was asked to stop");

    // And when it answers after the refund, nothing is stored and nothing is charged.
    studio.setup.provider.release();
    let render = studio.generation(ada().account.id, id).await.renders[0].render.id;
    studio.studio.pipeline.reconcile(render).await.expect("nothing to do");
    assert_eq!(studio.states(ada().account.id, id).await, [Failed]);
    assert_eq!(studio.balance(ada().account.id).await, 10);
}

/// Never more than a tenth of its time late, for a bounded number of looks (decision 9).
#[tokio::test]
async fn a_slow_picture_is_seen_soon_and_looked_at_rarely() {
    for seconds in [1, 10, 60] {
        let studio = TestStudio::open().await;
        let provider = &studio.setup.provider;
        provider.hold();
        let id = studio.request(&ada(), 1, 1).await.status.generation.id;
        let step = SignedDuration::from_millis(50);
        let run = async || {
            while studio.studio.pipeline.run_due().await.expect("it runs") {}
            studio.setup.clock.advance(step);
        };
        for _ in 0..seconds * 20 {
            run().await;
        }
        provider.release();
        let mut late = SignedDuration::ZERO;
        while studio.states(ada().account.id, id).await != [Stored] {
            run().await;
            late += step;
        }
        let took = SignedDuration::from_secs(seconds);
        let bound = (took / 10).max(SignedDuration::from_millis(250)) + step + step;
        assert!(late <= bound, "{seconds} s: {late:?} late");
        assert!(provider.look.calls() < 60, "{seconds} s: {} looks", provider.look.calls());
    }
}

#[tokio::test]
async fn a_picture_that_is_done_at_the_deadline_is_kept() {
    let studio = TestStudio::open().await;
    studio.setup.provider.hold();
    let id = studio.request(&ada(), 1, 1).await.status.generation.id;
    while studio.studio.pipeline.run_due().await.expect("it runs") {}
    studio.setup.clock.advance(SignedDuration::from_hours(1));
    studio.setup.provider.release();
    studio.settle().await;
    assert_eq!(studio.states(ada().account.id, id).await, [Stored]);
    assert_eq!(studio.balance(ada().account.id).await, 9);
}

#[tokio::test]
async fn what_certainly_was_not_sent_is_sent_again_three_times_at_most() {
    let studio = TestStudio::open().await;
    let submit = &studio.setup.provider.submit;
    submit.next_for(Seed(1), Err(SubmitError::NotSent(passing())));
    for _ in 0..3 {
        submit.next_for(Seed(2), Err(SubmitError::NotSent(passing())));
    }
    let id = studio.request(&ada(), 2, 1).await.status.generation.id;
    studio.settle().await;
    assert_eq!(studio.states(ada().account.id, id).await, [Stored, Failed]);
    let status = studio.generation(ada().account.id, id).await;
    assert_eq!(status.renders[1].render.error.as_deref(), Some("provider_unreachable"));
    assert_eq!((submit.calls_for(Seed(1)), submit.calls_for(Seed(2))), (2, 3));
    assert_eq!(studio.balance(ada().account.id).await, 9);
}

#[tokio::test]
async fn a_lost_submit_is_never_sent_again() {
    let studio = TestStudio::open().await;
    let provider = &studio.setup.provider;
    for seed in [1, 2] {
        provider.submit.next_for(Seed(seed), Err(SubmitError::Lost(passing())));
    }
    // The provider remembers the first, after a while, and never the second.
    provider.recall.next_for(Seed(1), Ok(None));
    provider.recall.next_for(Seed(1), Err(passing()));
    provider.recall.next_for(Seed(1), Ok(Some("found".to_owned())));
    let id = studio.request(&ada(), 2, 1).await.status.generation.id;
    while studio.studio.pipeline.run_due().await.expect("it runs") {}
    assert_eq!(studio.states(ada().account.id, id).await, [Unknown, Unknown]);
    studio.settle().await;
    let status = studio.generation(ada().account.id, id).await;
    assert_eq!(studio.states(ada().account.id, id).await, [Stored, Failed]);
    assert_eq!(status.renders[0].render.request_id.as_deref(), Some("found"));
    assert_eq!(status.renders[1].render.error.as_deref(), Some("lost_submit"));
    assert_eq!(provider.submit.calls(), 2, "each was sent once");
    assert_eq!(studio.balance(ada().account.id).await, 9);
}

#[tokio::test]
async fn passing_faults_of_look_fetch_and_storage_are_outlived() {
    let studio = TestStudio::open().await;
    let provider = &studio.setup.provider;
    provider.look.next(Err(passing()));
    provider.look.next(Ok(Looked::Working(Some(3))));
    provider.fetch.next(Err(passing()));
    let id = studio.request(&ada(), 1, 1).await.status.generation.id;
    studio.settle().await;
    assert_eq!(studio.states(ada().account.id, id).await, [Stored]);
}

#[tokio::test]
async fn what_is_no_picture_is_refunded() {
    let studio = TestStudio::open().await;
    studio.setup.provider.fetch.next(Ok(b"<svg onload=alert(1)>".to_vec()));
    let id = studio.request(&ada(), 1, 1).await.status.generation.id;
    studio.settle().await;
    assert_eq!(studio.states(ada().account.id, id).await, [Failed]);
    assert_eq!(studio.balance(ada().account.id).await, 10);
}

#[tokio::test]
async fn what_can_never_be_fetched_is_refunded_at_once() {
    let studio = TestStudio::open().await;
    let never = Fault::lasting("provider", "not from where pictures come");
    studio.setup.provider.fetch.next(Err(never));
    let id = studio.request(&ada(), 1, 1).await.status.generation.id;
    assert!(studio.settle().await < SignedDuration::from_mins(1));
    assert_eq!(studio.states(ada().account.id, id).await, [Failed]);
    assert_eq!(studio.balance(ada().account.id).await, 10);
}

#[tokio::test]
async fn cancelled_before_it_was_sent_it_never_reaches_the_provider() {
    let studio = TestStudio::open().await;
    let status = studio.request(&ada(), 2, 1).await.status;
    let render = status.renders[0].render.id;
    let account = ada().account.id;
    let cancelled = studio.studio.generations.cancel(account, render).await.expect("in time");
    assert_eq!(cancelled.render.state, Cancelled);
    assert_eq!(studio.balance(account).await, 9);
    studio.settle().await;
    assert_eq!(studio.states(account, status.generation.id).await, [Cancelled, Stored]);
    assert_eq!(studio.setup.provider.submit.calls_for(Seed(1)), 0);
    // Twice is once.
    studio.studio.generations.cancel(account, render).await.expect("cancelled is cancelled");
    assert_eq!(studio.balance(account).await, 9);
}

#[tokio::test]
async fn cancelled_after_it_was_sent_the_provider_decides() {
    let studio = TestStudio::open().await;
    studio.setup.provider.hold();
    let status = studio.request(&ada(), 2, 1).await.status;
    while studio.studio.pipeline.run_due().await.expect("it runs") {}
    let account = ada().account.id;
    // The second one has finished at the provider when the cancel arrives.
    studio.setup.provider.cancel.next_for(Seed(2), Ok(CancelAnswer::TooLate));
    let done = Looked::Done(Delivery { location: "scripted:late".to_owned() });
    studio.setup.provider.look.next_for(Seed(2), Ok(done));
    for render in &status.renders {
        let asked = studio.studio.generations.cancel(account, render.render.id).await;
        let asked = asked.expect("it may still be in time");
        assert_eq!((asked.render.state, asked.render.cancel_requested), (Waiting, true));
    }
    studio.settle().await;
    assert_eq!(studio.states(account, status.generation.id).await, [Cancelled, Stored]);
    assert_eq!(studio.balance(account).await, 9);
    let late = studio.studio.generations.cancel(account, status.renders[1].render.id).await;
    assert!(matches!(late, Err(Error::Refused(Refusal::TooLate))), "{late:?}");
}

#[tokio::test]
async fn the_provider_is_never_given_more_than_it_takes() {
    let studio = TestStudio::open().await;
    studio.setup.provider.hold();
    studio.request(&ada(), 4, 1).await;
    studio.request(&ada(), 4, 5).await;
    studio.request(&grace(), 1, 9).await;
    while studio.studio.pipeline.run_due().await.expect("it runs") {}
    assert_eq!(studio.setup.provider.submit.calls(), 4);
    assert_eq!(studio.setup.provider.submit.calls_for(Seed(9)), 1, "nobody is starved");
    let studio = studio.restarted();
    while studio.studio.pipeline.run_due().await.expect("it runs") {}
    assert_eq!(studio.setup.provider.submit.calls(), 4, "a restart leaks no place");
    studio.setup.provider.release();
    studio.settle().await;
    assert_eq!(studio.setup.provider.submit.calls(), 9);
}

#[tokio::test]
async fn too_few_credits_charge_nothing_at_all() {
    let studio = TestStudio::open().await;
    for (person, count, balance) in [(linus(), 1, 0), (grace(), 4, 3)] {
        let actor = safelight_domain::Actor::user(person.user.id);
        let account = person.account.id;
        let no = studio.studio.generations.request(account, ask("a lamp", count, 1), None, actor);
        let no = no.await.expect_err("it costs too much");
        assert!(matches!(no, Error::Refused(Refusal::Overdrawn { .. })), "{no:?}");
        assert_eq!(studio.balance(account).await, balance);
    }
    studio.settle().await;
    assert_eq!(studio.setup.provider.submit.calls(), 0);
}

#[tokio::test]
async fn the_same_key_is_the_same_request() {
    let studio = TestStudio::open().await;
    let (account, actor) = (ada().account.id, safelight_domain::Actor::user(ada().user.id));
    let key = || Some(Key::parse("k-1").unwrap());
    let generations = &studio.studio.generations;
    let first = generations.request(account, ask("a lamp", 2, 1), key(), actor.clone()).await;
    let first = first.expect("paid");
    studio.settle().await;
    let again = generations.request(account, ask("a lamp", 2, 1), key(), actor.clone()).await;
    let again = again.expect("the stored answer");
    assert!(again.replayed && !first.replayed);
    assert_eq!(again.status.generation, first.status.generation);
    assert_eq!((again.balance, studio.balance(account).await), (first.balance, 8));
    let other = generations.request(account, ask("a lamp", 3, 1), key(), actor).await;
    assert!(matches!(other, Err(Error::Refused(Refusal::KeyReused))), "{other:?}");
    // Somebody else's key of the same text is another key.
    let actor = safelight_domain::Actor::user(grace().user.id);
    let account = grace().account.id;
    let hers = generations.request(account, ask("a lamp", 3, 1), key(), actor).await;
    assert!(!hers.expect("paid").replayed);
    studio.settle().await;
}

#[tokio::test]
async fn any_priced_act_is_one_call() {
    let studio = TestStudio::open().await;
    let (account, actor) = (ada().account.id, safelight_domain::Actor::user(ada().user.id));
    let action = |name| safelight_domain::ActionName::parse(name).expect("a name");
    let key = || Some(Key::parse("export-7").unwrap());
    let ledger = &studio.studio.ledger;
    let first = ledger.consume(account, action("export"), key(), actor.clone()).await;
    let first = first.expect("it is affordable");
    assert_eq!((first.price.get(), first.balance.get(), first.replayed), (2, 8, false));
    let again = ledger.consume(account, action("export"), key(), actor.clone()).await;
    let again = again.expect("the stored answer");
    assert_eq!((again.charge_id, again.price.get(), again.replayed), (first.charge_id, 2, true));
    assert_eq!(studio.balance(account).await, 8);
    let no = ledger.consume(account, action("fax"), None, actor).await;
    assert!(
        matches!(&no, Err(Error::Refused(Refusal::Invalid(Invalid { field: "action", says }))) if says.contains("export")),
        "{no:?}"
    );
}

#[tokio::test]
async fn somebody_elses_is_not_there() {
    let studio = TestStudio::open().await;
    let status = studio.request(&ada(), 1, 1).await.status;
    studio.settle().await;
    let stranger = grace().account.id;
    let (generation, render) = (status.generation.id, status.renders[0].render.id);
    let image = studio.generation(ada().account.id, generation).await.renders[0].image_id;
    let image = image.expect("stored");
    let use_cases = &studio.studio;
    let not_found = |error: Error| matches!(error, Error::Refused(Refusal::NotFound));
    assert!(not_found(use_cases.generations.get(stranger, generation).await.unwrap_err()));
    assert!(not_found(use_cases.generations.render(stranger, render).await.unwrap_err()));
    assert!(not_found(use_cases.generations.cancel(stranger, render).await.unwrap_err()));
    assert!(not_found(use_cases.images.get(stranger, image).await.unwrap_err()));
    assert!(not_found(use_cases.images.trash(stranger, image).await.unwrap_err()));
    assert!(not_found(use_cases.images.restore(stranger, image).await.unwrap_err()));
}

fn sample(bytes: Vec<u8>, folder_id: Option<FolderId>) -> Import {
    Import {
        bytes,
        prompt: Prompt::parse("a lamp, drawn by hand").expect("a prompt"),
        model: ModelSlug("by-hand".to_owned()),
        seed: Seed(7),
        source: Source::TrainedAlgorithmicMedia,
        folder_id,
    }
}

#[tokio::test]
async fn an_import_costs_nothing_and_no_provider_hears_of_it() {
    let studio = TestStudio::open().await;
    // Linus has no credits: what costs nothing needs none.
    let account = linus().account.id;
    let images = &studio.studio.images;
    let image = images.import(account, sample(picture(Seed(7)), None), Actor::system()).await;
    let image = image.expect("it is taken in");
    assert_eq!((image.width, image.height, image.model.0.as_str()), (64, 64, "by-hand"));
    let status = studio.generation(account, image.generation_id).await;
    assert_eq!(charged(&status), Credits::ZERO);
    assert_eq!((status.generation.order.size, status.renders.len()), (Size::SquareHd, 1));
    let render = &status.renders[0];
    assert_eq!((render.render.state, render.image_id), (Stored, Some(image.id)));
    studio.settle().await;
    assert_eq!(studio.setup.provider.submit.calls(), 0);
    assert!(images.urls(&image).original.contains(&image.render_id.to_string()));
}

#[tokio::test]
async fn an_import_that_is_no_picture_or_has_no_place_records_nothing() {
    let studio = TestStudio::open().await;
    let account = ada().account.id;
    let nowhere = Some(FolderId(Uuid::from_u128(7)));
    for (import, field) in [
        (sample(b"<svg/>".to_vec(), None), Some("picture")),
        (sample(picture(Seed(7)), nowhere), None),
    ] {
        let refused = studio.studio.images.import(account, import, Actor::system()).await;
        match refused.expect_err("it is refused") {
            Error::Refused(Refusal::Invalid(Invalid { field: at, .. })) => {
                assert_eq!(Some(at), field);
            }
            Error::Refused(no) => assert_eq!((no, field), (Refusal::NotFound, None)),
            Error::Fault(fault) => panic!("{fault}"),
        }
    }
    let page = safelight_ports::Page { after: None, limit: 10 };
    let made = studio.studio.generations.list(account, page).await.expect("a list");
    assert!(made.items.is_empty());
}

#[tokio::test]
async fn an_account_has_so_many_in_the_making_and_no_more() {
    let studio = std::sync::Arc::new(TestStudio::open().await);
    studio.setup.provider.hold();
    let me = ada().account.id;
    let credits = Credits::new(190).expect("few");
    let granted = studio.studio.ledger.grant(me, credits, "a test".to_owned(), Actor::cli()).await;
    granted.expect("granted");
    // A hundred may be; thirty callers at once ask for four each.
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..30 {
        let generations = studio.studio.generations.clone();
        calls.spawn(async move {
            generations.request(me, ask("a fox", 4, 1), None, Actor::system()).await
        });
    }
    let (mut begun, mut refused) = (0, 0);
    for call in calls.join_all().await {
        match call {
            Ok(_) => begun += 1,
            Err(Error::Refused(Refusal::TooMany { at_most: 100, .. })) => refused += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!((begun, refused), (25, 5));
    assert_eq!(studio.balance(me).await, 100, "what was refused was not charged");
    let hers = grace().account.id;
    studio
        .studio
        .generations
        .request(hers, ask("a fox", 1, 1), None, Actor::system())
        .await
        .expect("hers");
    studio.setup.provider.release();
    studio.settle().await;
    studio.request(&ada(), 1, 1).await;
}
