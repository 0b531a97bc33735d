//! What went wrong in other projects, by the names of the threads that tell of it.

use safelight_domain::{
    ActionName, Actor, Change, Changes, ChargeId, Credits, DeliveryState, Ending, Key,
    LedgerChange, Refusal, RenderChange, RenderId, Topic,
};
use safelight_ports::{CommitError, Store};
use safelight_testkit::people::{ada, linus};
use safelight_usecases::Error;

use crate::shop::Shop;

async fn told_again(shop: &Shop, times: usize) {
    shop.paid().await;
    let notices = shop.setup.payments.notices();
    for _ in 0..times {
        shop.tell(&notices[1]).await;
    }
    assert_eq!((shop.credits().await, shop.grants().await), ((110, 0), 1));
}

#[tokio::test]
async fn os688_fulfilled_replay() {
    let shop = Shop::open().await;
    told_again(&shop, 1).await;
    let event = shop.studio.inbox.list(None, crate::shop::ALL).await.unwrap().items.remove(0).event;
    shop.studio.inbox.replay(&event, Actor::cli()).await.unwrap();
    assert_eq!((shop.credits().await, shop.grants().await), ((110, 0), 1));
}

#[tokio::test]
async fn os688_sequential() {
    told_again(&Shop::open().await, 3).await;
}

#[tokio::test]
async fn os688_parallel() {
    let shop = Shop::open().await;
    shop.paid().await;
    let notices = shop.setup.payments.notices();
    let deliver = || shop.deliver(&notices[1]);
    tokio::join!(deliver(), deliver(), deliver(), deliver());
    let work = || shop.studio.inbox.run_due();
    let (one, two, three) = tokio::join!(work(), work(), work());
    assert_eq!(one.unwrap() + two.unwrap() + three.unwrap(), 1);
    assert_eq!((shop.credits().await, shop.grants().await), ((110, 0), 1));
}

#[tokio::test]
async fn os688_after_restart() {
    let shop = Shop::open().await;
    shop.paid().await;
    let notices = shop.setup.payments.notices();
    shop.deliver(&notices[1]).await;
    let shop = shop.restarted();
    shop.work().await;
    shop.tell(&notices[1]).await;
    let shop = shop.restarted();
    shop.tell(&notices[1]).await;
    assert_eq!((shop.credits().await, shop.grants().await), ((110, 0), 1));
}

/// Scenario 3: another event about the same purchase.
#[tokio::test]
async fn os688_same_invoice_other_event_id() {
    let shop = Shop::open().await;
    let (_, checkout, _) = shop.paid().await;
    shop.tell_all().await;
    let topic = Topic::Checkout(checkout);
    let again = shop.setup.payments.emit("checkout.session.completed", topic, None);
    shop.tell(&again).await;
    let delivery = shop.delivery(&again.id).await;
    assert_eq!((delivery.state, delivery.effect), (DeliveryState::Applied, None));
    assert_eq!((shop.credits().await, shop.grants().await), ((110, 0), 1));
}

/// The purchase was settled by the success page: the event is done without moving anything.
#[tokio::test]
async fn os688_event_204_without_effect() {
    let shop = Shop::open().await;
    let (order, ..) = shop.paid().await;
    shop.studio.orders.settle(ada().account.id, order).await.unwrap();
    let notices = shop.setup.payments.notices();
    shop.tell(&notices[1]).await;
    let delivery = shop.delivery(&notices[1].id).await;
    assert_eq!((delivery.state, delivery.effect), (DeliveryState::Applied, None));
    assert_eq!((shop.credits().await, shop.grants().await), ((110, 0), 1));
}

fn charge(shop: &Shop, price: u32) -> (ChargeId, Change) {
    let id = ChargeId(shop.id());
    let action = ActionName::parse("export").unwrap();
    let price = Credits::new(price).unwrap();
    (id, Change::Ledger(LedgerChange::Charge { id, action, price, actor: Actor::system() }))
}

async fn commit(shop: &Shop, list: Vec<Change>) -> Result<u32, Refusal> {
    match shop.store.commit(Changes::of(ada().account.id, list)).await {
        Ok(receipt) => Ok(receipt.balance.get()),
        Err(CommitError::Refused(refusal)) => Err(refusal),
        Err(CommitError::Fault(fault)) => panic!("{fault}"),
    }
}

#[tokio::test]
async fn os727_two_concurrent_one_credit() {
    let shop = Shop::open().await;
    let (_, nine) = charge(&shop, 9);
    commit(&shop, vec![nine]).await.unwrap();
    let ((_, one), (_, two)) = (charge(&shop, 1), charge(&shop, 1));
    let (one, two) = tokio::join!(commit(&shop, vec![one]), commit(&shop, vec![two]));
    assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
    assert_eq!(shop.credits().await, (0, 0));
}

/// Whoever looked 50 ms ago decides nothing: the rule runs under the lock.
#[tokio::test]
async fn lf1_toctou_50ms() {
    let shop = Shop::open().await;
    let seen = shop.credits().await.0;
    let (_, ten) = charge(&shop, seen);
    commit(&shop, vec![ten]).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    let (_, late) = charge(&shop, seen);
    let refused = commit(&shop, vec![late]).await;
    assert!(matches!(refused, Err(Refusal::Overdrawn { .. })));
}

/// The provider has what we never heard it took: adopted, never asked for twice.
#[tokio::test]
async fn lf2_provider_ghost_recovered() {
    let shop = Shop::open().await;
    let lost = safelight_ports::Fault::passing("provider", "the answer was lost");
    shop.setup.provider.submit.next(Err(safelight_ports::SubmitError::Lost(lost)));
    shop.setup.provider.recall.next(Ok(Some("ghost".to_owned())));
    let id = shop.request(&ada(), 1, 1).await.status.generation.id;
    shop.settle().await;
    let states = shop.states(ada().account.id, id).await;
    assert_eq!(states, [safelight_domain::RenderState::Stored]);
    assert_eq!((shop.setup.provider.submit.calls(), shop.credits().await), (1, (9, 0)));
}

#[tokio::test]
async fn lf3_duplicate_success() {
    let shop = Shop::open().await;
    let (id, paid) = charge(&shop, 4);
    commit(&shop, vec![paid, Change::Ledger(LedgerChange::Keep(id))]).await.unwrap();
    assert_eq!(
        commit(&shop, vec![Change::Ledger(LedgerChange::Keep(id))]).await,
        Err(Refusal::Stale)
    );
    assert_eq!(shop.credits().await, (6, 0));
}

#[tokio::test]
async fn lf4_duplicate_failure() {
    let shop = Shop::open().await;
    let (id, paid) = charge(&shop, 4);
    commit(&shop, vec![paid, Change::Ledger(LedgerChange::Refund(id))]).await.unwrap();
    assert_eq!(
        commit(&shop, vec![Change::Ledger(LedgerChange::Refund(id))]).await,
        Err(Refusal::Stale)
    );
    assert_eq!(shop.credits().await, (10, 0));
}

#[tokio::test]
async fn lf5_charge_after_refund() {
    let shop = Shop::open().await;
    let (id, paid) = charge(&shop, 4);
    commit(&shop, vec![paid, Change::Ledger(LedgerChange::Refund(id))]).await.unwrap();
    assert_eq!(
        commit(&shop, vec![Change::Ledger(LedgerChange::Keep(id))]).await,
        Err(Refusal::Stale)
    );
    assert_eq!(shop.credits().await, (10, 0));
}

#[tokio::test]
async fn lf6_refund_after_charge() {
    let shop = Shop::open().await;
    let (id, paid) = charge(&shop, 4);
    commit(&shop, vec![paid, Change::Ledger(LedgerChange::Keep(id))]).await.unwrap();
    assert_eq!(
        commit(&shop, vec![Change::Ledger(LedgerChange::Refund(id))]).await,
        Err(Refusal::Stale)
    );
    assert_eq!(shop.credits().await, (6, 0));
}

#[tokio::test]
async fn lf7_terminal_without_reserve() {
    let shop = Shop::open().await;
    let nothing = ChargeId(shop.id());
    for change in [
        Change::Ledger(LedgerChange::Keep(nothing)),
        Change::Ledger(LedgerChange::Refund(nothing)),
        Change::Render(RenderChange::End(RenderId(shop.id()), Ending::Filtered)),
    ] {
        assert_eq!(commit(&shop, vec![change]).await, Err(Refusal::NotFound));
    }
    assert_eq!(shop.credits().await, (10, 0));
}

#[tokio::test]
async fn lf_100_parallel_reserves_subset() {
    let shop = Shop::open().await;
    let tries: Vec<_> = (0..100)
        .map(|_| {
            let (_, change) = charge(&shop, 3);
            let store = shop.store.clone();
            tokio::spawn(async move {
                store.commit(Changes::of(ada().account.id, vec![change])).await.is_ok()
            })
        })
        .collect();
    let mut paid = 0;
    for one in tries {
        paid += u32::from(one.await.unwrap());
    }
    assert_eq!((paid, shop.credits().await), (3, (1, 0)));
}

#[tokio::test]
async fn lf_same_key_other_amount_refused() {
    let shop = Shop::open().await;
    let asked = |count| safelight_tests::ask("a lamp", count, 1);
    let key = || Some(Key::parse("k").unwrap());
    let (account, actor) = (ada().account.id, Actor::user(ada().user.id));
    let generations = &shop.studio.generations;
    generations.request(account, asked(1), key(), actor.clone()).await.unwrap();
    let other = generations.request(account, asked(2), key(), actor.clone()).await;
    assert!(matches!(other, Err(Error::Refused(Refusal::KeyReused))));
    let again = generations.request(account, asked(1), key(), actor).await.unwrap();
    assert!(again.replayed);
    assert_eq!(shop.credits().await, (9, 0));
    assert_eq!(shop.balance(linus().account.id).await, 0);
    shop.settle().await;
}
