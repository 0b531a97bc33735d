//! The money rules against a simple model: any sequence of events keeps the books, and a refusal
//! leaves them alone.

use safelight_domain::{
    AccountChange, AuditWrite, Change, FeedWrite, GenerationChange, ImageWrite, LedgerChange,
    LedgerWrite, OrderChange, OrderWrite, RenderChange, RenderWrite, Write,
};
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
            Write::Ledger(LedgerWrite::Lot(lot)) => {
                assert!(lot.remaining.is_zero(), "born empty");
                assert!(self.books.lots.iter().all(|l| l.source != lot.source), "one per source");
                self.books.sources.push(lot.source.clone());
                self.books.lots.push(lot);
            }
            Write::Ledger(LedgerWrite::Txn(txn)) => self.seal(txn),
            Write::Ledger(LedgerWrite::Charge(charge)) => {
                self.books.charges.push(Paid { charge, by: Vec::new(), key: None });
            }
            Write::Ledger(LedgerWrite::ChargeState(id, state)) => {
                self.charge(id).charge.state = state;
            }
            Write::Render(RenderWrite::New(render)) => self.books.renders.push(render),
            Write::Render(RenderWrite::Moved { render, was }) => {
                let row = self.books.renders.iter_mut().find(|row| row.id == render.id).unwrap();
                assert_eq!(row.state, was, "moved only from where it was seen");
                *row = render;
            }
            Write::Order(OrderWrite::New(order)) => self.books.orders.push(order),
            Write::Order(OrderWrite::Moved { order, was }) => {
                let row = self.books.orders.iter_mut().find(|row| row.id == order.id).unwrap();
                assert_eq!(row.state, was, "moved only from where it was seen");
                *row = order;
            }
            Write::Audit(AuditWrite::Event(_))
            | Write::Generation(GenerationWrite::New(_))
            | Write::Image(ImageWrite::New(_))
            | Write::Feed(FeedWrite::Event(..)) => {}
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
                assert!(lot.alive(txn.decided_at), "a dead lot pays nothing");
            }
            if txn.kind == TxnKind::Expire {
                assert!(!lot.alive(txn.decided_at), "a living lot does not expire");
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
        if let Some(order) = txn.order {
            self.follow(order, &txn);
        }
        if txn.kind == TxnKind::Expire || txn.kind == TxnKind::AdjustDown {
            for entry in &txn.entries {
                let lot = self.books.lots.iter().find(|lot| lot.id == entry.lot).unwrap();
                if let Some(order) = lot.order {
                    self.lost(order, -entry.delta);
                }
            }
        }
        let account = self.books.account.as_mut().unwrap();
        let owed = i64::from(account.debt.get())
            + i64::from(txn.kind.debt_sign()) * i64::from(txn.amount.get());
        assert_eq!(owed, i64::from(txn.debt_after.get()), "the debt moves by the txn");
        account.seq = txn.seq;
        account.balance = txn.balance_after;
        account.debt = txn.debt_after;
        account.last_at = txn.at;
        self.txns.push(txn);
    }

    /// What the books say of an order's returns moves by its txns, and never past what its money
    /// says.
    fn follow(&mut self, id: OrderId, txn: &Txn) {
        let order = self.books.orders.iter().find(|order| order.id == id).unwrap();
        let books = self.books.returned.iter_mut().find(|books| books.order == id).unwrap();
        let up = matches!(txn.kind, TxnKind::Clawback | TxnKind::Debt);
        let moved = |was: Credits| {
            if up { was.plus(txn.amount) } else { was.minus(txn.amount) }.expect("never below 0")
        };
        books.taken = moved(books.taken);
        if matches!(txn.kind, TxnKind::Debt | TxnKind::WriteOff) {
            books.owed = moved(books.owed);
        }
        let target = order.returned();
        assert!(if up { books.taken <= target } else { books.taken >= target }, "not past it");
        for entry in txn.entries.iter().filter(|entry| entry.delta < 0) {
            let lot = self.books.lots.iter().find(|lot| lot.id == entry.lot).unwrap();
            assert_eq!(lot.order, Some(id), "only what the order gave is clawed back");
        }
    }

    fn lost(&mut self, id: OrderId, amount: i64) {
        let books = self.books.returned.iter_mut().find(|books| books.order == id).unwrap();
        let amount = Credits::new(u32::try_from(amount).unwrap()).unwrap();
        books.lost = books.lost.plus(amount).unwrap();
    }

    fn audit(&self) {
        for books in &self.books.returned {
            let order = self.books.orders.iter().find(|order| order.id == books.order).unwrap();
            let target = order.returned();
            assert!(books.taken <= target, "an order gives back no more than its money");
            let whole = books.taken == target || !books.lost.is_zero();
            assert!(whole, "an order gives back what its money took: {order:?} {books:?}");
            let paid = order.state == OrderState::Paid;
            let lots = self.books.lots.iter().filter(|lot| lot.order == Some(order.id));
            assert_eq!(lots.count() > 0, paid, "exactly the paid have their credits");
        }
        let sum = |kind: TxnKind| -> i64 {
            let of_kind = self.txns.iter().filter(|txn| txn.kind == kind);
            of_kind.map(|txn| i64::from(txn.amount.get())).sum()
        };
        let debt = sum(TxnKind::Debt) - sum(TxnKind::Repay) - sum(TxnKind::WriteOff);
        assert_eq!(debt, i64::from(self.account().debt.get()), "a debt is what is open of it");
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
    /// Buys so many credits that live for so many days, for so much.
    Buy(u32, Option<u32>, u64),
    /// The provider says of an order: so many hundredths of its money have gone back in all.
    Return(usize, u64),
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
        (1..30_u32, prop::option::of(1..20_u32), 0..900_u64)
            .prop_map(|(n, days, minor)| Act::Buy(n, days, minor)),
        (0..8_usize, 0..=110_u64).prop_map(|(n, part)| Act::Return(n, part)),
    ]
}

/// An order that is open, with a place for what the books will say of it.
fn order(ledger: &mut Ledger, credits: u32, expires_days: Option<u32>) -> OrderId {
    let order = PackOrder {
        id: OrderId(ledger.id()),
        account_id: ledger.account().id,
        mode: PaymentMode::Play,
        pack: PackName::parse("some").unwrap(),
        credits: Credits::new(credits).unwrap(),
        expires_days,
        money: Money::price(999, "usd").unwrap(),
        price: None,
        customer: None,
        return_to: None,
        state: OrderState::Open,
        checkout: None,
        lapses_at: None,
        payment: None,
        captured: 0,
        refunded: 0,
        reason: None,
        receipt_url: None,
        created_at: at(ledger.now),
        settled_at: None,
    };
    let id = order.id;
    ledger.commit(Change::Order(OrderChange::Open(order))).unwrap();
    let nothing = Credits::ZERO;
    let books = Returned { order: id, taken: nothing, owed: nothing, lost: nothing };
    ledger.books.returned.push(books);
    id
}

fn pay(ledger: &mut Ledger, order: OrderId, minor: u64) -> Change {
    let payment = (minor > 0).then(|| (format!("pi:{order}"), minor));
    let by = Paying { checkout: format!("cs:{order}"), payment };
    Change::Order(OrderChange::Pay { order, by, lot: LotId(ledger.id()) })
}

fn reverse(ledger: &mut Ledger, order: OrderId, refunded: u64) -> Change {
    Change::Order(OrderChange::Reverse {
        order,
        refunded,
        receipt_url: None,
        lot: LotId(ledger.id()),
    })
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
            let kind = if end.is_some() { LotKind::Promo } else { LotKind::Admin };
            let grant = Grant {
                lot: LotId(lot),
                kind,
                amount: credits(n),
                expires_at: end.map_or(NEVER, |end| at(ledger.now + end)),
                source: SourceRef::parse(format!("test:{lot}")).unwrap(),
                reason: None,
            };
            Change::Ledger(LedgerChange::Grant(grant, Actor::system()))
        }
        Act::Charge(n) => Change::Ledger(LedgerChange::Charge {
            id: ChargeId(ledger.id()),
            action: ActionName::image(),
            price: credits(n),
            actor: Actor::system(),
        }),
        Act::Keep(n) => Change::Ledger(LedgerChange::Keep(pick(ledger, n)?)),
        Act::Refund(n) => Change::Ledger(LedgerChange::Refund(pick(ledger, n)?)),
        Act::Take(n) => Change::Ledger(LedgerChange::Take {
            amount: credits(n),
            actor: Actor::cli(),
            reason: "test".into(),
            key: format!("adjust:{}", ledger.id()),
        }),
        Act::Expire => Change::Ledger(LedgerChange::Expire),
        Act::Pass(seconds) => {
            ledger.now += seconds;
            return None;
        }
        Act::Buy(n, days, minor) => {
            let order = order(ledger, n, days);
            pay(ledger, order, minor)
        }
        Act::Return(n, part) => {
            let orders = &ledger.books.orders;
            let order = orders.get(n % orders.len().max(1))?;
            let (id, back) = (order.id, order.captured * part / 100);
            reverse(ledger, id, back)
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
    let source = SourceRef::parse(format!("test:{lot}")).unwrap();
    let amount = Credits::new(amount).unwrap();
    let kind = LotKind::Promo;
    let grant = Grant { lot, kind, amount, expires_at, source, reason: None };
    ledger.commit(Change::Ledger(LedgerChange::Grant(grant, Actor::system()))).unwrap();
    lot
}

fn spend(ledger: &mut Ledger, price: u32) -> Result<ChargeId, Refusal> {
    let id = ChargeId(ledger.id());
    let price = Credits::new(price).unwrap();
    let change = Change::Ledger(LedgerChange::Charge {
        id,
        action: ActionName::image(),
        price,
        actor: Actor::system(),
    });
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
    assert_eq!(ada.commit(Change::Ledger(LedgerChange::Refund(charge))).unwrap().balance.get(), 4);
    assert_eq!(ada.commit(Change::Ledger(LedgerChange::Refund(charge))), Err(Refusal::Stale));
    assert_eq!(ada.commit(Change::Ledger(LedgerChange::Keep(charge))), Err(Refusal::Stale));
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
    assert_eq!(
        ada.commit(Change::Ledger(LedgerChange::Grant(again, Actor::system())))
            .unwrap()
            .balance
            .get(),
        4
    );
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
        remix_of: None,
        created_at: at(ledger.now),
    };
    let request = Request {
        generation,
        ids: ids.clone(),
        each: Credits::ONE,
        deadline: at(ledger.now + 3_600),
        actor: Actor::system(),
    };
    ledger.commit(Change::Generation(GenerationChange::Request(request)))?;
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
    let fail = || Change::Render(RenderChange::End(renders[0], Ending::Failed("gone".into())));
    assert_eq!(ada.commit(fail()).unwrap().balance.get(), 1);
    assert_eq!(ada.commit(fail()), Err(Refusal::Stale));
    assert_eq!(ada.commit(Change::Render(RenderChange::Cancel(renders[0]))), Err(Refusal::TooLate));
    assert_eq!(
        ada.commit(Change::Render(RenderChange::Cancel(renders[1]))).unwrap().balance.get(),
        2
    );
    assert_eq!(
        ada.commit(Change::Render(RenderChange::Cancel(renders[1]))).unwrap().balance.get(),
        2
    );
    let elsewhere = RenderId(Uuid::from_u128(7));
    assert_eq!(ada.commit(Change::Render(RenderChange::Cancel(elsewhere))), Err(Refusal::NotFound));
}

#[test]
fn only_what_is_empty_is_closed_and_closed_is_for_good() {
    let mut ada = Ledger::open();
    let set = |ada: &mut Ledger, status| {
        let changes = Changes::of(ada.account().id, [AccountChange::SetStatus(status)]);
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

/// An account with a pack of 100 for 10.00 of which 30 are spent.
fn bought() -> (Ledger, OrderId, ChargeId) {
    let mut ada = Ledger::open();
    let order = order(&mut ada, 100, None);
    let paid = pay(&mut ada, order, 1_000);
    assert_eq!(ada.commit(paid.clone()).unwrap().balance.get(), 100);
    assert_eq!(ada.commit(paid).unwrap().balance.get(), 100, "told again is told once");
    let charge = spend(&mut ada, 30).unwrap();
    (ada, order, charge)
}

fn returns(ada: &mut Ledger, order: OrderId, refunded: u64) -> (u32, u32) {
    let change = reverse(ada, order, refunded);
    let balance = ada.commit(change).unwrap().balance.get();
    (balance, ada.account().debt.get())
}

#[test]
fn what_went_back_takes_its_credits_and_what_was_spent_is_owed() {
    let (mut ada, order, _) = bought();
    assert_eq!(returns(&mut ada, order, 500), (20, 0), "half of 100 of the 70 that are left");
    assert_eq!(returns(&mut ada, order, 500), (20, 0), "told again is told once");
    assert_eq!(returns(&mut ada, order, 1_000), (0, 30));
    assert_eq!(
        spend(&mut ada, 1),
        Err(Refusal::Indebted { debt: Credits::new(30).unwrap() }),
        "a debt blocks spending and says so"
    );
    assert_eq!(
        returns(&mut ada, order, 400),
        (30, 0),
        "a failed refund forgives, then gives again"
    );
    assert_eq!(returns(&mut ada, order, 0), (70, 0));
}

#[test]
fn a_pack_repays_a_debt_before_anything_else() {
    let (mut ada, first, _) = bought();
    assert_eq!(returns(&mut ada, first, 1_000), (0, 30));
    let second = order(&mut ada, 100, None);
    let paid = pay(&mut ada, second, 1_000);
    assert_eq!(ada.commit(paid).unwrap().balance.get(), 70);
    assert_eq!(ada.account().debt, Credits::ZERO);
    // The first payment comes again: its debt is repaid, so all of it is given again.
    assert_eq!(returns(&mut ada, first, 0), (170, 0));
}

#[test]
fn a_refund_for_a_pack_whose_money_went_back_repays_first() {
    let (mut ada, order, charge) = bought();
    assert_eq!(returns(&mut ada, order, 1_000), (0, 30));
    assert_eq!(ada.commit(Change::Ledger(LedgerChange::Refund(charge))).unwrap().balance.get(), 0);
    assert_eq!(ada.account().debt, Credits::ZERO, "30 came back, and 30 were owed");

    let (mut ada, order, charge) = bought();
    returns(&mut ada, order, 900);
    assert_eq!((ada.account().balance.get(), ada.account().debt.get()), (0, 20));
    assert_eq!(ada.commit(Change::Ledger(LedgerChange::Refund(charge))).unwrap().balance.get(), 10);
}

#[test]
fn credits_nobody_could_spend_are_not_owed() {
    let mut ada = Ledger::open();
    let order = order(&mut ada, 100, Some(10));
    let paid = pay(&mut ada, order, 1_000);
    ada.commit(paid).unwrap();
    spend(&mut ada, 30).unwrap();
    ada.now += 11 * 86_400;
    assert_eq!(returns(&mut ada, order, 1_000), (0, 30), "70 died, 30 were used");
}

#[test]
fn an_order_is_for_one_checkout_and_one_payment() {
    let mut ada = Ledger::open();
    let order = order(&mut ada, 100, None);
    let early = reverse(&mut ada, order, 1);
    assert_eq!(ada.commit(early), Err(Refusal::Stale), "nothing was paid");
    let opened = |checkout: &str| OrderStep::Opened { checkout: checkout.into(), lapses_at: at(9) };
    ada.commit(Change::Order(OrderChange::Move(order, opened("one")))).unwrap();
    ada.commit(Change::Order(OrderChange::Move(order, opened("one")))).unwrap();
    let other = Change::Order(OrderChange::Move(order, opened("two")));
    assert_eq!(ada.commit(other), Err(Refusal::Stale));
    let paid = pay(&mut ada, order, 5);
    assert_eq!(ada.commit(paid), Err(Refusal::Stale), "another checkout than the order's");
    ada.commit(Change::Order(OrderChange::Move(order, OrderStep::Failed("declined".to_owned()))))
        .unwrap();
    let by = Paying { checkout: "one".into(), payment: None };
    let lot = LotId(ada.id());
    let free = Change::Order(OrderChange::Pay { order, by, lot });
    assert_eq!(ada.commit(free).unwrap().balance.get(), 100, "money that came goes first");
    assert_eq!(returns(&mut ada, order, 7), (100, 0), "nothing was captured");
    assert_eq!(
        ada.commit(Change::Order(OrderChange::Move(
            order,
            OrderStep::Failed("declined".to_owned())
        ))),
        Err(Refusal::Stale)
    );
}

/// What the ledger will need later cannot be used up by a caller: the pack or the expiry to come would
/// find its key taken.
#[test]
fn a_caller_cannot_use_a_source_or_key_of_the_ledgers_own() {
    let mut ada = Ledger::open();
    let grant = |ledger: &mut Ledger, source: &str| {
        let grant = Grant {
            lot: LotId(ledger.id()),
            kind: LotKind::Admin,
            amount: Credits::new(5).unwrap(),
            expires_at: NEVER,
            source: SourceRef::parse(source).unwrap(),
            reason: Some("a test".to_owned()),
        };
        ledger.commit(Change::Ledger(LedgerChange::Grant(grant, Actor::system())))
    };
    for own in SourceRef::RESERVED {
        let refused = grant(&mut ada, &format!("{own}cs_1"));
        assert!(matches!(refused, Err(Refusal::Invalid(_))), "{own}");
    }
    grant(&mut ada, "campaign:1").unwrap();
    let take = |key: &str| {
        Change::Ledger(LedgerChange::Take {
            amount: Credits::new(1).unwrap(),
            actor: Actor::system(),
            reason: "a test".to_owned(),
            key: key.to_owned(),
        })
    };
    for key in ["", "pack:cs_1", "expire:1", "campaign:1", "bonus:signup", &"adjust:".repeat(40)] {
        assert!(matches!(ada.commit(take(key)), Err(Refusal::Invalid(_))), "{key:?}");
    }
    ada.commit(take("adjust:1")).unwrap();
    for bad in ["", "two words", "é", &"x".repeat(301)] {
        assert!(SourceRef::parse(bad).is_err(), "{bad:?}");
    }
}
