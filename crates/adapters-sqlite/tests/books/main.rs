//! Any history through the store keeps the books: after each step the balances are those of a
//! model that only knows whole numbers, and the audit finds nothing.

mod purse;
#[path = "../common/room.rs"]
mod room;

use std::collections::BTreeMap;

use proptest::prelude::*;
use purse::Purse;
use room::Room;
use safelight_domain::{
    AccountId, Actor, BodyHash, Change, Ending, Key, LedgerChange, LotId, NEVER, OrderChange,
    OrderId, PackOrder, Paying, Receipt, Refusal, Render, RenderChange, SignedDuration, Timestamp,
};
use safelight_testkit::{
    ManualClock,
    darkroom::{credits, pack_order},
    people::{ada, grace, linus},
};

const DAY: i64 = 86_400;

#[derive(Debug, Clone)]
enum Act {
    Gift {
        amount: u32,
        days: Option<i64>,
    },
    Request {
        count: u8,
        key: Option<u8>,
    },
    /// Asks again under the key of an earlier request, with its body or another one.
    Replay {
        which: usize,
        same: bool,
    },
    End {
        which: usize,
        how: u8,
    },
    Take(u32),
    Sweep,
    Pass(i64),
    /// Buys so many credits that live for so many days, for so much.
    Buy {
        amount: u32,
        days: Option<u32>,
        minor: u64,
    },
    /// So many hundredths of an order's money have gone back in all.
    Return {
        which: usize,
        part: u64,
    },
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (1..12_u32, prop::option::of(1..20_i64))
            .prop_map(|(amount, days)| Act::Gift { amount, days }),
        (1..=4_u8, prop::option::of(any::<u8>()))
            .prop_map(|(count, key)| Act::Request { count, key }),
        (any::<usize>(), any::<bool>()).prop_map(|(which, same)| Act::Replay { which, same }),
        (any::<usize>(), 0..3_u8).prop_map(|(which, how)| Act::End { which, how }),
        (1..6_u32).prop_map(Act::Take),
        Just(Act::Sweep),
        (-2 * DAY..5 * DAY).prop_map(Act::Pass),
        (1..12_u32, prop::option::of(1..20_u32), 0..900_u64)
            .prop_map(|(amount, days, minor)| Act::Buy { amount, days, minor }),
        (any::<usize>(), 0..=100_u64).prop_map(|(which, part)| Act::Return { which, part }),
    ]
}

struct World {
    room: Room,
    purses: BTreeMap<AccountId, Purse>,
    pending: Vec<(AccountId, Render)>,
}

impl World {
    async fn new() -> Self {
        let room = Room::new();
        let mut purses = BTreeMap::new();
        for person in [ada(), grace(), linus()] {
            let mut purse = Purse::default();
            if let Some(gift) = &person.gift {
                purse.add(30, NEVER.as_second(), gift.amount.get());
            }
            purses.insert(room.join(&person).await, purse);
        }
        Self { room, purses, pending: Vec::new() }
    }

    #[expect(clippy::too_many_lines, reason = "one arm an act: it reads as the table it is")]
    async fn act(&mut self, of: AccountId, act: Act) {
        let clock = self.room.now().as_second();
        let room = &self.room;
        let purse = self.purses.get_mut(&of).unwrap();
        let now = clock;
        match act {
            Act::Pass(seconds) => room.clock.advance(SignedDuration::from_secs(seconds)),
            Act::Gift { amount, days } => {
                let dies = days.map_or(NEVER, |days| at(now + days * DAY));
                room.commit(of, vec![room.gift(amount, dies)]).await.unwrap();
                purse.add(30, dies.as_second(), amount);
            }
            Act::Request { count, key } => {
                let key = key.map(|_| Key::parse(format!("k{}", purse.keyed.len())).unwrap());
                let (changes, renders) = room.request(of, count, 1);
                let keyed = key.map(|key| (key, BodyHash([count; 32])));
                let changes = changes.keyed(keyed.clone());
                match room.record(changes.clone()).await {
                    Ok(receipt) => {
                        purse.sweep(now);
                        for id in renders {
                            let paid = purse.take(now, 1, false);
                            assert_eq!(paid.iter().map(|(_, n)| n).sum::<u32>(), 1);
                            purse.renders.push((id, paid));
                        }
                        if let Some((key, hash)) = keyed {
                            purse.keyed.push((key, hash, changes, receipt));
                        }
                    }
                    Err(Refusal::Indebted { debt }) => assert_eq!(debt.get(), purse.debt),
                    Err(no) => {
                        assert!(matches!(no, Refusal::Overdrawn { .. }), "{no}");
                        assert!(purse.alive(now) < u32::from(count), "refused without need");
                    }
                }
            }
            Act::Replay { which, same } if !purse.keyed.is_empty() => {
                let (key, hash, changes, first) = &purse.keyed[which % purse.keyed.len()];
                if same {
                    let again = room.record(changes.clone()).await.unwrap();
                    assert_eq!(again, Receipt { replayed: true, ..*first });
                } else {
                    let other = BodyHash(hash.0.map(|byte| !byte));
                    let changes = changes.clone().keyed(Some((key.clone(), other)));
                    assert_eq!(room.record(changes).await, Err(Refusal::KeyReused));
                }
            }
            Act::End { which, how } => self.end(of, which, how).await,
            Act::Take(amount) => {
                let key = format!("adjust:{}", room.ids.next());
                let (reason, actor) = ("a test".to_owned(), Actor::cli());
                let take = Change::Ledger(LedgerChange::Take {
                    amount: credits(amount),
                    actor,
                    reason,
                    key,
                });
                // What an admin takes of a pack is lost to its order, which this model leaves out.
                if !purse.orders.is_empty() {
                    return;
                }
                let held = purse.alive(now);
                let taken = room.commit(of, vec![take]).await;
                assert_eq!(taken.is_ok(), held >= amount);
                if taken.is_ok() {
                    purse.sweep(now);
                    purse.take(now, amount, true);
                }
            }
            Act::Sweep => {
                for account in room.reads.accounts_to_sweep(room.now(), 100).await.unwrap() {
                    room.commit(account, vec![Change::Ledger(LedgerChange::Expire)]).await.unwrap();
                    let purse = self.purses.get_mut(&account).unwrap();
                    purse.sweep(clock);
                }
                let left = room.reads.accounts_to_sweep(room.now(), 100).await.unwrap();
                assert!(left.is_empty(), "swept once is swept");
            }
            Act::Buy { amount, days, minor } => {
                let order = OrderId(room.ids.next());
                let row = pack_order(order, of, amount, room.now());
                let open =
                    Change::Order(OrderChange::Open(PackOrder { expires_days: days, ..row }));
                let payment = (minor > 0).then(|| (format!("pi:{order}"), minor));
                let by = Paying { checkout: format!("cs:{order}"), payment };
                let pay =
                    Change::Order(OrderChange::Pay { order, by, lot: LotId(room.ids.next()) });
                room.commit(of, vec![open, pay.clone()]).await.unwrap();
                room.commit(of, vec![pay]).await.unwrap();
                let dies = days.map_or(NEVER.as_second(), |days| now + i64::from(days) * DAY);
                purse.buy(order, amount, dies, minor);
            }
            Act::Return { which, part } if !purse.orders.is_empty() => {
                let which = which % purse.orders.len();
                let refunded = purse.orders[which].captured * part / 100;
                let (order, lot) = (purse.orders[which].id, LotId(room.ids.next()));
                let back =
                    Change::Order(OrderChange::Reverse { order, refunded, receipt_url: None, lot });
                room.commit(of, vec![back]).await.unwrap();
                purse.reverse(now, which, refunded);
            }
            Act::Replay { .. } | Act::Return { .. } => {}
        }
    }

    /// Ends a render in one of three ways; a second ending is stale.
    async fn end(&mut self, of: AccountId, which: usize, how: u8) {
        for render in self.room.dispatch(u16::MAX).await {
            self.room.submitted(&render).await;
            self.pending.push((render.account_id, render));
        }
        let mine: Vec<_> = self.pending.iter().filter(|(account, _)| *account == of).collect();
        let Some((_, render)) = mine.get(which % mine.len().max(1)) else { return };
        let render = render.clone();
        let purse = self.purses.get_mut(&of).unwrap();
        let now = self.room.now().as_second();
        let change = match how {
            0 => self.room.store_of(&render).1,
            1 => Change::Render(RenderChange::End(render.id, Ending::Failed("gone".to_owned()))),
            _ => Change::Render(RenderChange::End(render.id, Ending::Cancelled)),
        };
        let ended = self.room.commit(of, vec![change]).await;
        let place = purse.renders.iter().position(|(id, _)| *id == render.id);
        let Some(place) = place else {
            assert_eq!(ended, Err(Refusal::Stale), "it had ended before");
            return;
        };
        ended.unwrap();
        let (_, paid) = purse.renders.remove(place);
        if how != 0 {
            purse.back(now, paid);
        }
    }

    async fn check(&self) {
        for (account, purse) in &self.purses {
            let lots = self.room.reads.lots(*account).await.unwrap();
            // The account's own clock only orders its journal: what is dead is told by the time.
            let now = self.room.now();
            let held: u32 =
                lots.iter().filter(|lot| lot.alive(now)).map(|lot| lot.remaining.get()).sum();
            assert_eq!(held, purse.alive(now.as_second()), "{account}: {purse:?}");
            let (row, _) = self.room.reads.account(*account).await.unwrap().unwrap();
            assert_eq!(row.debt.get(), purse.debt, "{account}: {purse:?}");
        }
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_history_keeps_the_books(acts in prop::collection::vec((0..3_usize, act()), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut world = World::new().await;
            let accounts: Vec<_> = world.purses.keys().copied().collect();
            for (who, act) in acts {
                world.act(accounts[who], act).await;
                world.check().await;
            }
            let now = world.room.now().max(ManualClock::START);
            let found = world.room.sqlite.audit(now).await.unwrap();
            let found: Vec<_> =
                found.iter().filter(|finding| !finding.rule.contains("forgotten")).collect();
            assert!(found.is_empty(), "{found:?}");
        });
    }
}

#[tokio::test]
async fn what_dies_first_pays_first_and_gets_its_own_back() {
    let room = Room::new();
    let linus = room.join(&linus()).await;
    let days = |n: i64| room.now() + SignedDuration::from_hours(24 * n);
    let gifts = [room.gift(2, days(30)), room.gift(2, days(10)), room.gift(2, days(20))];
    room.commit(linus, gifts.to_vec()).await.unwrap();
    let left = async || {
        let lots = room.reads.lots(linus).await.unwrap();
        lots.iter().map(|lot| lot.remaining.get()).collect::<Vec<_>>()
    };
    let renders = room.waiting(linus, 3).await;
    assert_eq!(left().await, [1, 2], "the lot of 10 days and half the one of 20");
    let back = |render: &Render| Change::Render(RenderChange::End(render.id, Ending::Filtered));
    room.commit(linus, vec![back(&renders[2])]).await.unwrap();
    assert_eq!(left().await, [2, 2], "the lot of 20 days has its credit back");
    room.commit(linus, vec![back(&renders[0])]).await.unwrap();
    assert_eq!(left().await, [1, 2, 2], "and so has the one of 10");
    assert_eq!(room.audit().await, []);
}

#[tokio::test]
async fn a_refund_of_a_dead_lot_lives_for_a_week() {
    let room = Room::new();
    let linus = room.join(&linus()).await;
    let dies = room.now() + SignedDuration::from_hours(48);
    room.commit(linus, vec![room.gift(3, dies)]).await.unwrap();
    let renders = room.waiting(linus, 2).await;
    // Within a day of its end a lot counts as dead: nobody could use what went back to it.
    room.clock.advance(SignedDuration::from_hours(30));
    let end = Change::Render(RenderChange::End(renders[0].id, Ending::Filtered));
    assert_eq!(room.commit(linus, vec![end]).await, Ok(2));
    let lots = room.reads.lots(linus).await.unwrap();
    let week = room.now() + SignedDuration::from_hours(24 * 7);
    let told: Vec<_> = lots.iter().map(|lot| (lot.remaining.get(), lot.expires_at)).collect();
    assert_eq!(told, [(1, week), (1, dies)]);
    room.clock.advance(SignedDuration::from_hours(24 * 3));
    let end = Change::Render(RenderChange::End(renders[1].id, Ending::Filtered));
    assert_eq!(room.commit(linus, vec![Change::Ledger(LedgerChange::Expire), end]).await, Ok(2));
    room.clock.set(week + SignedDuration::from_hours(72));
    assert_eq!(room.commit(linus, vec![Change::Ledger(LedgerChange::Expire)]).await, Ok(0));
    assert_eq!(room.balance(linus).await, 0);
    assert_eq!(room.audit().await, []);
}
