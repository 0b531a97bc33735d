//! The contract of [`Store`](safelight_ports::Store) about money: orders, customers, and the inbox.

use safelight_domain::{
    Change, Changes, DeliveryState, Effect, EventChange, EventId, LotId, Mark, OrderChange,
    OrderId, OrderState, OrderStep, Paying, PaymentMode, SignedDuration, Task, TaskChange, TaskId,
    TaskKind, Timestamp, UnownedEventChange,
};
use safelight_ports::{DeliveryFilter, Page, Tasks};

use crate::{
    Darkroom,
    darkroom::{LEASE, delivery, pack_order},
    people::{ada, grace},
};

/// Tests of the contract for `$make`, as for `store_contract`.
#[macro_export]
macro_rules! till_contract {
    ($make:expr) => {
        $crate::contract_tests!(till, $make,
            an_order_is_read_as_it_was_made_and_moved
            what_waits_at_the_provider_is_found
            an_account_has_one_customer_in_each_mode
            a_notice_is_kept_once
            a_claim_takes_one_of_each_object_in_order
            a_notice_that_failed_holds_no_other_up
            a_task_is_made_once_and_done_once
            a_mark_and_its_effect_are_one_commit
            a_marked_notice_is_due_again_only_when_replayed
        );
    };
}

fn all() -> Page {
    Page { after: None, limit: 100 }
}

/// A notice about a purchase, which happened then.
async fn keep_about(room: &Darkroom, event: &str, object: &str, at: Timestamp) {
    let mut kept = delivery(&EventId::parse(event).unwrap(), object, at);
    kept.next_at = Some(room.now());
    let receive = UnownedEventChange::Receive(Box::new(kept));
    room.record(Changes::unowned([receive])).await.unwrap();
}

async fn keep(room: &Darkroom, event: &str, customer: Option<&str>, at: Timestamp) {
    let mut kept = delivery(&EventId::parse(event).unwrap(), "cs", at);
    kept.customer = customer.map(str::to_owned);
    kept.next_at = Some(room.now());
    let receive = UnownedEventChange::Receive(Box::new(kept));
    room.record(Changes::unowned([receive])).await.unwrap();
}

async fn claim(room: &Darkroom) -> Vec<String> {
    let claimed = room.store.claim_deliveries(room.now(), room.now() + LEASE, 10).await.unwrap();
    let mut events: Vec<_> =
        claimed.deliveries.into_iter().map(|one| one.event.as_str().to_owned()).collect();
    events.sort();
    events
}

async fn mark(room: &Darkroom, event: &str, mark: Mark) {
    let change = UnownedEventChange::Mark(EventId::parse(event).unwrap(), mark);
    room.record(Changes::unowned([change])).await.unwrap();
}

/// Every column comes back; somebody else's order does not exist.
pub async fn an_order_is_read_as_it_was_made_and_moved<K>(room: &Darkroom, _: &K) {
    let (ada, grace) = (room.join(&ada()).await, room.join(&grace()).await);
    let mut made = pack_order(OrderId(room.ids.next()), ada, 100, room.now());
    made.expires_days = Some(30);
    made.return_to = Some("/studio?prompt=x".to_owned());
    room.commit(ada, vec![Change::Order(OrderChange::Open(made.clone()))]).await.unwrap();
    let read = room.reads.order(ada, made.id).await.unwrap().unwrap();
    assert_eq!((&read.order, read.taken.get(), read.owed.get()), (&made, 0, 0));
    assert_eq!(room.reads.order(grace, made.id).await.unwrap(), None);
    assert_eq!(room.reads.any_order(made.id).await.unwrap().as_ref(), Some(&made));
    let lapses_at = room.now() + SignedDuration::from_hours(24);
    let opened = OrderStep::Opened { checkout: "cs".to_owned(), lapses_at };
    let by = Paying { checkout: "cs".to_owned(), payment: Some(("pi".to_owned(), 999)) };
    let pay = Change::Order(OrderChange::Pay { order: made.id, by, lot: LotId(room.ids.next()) });
    let receipt_url = Some("https://pay.example/r".to_owned());
    let lot = LotId(room.ids.next());
    let back =
        Change::Order(OrderChange::Reverse { order: made.id, refunded: 500, receipt_url, lot });
    let list = vec![Change::Order(OrderChange::Move(made.id, opened)), pay, back];
    assert_eq!(room.commit(ada, list).await, Ok(10 + 49));
    let read = room.reads.order(ada, made.id).await.unwrap().unwrap();
    made.state = OrderState::Paid;
    made.checkout = Some("cs".to_owned());
    made.lapses_at = Some(lapses_at);
    made.payment = Some("pi".to_owned());
    (made.captured, made.refunded) = (999, 500);
    made.receipt_url = Some("https://pay.example/r".to_owned());
    made.settled_at = Some(room.now());
    assert_eq!((&read.order, read.taken.get(), read.owed.get()), (&made, 51, 0));
    let later = pack_order(OrderId(room.ids.next()), ada, 5, room.now());
    room.commit(ada, vec![Change::Order(OrderChange::Open(later.clone()))]).await.unwrap();
    let listed = room.reads.orders(ada, all()).await.unwrap().items;
    let ids: Vec<_> = listed.iter().map(|status| status.order.id).collect();
    assert_eq!(ids, [later.id, made.id], "newest first");
    let one = room.reads.orders(ada, Page { after: None, limit: 1 }).await.unwrap();
    let rest = room.reads.orders(ada, Page { after: one.next, limit: 1 }).await.unwrap();
    assert_eq!((rest.items[0].order.id, rest.next), (made.id, None));
}

/// Opened there, neither paid nor given up, and old enough.
pub async fn what_waits_at_the_provider_is_found<K>(room: &Darkroom, _: &K) {
    let ada = room.join(&ada()).await;
    let mut ids = Vec::new();
    for (n, steps) in [
        vec![],
        vec![OrderStep::Opened { checkout: "cs1".to_owned(), lapses_at: room.now() }],
        vec![OrderStep::Unpaid { checkout: "cs2".to_owned() }],
        vec![
            OrderStep::Opened { checkout: "cs3".to_owned(), lapses_at: room.now() },
            OrderStep::Expired,
        ],
    ]
    .into_iter()
    .enumerate()
    {
        let id = OrderId(room.ids.next());
        let mut list = vec![Change::Order(OrderChange::Open(pack_order(id, ada, 5, room.now())))];
        list.extend(steps.into_iter().map(|step| Change::Order(OrderChange::Move(id, step))));
        room.commit(ada, list).await.unwrap_or_else(|no| panic!("{n}: {no}"));
        ids.push(id);
    }
    let waiting = async |mode, before| {
        let found = room.reads.waiting_orders(mode, before, None, 10).await.unwrap();
        for order in &found {
            let rest = room.reads.waiting_orders(mode, before, Some(*order), 10).await.unwrap();
            assert!(rest.iter().all(|other| other > order), "a page goes on after its last");
        }
        found
    };
    let later = room.now() + SignedDuration::from_secs(1);
    assert_eq!(waiting(PaymentMode::Play, later).await, ids[1..3]);
    assert!(waiting(PaymentMode::Play, room.now()).await.is_empty(), "too young");
    assert!(waiting(PaymentMode::Live, later).await.is_empty(), "of another mode");
}

/// Known by account and by their id there; forgotten when they are gone.
pub async fn an_account_has_one_customer_in_each_mode<K>(room: &Darkroom, _: &K) {
    let ada = room.join(&ada()).await;
    let (test, live) = (PaymentMode::Test, PaymentMode::Live);
    let named = |mode, id: Option<&str>| {
        Change::Order(OrderChange::SetCustomer(mode, id.map(str::to_owned)))
    };
    let list = vec![named(test, Some("one")), named(live, Some("one")), named(test, Some("two"))];
    room.commit(ada, list).await.unwrap();
    assert_eq!(room.reads.customer(ada, test).await.unwrap().as_deref(), Some("two"));
    assert_eq!(room.reads.customer(ada, live).await.unwrap().as_deref(), Some("one"));
    assert_eq!(room.reads.account_of_customer(test, "two").await.unwrap(), Some(ada));
    assert_eq!(room.reads.account_of_customer(test, "one").await.unwrap(), None);
    room.commit(ada, vec![named(test, None)]).await.unwrap();
    assert_eq!(room.reads.customer(ada, test).await.unwrap(), None);
}

/// The same event again changes nothing, whatever became of the first.
pub async fn a_notice_is_kept_once<K>(room: &Darkroom, _: &K) {
    keep(room, "evt", Some("cus"), room.now()).await;
    mark(room, "evt", Mark::Ignored("why".to_owned())).await;
    let first = room.reads.delivery(&EventId::parse("evt").unwrap()).await.unwrap().unwrap();
    assert_eq!((first.state, first.last_error.as_deref()), (DeliveryState::Ignored, Some("why")));
    assert_eq!(first.body, b"{}");
    room.clock.advance(SignedDuration::from_secs(5));
    keep(room, "evt", Some("another"), room.now()).await;
    let listed = room.reads.deliveries(&DeliveryFilter::default(), all()).await.unwrap().items;
    assert_eq!(listed, [first]);
    let pending = DeliveryFilter { state: Some(DeliveryState::Pending), kind: None };
    let pending = room.reads.deliveries(&pending, all()).await.unwrap();
    assert!(pending.items.is_empty());
}

/// Those about one object go one after the other as they happened; nobody else waits for them.
pub async fn a_claim_takes_one_of_each_object_in_order<K>(room: &Darkroom, _: &K) {
    let (now, later) = (room.now(), room.now() + SignedDuration::from_secs(9));
    keep_about(room, "a-second", "a", later).await;
    keep_about(room, "a-first", "a", now).await;
    keep_about(room, "b", "b", later).await;
    keep_about(room, "c", "c", now).await;
    assert_eq!(claim(room).await, ["a-first", "b", "c"]);
    assert!(claim(room).await.is_empty(), "leased");
    room.clock.advance(LEASE);
    assert_eq!(claim(room).await.len(), 3, "who held them has died");
    let twice = room.reads.delivery(&EventId::parse("b").unwrap()).await.unwrap().unwrap();
    assert_eq!(twice.attempts, 2);
    mark(room, "a-first", Mark::Dead("why".to_owned())).await;
    assert_eq!(claim(room).await, ["a-second"]);
    let error = "not now".to_owned();
    let next_at = room.now() + SignedDuration::from_secs(30);
    mark(room, "a-second", Mark::Later { next_at, error }).await;
    assert!(claim(room).await.is_empty());
    room.clock.advance(SignedDuration::from_secs(30));
    assert_eq!(claim(room).await, ["a-second"]);
    let load = room.reads.inbox().await.unwrap();
    assert_eq!((load.pending, load.retried, load.dead, load.parked), (3, 1, 1, 0));
}

/// A notice waits for the first attempt at an earlier one about its object, and no longer.
pub async fn a_notice_that_failed_holds_no_other_up<K>(room: &Darkroom, _: &K) {
    keep_about(room, "never", "a", room.now()).await;
    room.clock.advance(SignedDuration::from_secs(1));
    keep_about(room, "honest", "a", room.now()).await;
    assert_eq!(claim(room).await, ["never"]);
    let next_at = room.now() + SignedDuration::from_hours(21);
    mark(room, "never", Mark::Later { next_at, error: "never".to_owned() }).await;
    assert_eq!(claim(room).await, ["honest"]);
    // A process that died over it each time holds nothing up either.
    keep_about(room, "deadly", "d", room.now()).await;
    room.clock.advance(SignedDuration::from_secs(1));
    keep_about(room, "next", "d", room.now()).await;
    assert_eq!(claim(room).await, ["deadly"]);
    room.clock.advance(LEASE);
    assert!(claim(room).await.contains(&"deadly".to_owned()));
    assert_eq!(claim(room).await, ["next"]);
}

/// Once per kind and subject, done or not; and whoever is second to settle it changes nothing.
pub async fn a_task_is_made_once_and_done_once<K>(room: &Darkroom, _: &K) {
    let ada = room.join(&ada()).await;
    let task = |kind, subject: &str| Task {
        id: TaskId(room.ids.next()),
        kind,
        account_id: Some(ada),
        subject: subject.to_owned(),
        says: "why".to_owned(),
        created_at: room.now(),
        done_at: None,
    };
    let (kind, other) = (TaskKind::PaidNotDelivered, TaskKind::PaidTwice);
    let [one, same, third] = [task(kind, "pi_1"), task(kind, "pi_1"), task(other, "pi_1")];
    room.commit(ada, vec![Change::Task(TaskChange::Create(one.clone()))]).await.unwrap();
    room.commit(ada, vec![Change::Task(TaskChange::Create(same.clone()))]).await.unwrap();
    room.commit(ada, vec![Change::Task(TaskChange::Create(third.clone()))]).await.unwrap();
    let list = async |which| room.watch.tasks(which, all()).await.unwrap().items;
    assert_eq!(list(Tasks::ToDo).await, [third.clone(), one.clone()]);
    assert_eq!(room.watch.task(same.id).await.unwrap(), None);
    room.clock.advance(SignedDuration::from_secs(5));
    let finish = || Changes::unowned([TaskChange::Finish(one.id)]);
    room.record(finish()).await.unwrap();
    let done = Task { done_at: Some(room.now()), ..one.clone() };
    room.clock.advance(SignedDuration::from_secs(5));
    room.record(finish()).await.unwrap();
    room.commit(ada, vec![Change::Task(TaskChange::Create(same))]).await.unwrap();
    assert_eq!(list(Tasks::ToDo).await.len(), 1, "it is not made again");
    assert_eq!(list(Tasks::All).await, [third, done.clone()]);
    assert_eq!(room.watch.task(one.id).await.unwrap(), Some(done));
}

/// What a notice moved is noted in the commit that moved it, or nothing of both is there.
pub async fn a_mark_and_its_effect_are_one_commit<K>(room: &Darkroom, _: &K) {
    let ada = room.join(&ada()).await;
    keep(room, "evt", None, room.now()).await;
    let order = OrderId(room.ids.next());
    let by = || Paying { checkout: "cs".to_owned(), payment: None };
    let pay =
        |order| Change::Order(OrderChange::Pay { order, by: by(), lot: LotId(room.ids.next()) });
    let applied =
        || Change::Event(EventChange::Mark(EventId::parse("evt").unwrap(), Mark::Applied));
    let unknown = room.commit(ada, vec![pay(order), applied()]).await;
    assert!(unknown.is_err());
    let event = EventId::parse("evt").unwrap();
    let state = async || room.reads.delivery(&event).await.unwrap().unwrap();
    assert_eq!(state().await.state, DeliveryState::Pending, "not before its effect");
    let open = Change::Order(OrderChange::Open(pack_order(order, ada, 5, room.now())));
    room.commit(ada, vec![open, pay(order), applied()]).await.unwrap();
    let done = state().await;
    let effect = Effect { account_id: ada, first: 2, last: 2 };
    assert_eq!((done.state, done.effect), (DeliveryState::Applied, Some(effect)));
}

/// A second mark has nothing to add; a replay keeps what was told.
pub async fn a_marked_notice_is_due_again_only_when_replayed<K>(room: &Darkroom, _: &K) {
    keep(room, "evt", None, room.now()).await;
    mark(room, "evt", Mark::Parked("why".to_owned())).await;
    mark(room, "evt", Mark::Dead("late".to_owned())).await;
    let event = EventId::parse("evt").unwrap();
    let state = async || room.reads.delivery(&event).await.unwrap().unwrap().state;
    assert_eq!(state().await, DeliveryState::Parked);
    assert!(claim(room).await.is_empty());
    mark(room, "evt", Mark::Again(room.now())).await;
    assert_eq!(claim(room).await, ["evt"]);
    mark(room, "evt", Mark::Applied).await;
    assert_eq!(state().await, DeliveryState::Applied);
}
