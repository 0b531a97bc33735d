//! The money rules against a simple model: any sequence of events keeps the books, and a refusal
//! leaves them alone.

use std::collections::HashMap;

use proptest::prelude::*;
use safelight_domain::*;

/// A store of one account that records what `decide` answers and believes nothing else.
struct Ledger {
    books: Books,
    txns: Vec<Txn>,
    paid: HashMap<ChargeId, (i64, i64)>,
    now: i64,
    ids: u128,
}

impl Ledger {
    fn open() -> Self {
        let account = Account {
            id: AccountId(Uuid::from_u128(1)),
            status: AccountStatus::Open,
            balance: Credits::ZERO,
            debt: Credits::ZERO,
            seq: 0,
            last_at: at(0),
            created_at: at(0),
            closes_at: None,
            closing: false,
        };
        let books = Books { account: Some(account), ..Books::default() };
        Self { books, txns: Vec::new(), paid: HashMap::new(), now: 0, ids: 100 }
    }

    fn id(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::from_u128(self.ids)
    }

    fn account(&self) -> &Account {
        self.books.account.as_ref().unwrap()
    }

    fn commit(&mut self, change: Change) -> Result<Receipt, Refusal> {
        let before = self.books.clone();
        let changes = Changes::of(self.account().id, vec![change]);
        let (writes, receipt) = changes.decide(&self.books, at(self.now))?;
        for write in writes {
            self.record(write);
        }
        self.audit();
        assert!(self.account().seq >= before.account.unwrap().seq);
        Ok(receipt)
    }

    fn record(&mut self, write: Write) {
        match write {
            Write::Lot(lot) => {
                assert!(lot.remaining.is_zero(), "born empty");
                assert!(self.books.lots.iter().all(|l| l.source != lot.source), "one per source");
                self.books.sources.push(lot.source.clone());
                self.books.lots.push(lot);
            }
            Write::Txn(txn) => self.seal(txn),
            Write::Charge(charge) => {
                self.books.charges.push(Paid { charge, by: Vec::new(), key: None });
            }
            Write::ChargeState(id, state) => self.charge(id).charge.state = state,
            Write::Render(render) => self.books.renders.push(render),
            Write::RenderMoved { render, was } => {
                let row = self.books.renders.iter_mut().find(|row| row.id == render.id).unwrap();
                assert_eq!(row.state, was, "moved only from where it was seen");
                *row = render;
            }
            Write::Deed(_) | Write::Generation(_) | Write::Image(_) | Write::Event(..) => {}
            other => panic!("not a money write: {other:?}"),
        }
    }

    fn charge(&mut self, id: ChargeId) -> &mut Paid {
        self.books.charges.iter_mut().find(|paid| paid.charge.id == id).unwrap()
    }

    /// The guards a database repeats, said once more here.
    fn seal(&mut self, txn: Txn) {
        let signed = i64::from(txn.kind.sign()) * i64::from(txn.amount.get());
        assert_eq!(txn.entries.iter().map(|e| e.delta).sum::<i64>(), signed, "entries sum");
        assert_eq!(txn.charge.is_some(), txn.key.is_none(), "a charge or a key, never both");
        assert_eq!(txn.seq, self.account().seq + 1, "gap-free");
        assert!(txn.at >= self.account().last_at, "time does not run backwards");
        if let Some(key) = &txn.key {
            let again = self.txns.iter().any(|t| t.key.as_ref() == Some(key));
            assert!(!again, "{key} happened before");
        }
        for entry in &txn.entries {
            let lot = self.books.lots.iter_mut().find(|lot| lot.id == entry.lot).unwrap();
            let after = i64::from(lot.remaining.get()) + entry.delta;
            assert_eq!(after, i64::from(entry.lot_after.get()), "the entry fits its lot");
            assert!(entry.lot_after <= lot.granted, "never more than was granted");
            if txn.kind == TxnKind::Spend {
                assert!(lot.alive(txn.at), "a dead lot pays nothing");
            }
            if txn.kind == TxnKind::Expire {
                assert!(!lot.alive(txn.at), "a living lot does not expire");
            }
            lot.remaining = entry.lot_after;
        }
        if let Some(id) = txn.charge {
            let sums = self.paid.entry(id).or_default();
            let side = if txn.kind == TxnKind::Spend { &mut sums.0 } else { &mut sums.1 };
            assert_eq!(*side, 0, "spent once, refunded once");
            *side = signed.abs();
            let by: Vec<_> = txn.entries.iter().map(|e| (e.lot, -e.delta)).collect();
            let paid = self.charge(id);
            if txn.kind == TxnKind::Spend {
                let credits = |n: i64| Credits::new(u32::try_from(n).unwrap()).unwrap();
                paid.by = by.into_iter().map(|(lot, n)| (lot, credits(n))).collect();
            } else {
                paid.charge.state = ChargeState::Refunded;
            }
        }
        let account = self.books.account.as_mut().unwrap();
        account.seq = txn.seq;
        account.balance = txn.balance_after;
        account.last_at = txn.at;
        self.txns.push(txn);
    }

    fn audit(&self) {
        let sum: u32 = self.books.lots.iter().map(|lot| lot.remaining.get()).sum();
        assert_eq!(sum, self.account().balance.get(), "balance is the sum of its lots");
        for paid in &self.books.charges {
            let (spent, back) = self.paid.get(&paid.charge.id).copied().unwrap_or_default();
            assert_eq!(spent, i64::from(paid.charge.price.get()), "the spend is the price");
            let refunded = paid.charge.state == ChargeState::Refunded;
            assert_eq!(back, if refunded { spent } else { 0 }, "the refund is the spend");
        }
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

#[derive(Debug, Clone)]
enum Act {
    Grant(u32, Option<i64>),
    Charge(u32),
    Keep(usize),
    Refund(usize),
    Take(u32),
    Expire,
    Pass(i64),
}

fn act() -> impl Strategy<Value = Act> {
    let day = 86_400_i64;
    prop_oneof![
        (0..20_u32, prop::option::of(-day..40 * day)).prop_map(|(n, end)| Act::Grant(n, end)),
        (0..8_u32).prop_map(Act::Charge),
        (0..8_usize).prop_map(Act::Keep),
        (0..8_usize).prop_map(Act::Refund),
        (0..8_u32).prop_map(Act::Take),
        Just(Act::Expire),
        (-day..10 * day).prop_map(Act::Pass),
    ]
}

fn change(ledger: &mut Ledger, act: &Act) -> Option<Change> {
    let credits = |n| Credits::new(n).unwrap();
    let pick = |ledger: &Ledger, n: usize| {
        let charges = &ledger.books.charges;
        (!charges.is_empty()).then(|| charges[n % charges.len()].charge.id)
    };
    Some(match *act {
        Act::Grant(n, end) => {
            let lot = ledger.id();
            let kind = if end.is_some() { LotKind::Promo } else { LotKind::Pack };
            let grant = Grant {
                lot: LotId(lot),
                kind,
                amount: credits(n),
                expires_at: end.map_or(NEVER, |end| at(ledger.now + end)),
                source: SourceRef(format!("test:{lot}")),
                reason: None,
            };
            Change::Grant(grant, Actor::system())
        }
        Act::Charge(n) => Change::Charge {
            id: ChargeId(ledger.id()),
            action: ActionName::image(),
            price: credits(n),
            actor: Actor::system(),
        },
        Act::Keep(n) => Change::Keep(pick(ledger, n)?),
        Act::Refund(n) => Change::Refund(pick(ledger, n)?),
        Act::Take(n) => Change::Take {
            amount: credits(n),
            actor: Actor::cli(),
            reason: "test".into(),
            key: format!("take:{}", ledger.id()),
        },
        Act::Expire => Change::Expire,
        Act::Pass(seconds) => {
            ledger.now += seconds;
            return None;
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_history_keeps_the_books(acts in prop::collection::vec(act(), 1..60)) {
        let mut ledger = Ledger::open();
        for act in acts {
            let Some(change) = change(&mut ledger, &act) else { continue };
            // A refusal writes nothing by construction; the next audit would notice otherwise.
            let _ = ledger.commit(change);
        }
    }
}

fn grant(ledger: &mut Ledger, amount: u32, expires_at: Timestamp) -> LotId {
    let lot = LotId(ledger.id());
    let source = SourceRef(format!("test:{lot}"));
    let amount = Credits::new(amount).unwrap();
    let kind = LotKind::Promo;
    let grant = Grant { lot, kind, amount, expires_at, source, reason: None };
    ledger.commit(Change::Grant(grant, Actor::system())).unwrap();
    lot
}

fn spend(ledger: &mut Ledger, price: u32) -> Result<ChargeId, Refusal> {
    let id = ChargeId(ledger.id());
    let price = Credits::new(price).unwrap();
    let change = Change::Charge { id, action: ActionName::image(), price, actor: Actor::system() };
    ledger.commit(change).map(|_| id)
}

#[test]
fn what_dies_first_is_spent_first_and_nothing_below_zero() {
    let mut ada = Ledger::open();
    let later = grant(&mut ada, 5, at(900_000));
    let sooner = grant(&mut ada, 5, at(500_000));
    spend(&mut ada, 6).unwrap();
    let left = |id| ada.books.lots.iter().find(|lot| lot.id == id).unwrap().remaining.get();
    assert_eq!((left(sooner), left(later)), (0, 4));
    let no = spend(&mut ada, 5).unwrap_err();
    assert!(
        matches!(no, Refusal::Overdrawn { price, balance } if price.get() == 5 && balance.get() == 4)
    );
}

#[test]
fn a_refund_happens_once_and_outlives_its_lot() {
    let mut ada = Ledger::open();
    grant(&mut ada, 4, at(1_000));
    let charge = spend(&mut ada, 4).unwrap();
    ada.now = 2_000;
    assert_eq!(ada.commit(Change::Refund(charge)).unwrap().balance.get(), 4);
    assert_eq!(ada.commit(Change::Refund(charge)), Err(Refusal::Stale));
    assert_eq!(ada.commit(Change::Keep(charge)), Err(Refusal::Stale));
    ada.now = 2_000 + GRACE_DAYS * 86_400;
    assert!(spend(&mut ada, 1).is_err(), "grace has an end");
}

#[test]
fn a_granted_fact_grants_once() {
    let mut ada = Ledger::open();
    grant(&mut ada, 4, NEVER);
    let source = ada.books.lots[0].source.clone();
    let amount = Credits::new(4).unwrap();
    let lot = LotId(ada.id());
    let again =
        Grant { lot, kind: LotKind::Promo, amount, expires_at: NEVER, source, reason: None };
    assert_eq!(ada.commit(Change::Grant(again, Actor::system())).unwrap().balance.get(), 4);
}

fn request(ledger: &mut Ledger, count: u8) -> Result<Vec<RenderId>, Refusal> {
    let order = Order {
        prompt: Prompt::parse("a lamp").unwrap(),
        negative: None,
        model: ModelSlug("flux-schnell".into()),
        size: Size::Square,
        seed: Seed(u64::MAX),
    };
    let ids: Vec<_> = (0..count).map(|_| (RenderId(ledger.id()), ChargeId(ledger.id()))).collect();
    let generation = Generation {
        id: GenerationId(ledger.id()),
        account_id: ledger.account().id,
        order,
        count: Count::new(i64::from(count)).unwrap(),
        folder_id: None,
        created_at: at(ledger.now),
    };
    let request = Request {
        generation,
        ids: ids.clone(),
        each: Credits::ONE,
        deadline: at(ledger.now + 3_600),
        actor: Actor::system(),
    };
    ledger.commit(Change::Request(request))?;
    Ok(ids.into_iter().map(|(render, _)| render).collect())
}

#[test]
fn a_request_is_charged_image_by_image_or_not_at_all() {
    let mut ada = Ledger::open();
    grant(&mut ada, 3, NEVER);
    let no = request(&mut ada, 4).unwrap_err();
    assert!(matches!(no, Refusal::Overdrawn { price, .. } if price.get() == 4));
    assert!(ada.books.renders.is_empty() && ada.books.charges.is_empty());

    request(&mut ada, 3).unwrap();
    assert_eq!(ada.account().balance, Credits::ZERO);
    assert_eq!(ada.txns.iter().filter(|txn| txn.kind == TxnKind::Spend).count(), 3);
    let seeds: Vec<_> = ada.books.renders.iter().map(|render| render.seed.0).collect();
    assert_eq!(seeds, [u64::MAX, 0, 1], "seeds are consecutive and wrap");
}

#[test]
fn two_finishers_one_winner_one_refund() {
    let mut ada = Ledger::open();
    grant(&mut ada, 2, NEVER);
    let renders = request(&mut ada, 2).unwrap();
    let fail = || Change::End(renders[0], Ending::Failed("gone".into()));
    assert_eq!(ada.commit(fail()).unwrap().balance.get(), 1);
    assert_eq!(ada.commit(fail()), Err(Refusal::Stale));
    assert_eq!(ada.commit(Change::Cancel(renders[0])), Err(Refusal::TooLate));
    assert_eq!(ada.commit(Change::Cancel(renders[1])).unwrap().balance.get(), 2);
    assert_eq!(ada.commit(Change::Cancel(renders[1])).unwrap().balance.get(), 2);
    let elsewhere = RenderId(Uuid::from_u128(7));
    assert_eq!(ada.commit(Change::Cancel(elsewhere)), Err(Refusal::NotFound));
}

#[test]
fn only_what_is_empty_is_closed_and_closed_is_for_good() {
    let mut ada = Ledger::open();
    let set = |ada: &mut Ledger, status| {
        let changes = Changes::of(ada.account().id, vec![Change::SetStatus(status)]);
        let decided = changes.decide(&ada.books, at(0)).map(|_| ());
        if decided.is_ok() {
            ada.books.account.as_mut().unwrap().status = status;
        }
        decided
    };
    grant(&mut ada, 1, NEVER);
    assert!(matches!(set(&mut ada, AccountStatus::Closed), Err(Refusal::Invalid(_))));
    spend(&mut ada, 1).unwrap();
    set(&mut ada, AccountStatus::Frozen).unwrap();
    assert_eq!(spend(&mut ada, 0), Err(Refusal::Blocked));
    set(&mut ada, AccountStatus::Closed).unwrap();
    assert_eq!(set(&mut ada, AccountStatus::Open), Err(Refusal::Blocked));
}
