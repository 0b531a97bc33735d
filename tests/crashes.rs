//! No crash loses anything: a death between any two steps, and a failure of any port call.

use std::time::Duration;

use safelight_domain::{Actor, GenerationId, RenderState::*, Seed, SignedDuration};
use safelight_ports::{Clock, Dispatch, Page, Store};
use safelight_testkit::{Strike, people::ada};
use safelight_tests::{TestStudio, ask, every_call};

#[tokio::test]
async fn any_port_call_may_fail_and_every_render_still_ends_settled() {
    for strike in Strike::ALL {
        every_call(async |n| {
            let studio = TestStudio::open().await;
            studio.setup.faults.plan(n, strike);
            let actor = Actor::user(ada().user.id);
            let asked = ask("a lamp", 2, 1);
            let account = ada().account.id;
            let requested = studio.studio.generations.request(account, asked, None, actor).await;
            studio.settle().await;
            let stored = stored(&studio).await;
            let balance = u64::from(studio.balance(account).await);
            // What was paid is what was delivered, and an answer "yes" means it was recorded.
            assert_eq!(10 - balance, stored, "call {n}, {strike:?}");
            if let Ok(requested) = requested {
                let id = requested.status.generation.id;
                assert_eq!(studio.generation(account, id).await.renders.len(), 2);
            }
            !studio.setup.faults.pending()
        })
        .await;
    }
}

async fn stored(studio: &TestStudio) -> u64 {
    let page = Page { after: None, limit: 100 };
    let account = ada().account.id;
    let all = studio.studio.generations.list(account, page).await.expect("a list");
    let renders = all.items.iter().flat_map(|generation| &generation.renders);
    renders.filter(|render| render.render.state == Stored).count() as u64
}

#[tokio::test]
async fn a_death_after_the_submit_loses_nothing() {
    let studio = TestStudio::open().await;
    studio.setup.provider.hold();
    let id = studio.request(&ada(), 4, 1).await.status.generation.id;
    while studio.studio.pipeline.run_due().await.expect("it runs") {}
    assert_eq!(studio.states(ada().account.id, id).await, [Waiting; 4]);
    let studio = studio.restarted();
    studio.setup.provider.release();
    studio.settle().await;
    assert_eq!(studio.states(ada().account.id, id).await, [Stored; 4]);
    assert_eq!(studio.setup.provider.submit.calls(), 4);
}

#[tokio::test]
async fn a_driver_takes_over_what_a_dead_one_left_without_waiting_for_its_leases() {
    let studio = TestStudio::open().await;
    let id = studio.request(&ada(), 2, 1).await.status.generation.id;
    // The dead one had leased both renders and told nobody how the submits went.
    let now = studio.setup.clock.now();
    let until = now + SignedDuration::from_mins(1);
    let order = Dispatch { due: now, until, in_flight: 4, live_since: now };
    studio.store.dispatch(order).await.expect("handed out");
    for seed in [1, 2] {
        let found = Some(format!("found-{seed}"));
        studio.setup.provider.recall.next_for(Seed(seed), Ok(found));
    }
    let studio = studio.restarted();
    drive_until_stored(&studio, &[id]).await;
    assert_eq!(studio.setup.provider.submit.calls(), 0, "nothing was sent twice");
}

#[tokio::test]
async fn what_waits_in_line_near_its_deadline_is_not_held_up_by_a_restart() {
    let studio = TestStudio::open().await;
    studio.setup.provider.hold();
    let id = studio.request(&ada(), 4, 1).await.status.generation.id;
    let waiting = studio.request(&ada(), 2, 5).await.status.generation.id;
    while studio.studio.pipeline.run_due().await.expect("it runs") {}
    assert_eq!(studio.states(ada().account.id, waiting).await, [Pending; 2]);
    studio.setup.clock.advance(SignedDuration::from_mins(58));
    let studio = studio.restarted();
    studio.setup.provider.release();
    drive_until_stored(&studio, &[id, waiting]).await;
}

#[tokio::test]
async fn what_cannot_be_recorded_is_not_sent() {
    let studio = TestStudio::open().await;
    let id = studio.request(&ada(), 1, 1).await.status.generation.id;
    // The disk is full when the intent should be written.
    studio.setup.faults.plan(1, Strike::Before);
    assert!(studio.studio.pipeline.run_due().await.is_err());
    assert!(!studio.setup.faults.pending(), "the dispatch was the first call");
    assert_eq!(studio.setup.provider.submit.calls(), 0, "nobody was asked");
    studio.settle().await;
    assert_eq!(studio.states(ada().account.id, id).await, [Stored]);
}

/// Drives the studio until everything of these generations is stored, and allows it less time than
/// any lease of a dead driver would have taken to run out.
async fn drive_until_stored(studio: &TestStudio, ids: &[GenerationId]) {
    let clock = &studio.setup.clock;
    let from = clock.now();
    let stored = async {
        for id in ids {
            while studio.states(ada().account.id, *id).await.iter().any(|state| *state != Stored) {
                clock.advance(SignedDuration::from_millis(50));
                let took = clock.now().duration_since(from);
                assert!(took < SignedDuration::from_mins(1), "somebody waits for a dead driver");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    };
    studio.studio.pipeline.drive(stored).await;
}
