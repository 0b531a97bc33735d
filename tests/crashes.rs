//! No crash loses anything: a death between any two steps, and a failure of any port call.

use safelight_domain::RenderState::*;
use safelight_testkit::{Strike, people::ada};
use safelight_tests::TestStudio;

/// The calls one generation of two pictures makes, and more than enough for what a fault adds.
const CALLS: std::ops::Range<u64> = 1..200;

#[tokio::test]
async fn any_port_call_may_fail_and_every_render_still_ends_settled() {
    for strike in Strike::ALL {
        let mut last = None;
        for n in CALLS {
            let studio = TestStudio::open().await;
            studio.setup.faults.plan(n, strike);
            let actor = safelight_domain::Actor::user(ada().user.id);
            let asked = safelight_tests::ask("a lamp", 2, 1);
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
            if studio.setup.faults.pending() {
                last = Some(n);
                break;
            }
        }
        let calls = last.expect("the loop ends when no call is left to fail");
        assert!(calls > 15, "only {calls} calls were tried: the injector does not see the ports");
    }
}

async fn stored(studio: &TestStudio) -> u64 {
    let page = safelight_ports::Page { after: None, limit: 100 };
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
    let now = safelight_ports::Clock::now(&*studio.setup.clock);
    let until = now + safelight_domain::SignedDuration::from_mins(1);
    let order = safelight_ports::Dispatch { due: now, until, in_flight: 4, live_since: now };
    safelight_ports::Store::dispatch(&studio.store, order).await.expect("handed out");
    for seed in [1, 2] {
        let found = Some(format!("found-{seed}"));
        studio.setup.provider.recall.next_for(safelight_domain::Seed(seed), Ok(found));
    }
    let studio = studio.restarted();
    let pipeline = studio.studio.pipeline.clone();
    let shutdown = async {
        while studio.states(ada().account.id, id).await != [Stored; 2] {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    // Time stands still: had it waited for a lease, this would never end.
    pipeline.drive(shutdown).await;
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
    studio.setup.clock.advance(safelight_domain::SignedDuration::from_mins(58));
    let studio = studio.restarted();
    studio.setup.provider.release();
    let pipeline = studio.studio.pipeline.clone();
    let from = safelight_ports::Clock::now(&*studio.setup.clock);
    let shutdown = async {
        let ada = ada().account.id;
        while studio.states(ada, id).await != [Stored; 4]
            || studio.states(ada, waiting).await != [Stored; 2]
        {
            studio.setup.clock.advance(safelight_domain::SignedDuration::from_millis(50));
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            let took = safelight_ports::Clock::now(&*studio.setup.clock).duration_since(from);
            // Before any lease of the dead driver would have run out.
            assert!(took < safelight_domain::SignedDuration::from_mins(1), "somebody waits");
        }
    };
    pipeline.drive(shutdown).await;
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
