//! A panic anywhere in an adapter ends one piece of work: that render is refunded, and the driver
//! goes on for everybody.

use std::time::Duration;

use safelight_domain::{AccountId, GenerationId, RenderState, SignedDuration};
use safelight_testkit::{Strike, people::ada, people::grace};
use safelight_tests::{TestStudio, every_call};

fn me() -> AccountId {
    ada().account.id
}

async fn all_final(studio: &TestStudio, of: AccountId, id: GenerationId) -> bool {
    studio.states(of, id).await.iter().all(|state| state.is_final())
}

#[tokio::test]
async fn a_panic_at_any_port_call_ends_one_render_and_refunds_it() {
    for strike in Strike::ALL {
        every_call(async |n| {
            let studio = TestStudio::open().await;
            let id = studio.request(&ada(), 2, 1).await.status.generation.id;
            studio.setup.faults.plan_panic(n, strike);
            studio.settle().await;
            let status = studio.generation(me(), id).await;
            let stored = |render: &&safelight_domain::RenderStatus| {
                render.render.state == RenderState::Stored
            };
            let kept = status.renders.iter().filter(stored).count();
            let with = |slug: &str| {
                let errors = status.renders.iter().filter_map(|one| one.render.error.as_deref());
                errors.filter(|error| *error == slug).count()
            };
            // Handed out and never told of, both are lost; otherwise one panic is one render's.
            let (own, lost) = (with("internal_error"), with("lost_submit"));
            assert!(own <= 1 && kept + own + lost == 2, "call {n}, {strike:?}: {status:?}");
            assert!(lost == 0 || own == 0, "call {n}, {strike:?}: {status:?}");
            assert_eq!(10 - studio.balance(me()).await as usize, kept, "call {n}, {strike:?}");
            if studio.setup.faults.pending() {
                return false;
            }
            let after = studio.request(&ada(), 1, 9).await.status.generation.id;
            studio.settle().await;
            assert_eq!(studio.states(me(), after).await, [RenderState::Stored]);
            true
        })
        .await;
    }
}

#[tokio::test]
async fn a_render_whose_adapter_panics_says_so_and_the_driver_lives_on() {
    for (n, strike) in [(2, Strike::Before), (3, Strike::After), (5, Strike::Before)] {
        let studio = TestStudio::open().await;
        let id = studio.request(&ada(), 1, 1).await.status.generation.id;
        let clock = &studio.setup.clock;
        let graces = async {
            studio.setup.faults.plan_panic(n, strike);
            while studio.setup.faults.pending() || !all_final(&studio, me(), id).await {
                clock.advance(SignedDuration::from_secs(1));
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            let of = grace().account.id;
            let next = studio.request(&grace(), 1, 7).await.status.generation.id;
            while !all_final(&studio, of, next).await {
                clock.advance(SignedDuration::from_millis(100));
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            assert_eq!(studio.states(of, next).await, [RenderState::Stored]);
            let pulses = studio.studio.vitals.pulses();
            let pipeline = pulses.iter().find(|pulse| pulse.name == "pipeline").expect("it runs");
            assert_eq!(pipeline.restarts, 0, "{pulses:?}");
        };
        studio.studio.drive(graces).await;
        assert!(all_final(&studio, me(), id).await);
    }
}

#[tokio::test]
async fn overdue_renders_are_refunded_while_slow_storage_holds_every_hand() {
    use RenderState::{Failed, Storing};
    let studio = TestStudio::open().await;
    let (clock, storage) = (&studio.setup.clock, &studio.setup.storage);
    for person in [ada(), grace()] {
        let (amount, actor) = (safelight_domain::Credits::new(100).unwrap(), "a test".to_owned());
        let cli = safelight_domain::Actor::cli();
        studio.studio.ledger.grant(person.account.id, amount, actor, cli).await.unwrap();
    }
    storage.hold();
    let mut slow = Vec::new();
    for n in 0..16 {
        slow.push(studio.request(&ada(), 4, n * 4).await.status.generation.id);
    }
    let story = async {
        // Every hand waits for the storage.
        while storage.waiting() < 64 {
            clock.advance(SignedDuration::from_millis(10));
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let mut late = Vec::new();
        for n in 0..10 {
            late.push(studio.request(&grace(), 4, 100 + n * 4).await.status.generation.id);
        }
        clock.advance(SignedDuration::from_mins(61));
        let of = grace().account.id;
        for id in &late {
            while !all_final(&studio, of, *id).await {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            assert_eq!(studio.states(of, *id).await, [Failed; 4]);
        }
        assert_eq!(studio.balance(of).await, 103, "all of it came back");
        assert_eq!(storage.waiting(), 64, "and the slow ones are still slow");
        assert_eq!(studio.states(me(), slow[0]).await, [Storing; 4]);
        storage.release();
        for id in &slow {
            while !all_final(&studio, me(), *id).await {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
    };
    studio.studio.drive(story).await;
}

#[tokio::test]
async fn one_object_that_cannot_be_removed_keeps_no_other() {
    let studio = TestStudio::open().await;
    studio.request(&ada(), 3, 1).await;
    studio.settle().await;
    let page = safelight_ports::Page { after: None, limit: 9 };
    let filter = safelight_domain::ImageFilter::default();
    let images = studio.studio.images.list(me(), &filter, page).await.unwrap().items;
    for image in &images {
        studio.studio.images.trash(me(), image.id).await.unwrap();
    }
    studio.setup.clock.advance(safelight_domain::TRASH);
    // The first delete panics: the clock, three purges, then the first object.
    studio.setup.faults.plan_panic(5, Strike::Before);
    studio.studio.removals.sweep().await.unwrap();
    assert!(!studio.setup.faults.pending());
    assert_eq!(studio.setup.storage.keys().len(), 3, "those of one picture are left");
    studio.setup.clock.advance(safelight_domain::SignedDuration::from_mins(2));
    studio.studio.removals.sweep().await.unwrap();
    assert!(studio.setup.storage.keys().is_empty(), "and gone with the next round");
}
