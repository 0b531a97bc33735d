//! Clocks that disagree: a wall clock that jumps destroys nothing that a jump back would not bring
//! back, and makes nobody wait.

use safelight_domain::{
    AccountId, ActionName, Actor, Change, Changes, Credits, DeletionChange, GenerationId, Grant,
    ImageFilter, LedgerChange, LotId, LotKind, OrderChange, OrderId, PackOrder, Paying,
    RenderState, SignedDuration, SourceRef, TRASH,
};
use safelight_ports::{Clock, Page, Store};
use safelight_testkit::{
    darkroom::pack_order,
    people::{ada, grace},
};
use safelight_tests::{Dice, TestStudio};

const DAY: SignedDuration = SignedDuration::from_hours(24);
const JUMP: SignedDuration = SignedDuration::from_hours(40 * 24);
const SECOND: SignedDuration = SignedDuration::from_secs(1);
const DEADLINE: SignedDuration = SignedDuration::from_hours(1);

fn me() -> AccountId {
    ada().account.id
}

/// A studio whose driver has begun, so that its store moves schedules along.
async fn driven() -> TestStudio {
    let studio = TestStudio::open().await;
    take_over(&studio).await;
    studio
}

async fn take_over(studio: &TestStudio) {
    let now = studio.setup.clock.now();
    studio.store.take_over(now, now + DEADLINE).await.unwrap();
}

/// Ada buys so many credits that live for so many days.
async fn buy(studio: &TestStudio, amount: u32, days: u32) {
    let order = OrderId(studio.id());
    let row = pack_order(order, me(), amount, studio.setup.clock.now());
    let open = Change::Order(OrderChange::Open(PackOrder { expires_days: Some(days), ..row }));
    let payment = Some((format!("pi:{order}"), 999));
    let by = Paying { checkout: format!("cs:{order}"), payment };
    let pay = Change::Order(OrderChange::Pay { order, by, lot: LotId(studio.id()) });
    studio.store.commit(Changes::of(me(), vec![open, pay])).await.unwrap();
}

/// One round of everything that takes something away.
async fn keep_house(studio: &TestStudio) {
    studio.studio.ledger.sweep().await.unwrap();
    studio.studio.removals.sweep().await.unwrap();
    let now = studio.setup.clock.now();
    studio.store.prune(now - DAY, now - DAY * 30, now - DAY * 3).await.unwrap();
    studio.store.clock(true).await.unwrap();
}

async fn export(studio: &TestStudio) -> u32 {
    let action = ActionName::parse("export").unwrap();
    let done = studio.studio.ledger.consume(me(), action, None, Actor::system()).await.unwrap();
    done.balance.get()
}

#[tokio::test]
async fn bought_credits_outlive_a_clock_that_jumps_ahead_and_back() {
    for days in [40, 500] {
        let studio = driven().await;
        let clock = &studio.setup.clock;
        buy(&studio, 500, 30).await;
        clock.jump(DAY * days);
        clock.advance(SECOND * 4);
        keep_house(&studio).await;
        // Whatever else is done by the wrong clock does not sweep them either, and they pay.
        assert_eq!(export(&studio).await, 508);
        studio.store.commit(Changes::of(me(), [LedgerChange::Expire])).await.unwrap();
        clock.advance(SECOND * 4);
        clock.jump(-DAY * days);
        keep_house(&studio).await;
        assert_eq!(studio.balance(me()).await, 508);
        // Thirty days later they lapse, as they should.
        clock.advance(DAY * 30);
        keep_house(&studio).await;
        assert_eq!(studio.balance(me()).await, 8);
    }
}

#[tokio::test]
async fn what_is_bought_while_the_clock_is_behind_lasts_as_long_as_was_promised() {
    let studio = driven().await;
    let clock = &studio.setup.clock;
    studio.store.clock(false).await.unwrap();
    clock.jump(-JUMP);
    buy(&studio, 500, 30).await;
    clock.jump(JUMP);
    clock.advance(DAY * 30 - SECOND);
    keep_house(&studio).await;
    assert_eq!(studio.balance(me()).await, 510);
    clock.advance(SECOND);
    assert_eq!(studio.balance(me()).await, 10);
}

#[tokio::test]
async fn a_picture_in_the_trash_an_account_and_an_old_row_outlive_a_jump() {
    let studio = driven().await;
    let clock = &studio.setup.clock;
    studio.request(&ada(), 1, 1).await;
    studio.settle().await;
    let page = Page { after: None, limit: 9 };
    let list = studio.studio.images.list(me(), &ImageFilter::default(), page).await.unwrap();
    studio.studio.images.trash(me(), list.items[0].id).await.unwrap();
    let graces = grace().account.id;
    let leave = vec![Change::Deletion(DeletionChange::Request { grace: DAY * 30 })];
    studio.store.commit(Changes::of(graces, leave)).await.unwrap();
    let objects = studio.setup.storage.keys().len();
    for jump in [JUMP, -JUMP] {
        clock.jump(jump);
        clock.advance(SECOND * 8);
        keep_house(&studio).await;
        clock.jump(-jump);
        keep_house(&studio).await;
        assert_eq!(studio.setup.storage.keys().len(), objects);
        studio.studio.images.restore(me(), list.items[0].id).await.unwrap();
        studio.studio.images.trash(me(), list.items[0].id).await.unwrap();
        let grace = studio.studio.accounts.get(graces).await.unwrap();
        assert!(!grace.account.closing && grace.account.closes_at.is_some());
    }
    clock.advance(TRASH);
    keep_house(&studio).await;
    assert!(studio.setup.storage.keys().is_empty(), "what is really old goes");
    assert!(studio.studio.accounts.get(graces).await.unwrap().account.closing);
}

#[tokio::test]
async fn what_destroys_goes_on_when_the_clocks_agree_again_when_told_or_after_a_day() {
    let lapses = async |studio: &TestStudio| {
        let grant = Grant {
            lot: LotId(studio.id()),
            kind: LotKind::Promo,
            amount: Credits::new(5).unwrap(),
            expires_at: studio.setup.clock.now() + DAY * 20,
            source: SourceRef::parse("test:bought").expect("a source"),
            reason: None,
        };
        let grant = Change::Ledger(LedgerChange::Grant(grant, Actor::system()));
        studio.store.commit(Changes::of(me(), vec![grant])).await.unwrap();
        studio.setup.clock.jump(JUMP);
        keep_house(studio).await;
        let row = studio.studio.accounts.get(me()).await.unwrap();
        assert_eq!(row.account.balance.get(), 15, "it is not swept");
        let doubt = studio.studio.clock().await.unwrap().doubt.expect("it is doubted");
        assert_eq!(doubt.ahead, JUMP);
    };
    let swept = async |studio: &TestStudio| {
        keep_house(studio).await;
        assert!(studio.studio.clock().await.unwrap().doubt.is_none());
        let row = studio.studio.accounts.get(me()).await.unwrap();
        row.account.balance.get() == 10
    };
    // A virtual machine was really suspended, and its operator says so.
    let studio = driven().await;
    lapses(&studio).await;
    studio.studio.accept_clock().await.unwrap();
    assert!(swept(&studio).await);
    // Nobody says anything, and nothing else happens for a day.
    let studio = driven().await;
    lapses(&studio).await;
    studio.setup.clock.advance(DAY - SECOND);
    keep_house(&studio).await;
    assert_eq!(studio.studio.accounts.get(me()).await.unwrap().account.balance.get(), 15);
    studio.setup.clock.advance(SECOND);
    assert!(swept(&studio).await);
    // The jump is taken back.
    let studio = driven().await;
    lapses(&studio).await;
    studio.setup.clock.jump(-JUMP);
    assert!(!swept(&studio).await, "it lives for twenty days yet");
}

#[tokio::test]
async fn after_a_month_off_what_destroys_waits_an_hour() {
    let studio = TestStudio::open().await;
    buy(&studio, 500, 30).await;
    keep_house(&studio).await;
    studio.setup.clock.advance(DAY * 31);
    let studio = studio.restarted();
    take_over(&studio).await;
    keep_house(&studio).await;
    let row = studio.studio.accounts.get(me()).await.unwrap();
    assert_eq!(row.account.balance.get(), 510, "nothing is swept");
    assert_eq!(studio.balance(me()).await, 10, "and nothing lapsed is spent");
    studio.setup.clock.advance(DEADLINE);
    keep_house(&studio).await;
    let row = studio.studio.accounts.get(me()).await.unwrap();
    assert_eq!(row.account.balance.get(), 10);
}

#[tokio::test]
async fn a_start_with_a_clock_far_ahead_destroys_nothing() {
    let studio = TestStudio::open().await;
    buy(&studio, 500, 30).await;
    keep_house(&studio).await;
    studio.setup.clock.advance(SECOND * 60);
    studio.setup.clock.jump(JUMP);
    let studio = studio.restarted();
    take_over(&studio).await;
    keep_house(&studio).await;
    studio.setup.clock.jump(-JUMP);
    studio.setup.clock.advance(SECOND);
    let studio = studio.restarted();
    take_over(&studio).await;
    keep_house(&studio).await;
    assert!(studio.studio.clock().await.unwrap().doubt.is_none());
    assert_eq!(studio.balance(me()).await, 510);
}

#[tokio::test]
async fn an_account_whose_clock_is_ahead_waits_for_nothing() {
    let studio = driven().await;
    let clock = &studio.setup.clock;
    // A clock that was wrong was said to be right, so the journal is dated by it.
    clock.jump(JUMP);
    studio.studio.accept_clock().await.unwrap();
    studio.store.clock(true).await.unwrap();
    export(&studio).await;
    clock.jump(-JUMP);
    studio.studio.accept_clock().await.unwrap();
    studio.store.clock(true).await.unwrap();
    assert_eq!(studio.store.accounts_ahead(clock.now()).await.unwrap(), 1);

    buy(&studio, 100, 30).await;
    let id = studio.request(&ada(), 4, 1).await.status.generation.id;
    let generation = studio.generation(me(), id).await;
    for render in &generation.renders {
        assert!(render.render.next_at.unwrap() <= clock.now());
        assert_eq!(render.render.deadline, clock.now() + DEADLINE);
    }
    assert!(studio.settle().await < SignedDuration::from_mins(1));
    assert_eq!(studio.states(me(), id).await, [RenderState::Stored; 4]);
    // Credits that die before the account's own clock pay as well, and a key's month is now's.
    assert_eq!(export(&studio).await, 102);
    let lines = studio.studio.ledger.lines(me(), Page { after: None, limit: 50 }).await.unwrap();
    let dated: Vec<_> = lines.items.iter().rev().map(|line| line.at).collect();
    assert!(dated.is_sorted(), "the journal's time never runs backwards");
}

#[tokio::test]
async fn what_was_scheduled_moves_with_the_clock() {
    for jump in [JUMP, -JUMP, SignedDuration::from_secs(7), SignedDuration::from_secs(-7)] {
        let studio = driven().await;
        let clock = &studio.setup.clock;
        studio.setup.provider.hold();
        let before = studio.request(&ada(), 2, 1).await.status.generation.id;
        while studio.studio.pipeline.run_due().await.unwrap() {}
        clock.advance(SignedDuration::from_mins(30));
        while studio.studio.pipeline.run_due().await.unwrap() {}
        clock.jump(jump);
        let meanwhile = studio.request(&ada(), 2, 5).await.status.generation.id;
        while studio.studio.pipeline.run_due().await.unwrap() {}
        let waiting = [RenderState::Waiting; 2];
        assert_eq!(studio.states(me(), before).await, waiting, "{jump:#}: given up too early");
        clock.jump(-jump);
        clock.advance(SignedDuration::from_mins(31));
        while studio.studio.pipeline.run_due().await.unwrap() {}
        let ended = studio.states(me(), before).await;
        assert!(ended.iter().all(|state| state.is_final()), "{jump:#}: {ended:?}");
        assert_eq!(studio.states(me(), meanwhile).await, waiting, "{jump:#}");
        studio.setup.provider.release();
        clock.advance(SECOND * 40);
        while studio.studio.pipeline.run_due().await.unwrap() {}
        assert_eq!(studio.states(me(), meanwhile).await, [RenderState::Stored; 2], "{jump:#}");
    }
}

#[tokio::test]
async fn what_a_process_that_died_in_a_jump_had_scheduled_is_brought_back() {
    let studio = driven().await;
    studio.setup.provider.hold();
    let before = studio.request(&ada(), 2, 1).await.status.generation.id;
    while studio.studio.pipeline.run_due().await.unwrap() {}
    studio.setup.clock.jump(JUMP);
    let meanwhile = studio.request(&ada(), 2, 5).await.status.generation.id;
    while studio.studio.pipeline.run_due().await.unwrap() {}
    studio.setup.clock.jump(-JUMP);
    let studio = studio.restarted();
    take_over(&studio).await;
    studio.setup.clock.advance(DEADLINE);
    while studio.studio.pipeline.run_due().await.unwrap() {}
    for id in [before, meanwhile] {
        let ended = studio.states(me(), id).await;
        assert!(ended.iter().all(|state| state.is_final()), "{ended:?}");
    }
    assert_eq!(studio.balance(me()).await, 10);
}

/// A jump of seconds to forty days, either way.
fn jump(dice: &mut Dice) -> SignedDuration {
    let scale = [60, 3_600, 86_400, 40 * 86_400][dice.roll(4)];
    let seconds = i64::try_from(dice.roll(scale)).unwrap();
    SignedDuration::from_secs(if dice.roll(2) == 0 { seconds } else { -seconds })
}

#[tokio::test]
async fn whatever_the_clock_does_every_render_ends_in_its_time_and_nothing_bought_is_lost() {
    for seed in 0..40 {
        let mut dice = Dice::new(seed);
        let studio = driven().await;
        let clock = &studio.setup.clock;
        buy(&studio, 400, 60).await;
        let mut off = SignedDuration::ZERO;
        let mut asked: Vec<(GenerationId, SignedDuration)> = Vec::new();
        for step in 0..60 {
            match dice.roll(7) {
                0 | 1 => {
                    let by = jump(&mut dice);
                    clock.jump(by);
                    off += by;
                }
                2 => {
                    let id = studio.request(&ada(), 2, step * 4).await.status.generation.id;
                    asked.push((id, clock.reading().steady));
                }
                3 => keep_house(&studio).await,
                4 => studio.setup.provider.hold(),
                5 => studio.setup.provider.release(),
                _ => clock.advance(SECOND * i32::try_from(dice.roll(600)).unwrap()),
            }
            while studio.studio.pipeline.run_due().await.unwrap() {}
            for (id, at) in &asked {
                let age = clock.reading().steady - *at;
                let states = studio.states(me(), *id).await;
                let over = states.iter().all(|state| state.is_final());
                // To within what is too small a step to be told from a clock brought right.
                let late = age > DEADLINE + SECOND * 5;
                assert!(over || !late, "seed {seed}, step {step}: {states:?} after {age:#}");
            }
        }
        clock.jump(-off);
        keep_house(&studio).await;
        studio.setup.provider.release();
        let took = studio.settle().await;
        assert!(took <= DEADLINE + SECOND * 6, "seed {seed}: something waited for {took:#}");
        let mut stored = 0;
        for (id, _) in &asked {
            let states = studio.states(me(), *id).await;
            stored += states.iter().filter(|state| **state == RenderState::Stored).count();
        }
        let left = studio.balance(me()).await as usize;
        assert_eq!(left + stored, 410, "seed {seed}: credits were lost or made");
    }
}
