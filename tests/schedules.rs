//! Random schedules: purchases and refunds from a seed; their notices doubled, reordered and lost;
//! the process killed in between. In the end, after one catch-up, the credits are those of a few
//! lines of arithmetic over what the provider says was paid and sent back. In between and in the end
//! what was told is acted on again, any of it in any order: where everything told is in the books, no
//! row of them changes. All the while another product of the same provider account makes purchases that
//! carry what ours carry; the arithmetic knows nothing of them.
//!
//! `SCHEDULES` sets how many seeds (200); `SCHEDULE_SEED` repeats one.

use std::{
    env,
    sync::atomic::{AtomicU64, Ordering},
};

use safelight_domain::{AccountId, Actor, EventId, Money, OrderId, SignedDuration, Topic};
use safelight_ports::{Checkout, CheckoutState, Notice, Page, Payment};
use safelight_testkit::people::{Person, ada, grace, linus};
use safelight_tests::{BOOKS, Dice, TestStudio, dump};

/// What goes on in one schedule.
struct World {
    studio: TestStudio,
    dice: Dice,
    /// Orders with their purchases and whether they are over.
    bought: Vec<(Person, OrderId, String)>,
    refunds: Vec<String>,
    /// Notices on their way.
    under_way: Vec<Notice>,
    spent: Vec<(AccountId, u32)>,
    /// Purchases of the neighbour's.
    foreign: usize,
}

impl World {
    async fn step(mut self) -> Self {
        let fake = self.studio.setup.payments.clone();
        self.under_way.extend(fake.notices());
        match self.dice.roll(17) {
            0..=2 => self.press().await,
            3 | 4 => self.confirm(),
            5 => self.send_back(),
            6 if !self.refunds.is_empty() => {
                let at = self.dice.roll(self.refunds.len());
                fake.fail_refund(&self.refunds.swap_remove(at));
            }
            7..=9 => self.deliver().await,
            10 => {
                // Lost: nobody will send it again.
                let at = self.dice.roll(self.under_way.len().max(1));
                (at < self.under_way.len()).then(|| self.under_way.remove(at));
            }
            11 => self.spend().await,
            13 => self.replay_some().await,
            12 => {
                let _ = self.studio.studio.inbox.run_due().await;
                let minutes = i64::try_from(self.dice.roll(90)).expect("few");
                self.studio.setup.clock.advance(SignedDuration::from_mins(minutes));
            }
            15 | 16 => self.neighbour(),
            _ => return self.killed().await,
        }
        self
    }

    async fn press(&mut self) {
        let person = [ada(), grace(), linus()][self.dice.roll(3)].clone();
        let pack = ["small", "large"][self.dice.roll(2)];
        let (account, email) = (person.account.id, &person.user.email);
        let orders = &self.studio.studio.orders;
        let to_pay = orders.buy(account, email, pack, None, None).await.expect("it opens");
        let order = orders.get(account, to_pay.order).await.expect("it is there").order;
        self.bought.push((person, order.id, order.checkout.expect("it was opened")));
    }

    /// A foreign purchase that carries what one of ours carries, with one or two things of its own; or
    /// a charge of theirs is paid back.
    fn neighbour(&mut self) {
        let fake = self.studio.setup.payments.clone();
        if self.bought.is_empty() {
            return;
        }
        let (_, order, ours) = self.bought[self.dice.roll(self.bought.len())].clone();
        self.foreign += 1;
        let id = format!("cs_theirs_{}", self.foreign);
        let state = [
            CheckoutState::Paid,
            CheckoutState::Paid,
            CheckoutState::Unpaid,
            CheckoutState::Failed,
            CheckoutState::Expired,
        ][self.dice.roll(5)];
        let mut told = Checkout {
            id: id.clone(),
            state,
            payment: Some(format!("pi_theirs_{}", self.foreign)),
            ..fake.told(&ours)
        };
        let cheap = Money { minor: 100, currency: "usd".to_owned() };
        let mut paid = Payment {
            id: format!("pi_theirs_{}", self.foreign),
            captured: told.total.clone().unwrap_or(cheap.clone()),
            refunded_minor: 0,
            order: Some(order),
            customer: told.customer.clone(),
            receipt_url: None,
            live: Some(false),
        };
        for _ in 0..=self.dice.roll(2) {
            match self.dice.roll(8) {
                0 => {
                    (told.subtotal, told.total, paid.captured) =
                        (Some(100), Some(cheap.clone()), cheap.clone());
                }
                1 => told.customer = Some("cus_theirs".to_owned()),
                2 => told.account = None,
                3 => told.items = None,
                4 => told.once = false,
                5 => told.live = Some(true),
                6 => told.order = None,
                _ => told.total = Some(Money { minor: 999, currency: "jpy".to_owned() }),
            }
        }
        if self.dice.roll(3) == 0 {
            paid.refunded_minor = paid.captured.minor;
            let topic = Topic::Payment(paid.id.clone());
            fake.neighbour(&id, told, Some(paid));
            fake.emit("charge.refunded", topic, None);
        } else {
            fake.neighbour(&id, told, Some(paid));
        }
    }

    /// A buyer pays, now or later or not at all; and perhaps comes back to the page.
    fn confirm(&mut self) {
        let fake = &self.studio.setup.payments;
        let open: Vec<_> = self
            .bought
            .iter()
            .filter(|(.., checkout)| !fake.is_over(checkout))
            .map(|(.., checkout)| checkout.clone())
            .collect();
        if open.is_empty() {
            return;
        }
        let checkout = &open[self.dice.roll(open.len())];
        match (fake.is_on_its_way(checkout), self.dice.roll(8)) {
            (true, 0..=5) => fake.settle(checkout),
            (true, _) => fake.bounce(checkout),
            (false, 0 | 1) => fake.pay_later(checkout),
            (false, 2) => fake.expire(checkout),
            (false, 3) => fake.pay_nothing(checkout),
            (false, _) => fake.pay(checkout),
        }
    }

    fn send_back(&mut self) {
        let fake = &self.studio.setup.payments;
        let paid: Vec<_> = fake.paid().into_iter().filter_map(|(_, payment)| payment).collect();
        if paid.is_empty() {
            return;
        }
        let payment = &paid[self.dice.roll(paid.len())];
        let left = payment.captured.minor - payment.refunded_minor;
        if left > 0 {
            let most = usize::try_from(left).expect("few");
            let part = [self.dice.roll(most) + 1, most][self.dice.roll(2)];
            self.refunds.push(fake.send_back(&payment.id, part as u64));
        }
    }

    /// One of those under way, whichever; it may come again.
    async fn deliver(&mut self) {
        if self.under_way.is_empty() {
            return;
        }
        let at = self.dice.roll(self.under_way.len());
        let notice = self.under_way[at].clone();
        if self.dice.roll(4) > 0 {
            self.under_way.remove(at);
        }
        let fake = &self.studio.setup.payments;
        let (signature, body) = fake.push(&notice);
        let inbox = &self.studio.studio.inbox;
        inbox.receive(Some(signature), String::new(), &body).await.expect("it is kept");
        fake.delivered(&notice.id);
        if self.dice.roll(2) == 0 {
            inbox.run_due().await.expect("it runs");
        }
        if self.dice.roll(3) == 0
            && let Some((person, order, _)) = self.bought.last()
        {
            let _ = self.studio.studio.orders.settle(person.account.id, *order).await;
        }
    }

    /// A few of those that came in, acted on once, and then again and again: the first time may find
    /// news, for the provider is asked; after that there are none.
    async fn replay_some(&mut self) {
        let all = self.events().await;
        if all.is_empty() {
            return;
        }
        let count = self.dice.roll(4) + 1;
        let few: Vec<_> = (0..count).map(|_| all[self.dice.roll(all.len())].clone()).collect();
        for event in &few {
            self.replay(event).await;
        }
        self.replays_change_nothing(&few, 8).await;
    }

    /// Acts on so many of these again, any of them in any order; the books stay as they are.
    async fn replays_change_nothing(&mut self, events: &[EventId], times: usize) {
        let books = |studio: &TestStudio| dump(studio, |table| BOOKS.contains(&table));
        let before = books(&self.studio);
        for _ in 0..times {
            let event = &events[self.dice.roll(events.len())];
            self.replay(event).await;
        }
        assert_eq!(books(&self.studio), before, "a replay moved something: {events:?}");
    }

    async fn replay(&self, event: &EventId) {
        self.studio.studio.inbox.replay(event, Actor::cli()).await.expect("it was kept");
    }

    async fn events(&self) -> Vec<EventId> {
        let page = Page { after: None, limit: 1_000 };
        let all = self.studio.studio.inbox.list(None, page).await.expect("the inbox");
        all.items.into_iter().map(|delivery| delivery.event).collect()
    }

    async fn spend(&mut self) {
        let person = [ada(), grace(), linus()][self.dice.roll(3)].clone();
        let action = safelight_domain::ActionName::parse("export").expect("a name");
        let (account, actor) = (person.account.id, safelight_domain::Actor::system());
        for _ in 0..self.dice.roll(40) {
            let ledger = &self.studio.studio.ledger;
            if ledger.consume(account, action.clone(), None, actor.clone()).await.is_ok() {
                self.spent.push((account, 2));
            }
        }
    }

    /// The process dies while it works, and starts again.
    async fn killed(self) -> Self {
        let Self { studio, mut dice, bought, refunds, under_way, spent, foreign } = self;
        let work = studio.studio.inbox.run_due();
        // Cut off after a few steps, wherever that is.
        let patience = dice.roll(20);
        let mut work = Box::pin(work);
        for _ in 0..patience {
            let polled = std::future::poll_fn(|context| {
                std::task::Poll::Ready(work.as_mut().poll(context).is_ready())
            });
            if polled.await {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(work);
        let studio = studio.restarted();
        Self { studio, dice, bought, refunds, under_way, spent, foreign }
    }

    /// What each account must come to: gifts and packs, less what went back and what was spent.
    fn due(&self, person: &Person) -> i64 {
        let gift = person.gift.as_ref().map_or(0, |gift| i64::from(gift.amount.get()));
        let mine = |order: OrderId| {
            self.bought
                .iter()
                .any(|(who, id, _)| *id == order && who.account.id == person.account.id)
        };
        let mut credits = gift;
        for (checkout, payment) in self.studio.setup.payments.paid() {
            if !checkout.order.is_some_and(mine) {
                continue;
            }
            let pack = self.bought.iter().find(|(.., id)| *id == checkout.id).expect("ours");
            let worth: i64 = if self.is_small(&pack.2) { 100 } else { 1_000 };
            let taken = payment.map_or(0, |paid| {
                let (back, all) = (paid.refunded_minor, paid.captured.minor);
                (worth * i64::try_from(back).unwrap() + i64::try_from(all).unwrap() - 1)
                    / i64::try_from(all).unwrap()
            });
            credits += worth - taken;
        }
        let spent = self.spent.iter().filter(|(account, _)| *account == person.account.id);
        credits - spent.map(|(_, n)| i64::from(*n)).sum::<i64>()
    }

    fn is_small(&self, checkout: &str) -> bool {
        self.studio.setup.payments.price_of(checkout).minor == 999
    }

    /// Faults have stopped: one catch-up, and everything is applied.
    async fn settle(&self) {
        let inbox = &self.studio.studio.inbox;
        for _ in 0..3 {
            self.studio.setup.clock.advance(SignedDuration::from_mins(20));
            inbox.catch_up().await.expect("the provider answers");
            while inbox.run_due().await.expect("it runs") > 0 {}
        }
    }
}

async fn schedule(seed: u64) -> usize {
    let mut world = World {
        studio: TestStudio::open().await,
        dice: Dice::new(seed),
        bought: Vec::new(),
        refunds: Vec::new(),
        under_way: Vec::new(),
        spent: Vec::new(),
        foreign: 0,
    };
    for _ in 0..60 {
        world = world.step().await;
    }
    world.settle().await;
    for person in [ada(), grace(), linus()] {
        let balance = world.studio.studio.ledger.balance(person.account.id).await.unwrap();
        let has = i64::from(balance.credits.get()) - i64::from(balance.debt.get());
        assert_eq!(has, world.due(&person), "SCHEDULE_SEED={seed}: {:?}", person.user.email);
    }
    let events = world.events().await;
    if !events.is_empty() {
        world.replays_change_nothing(&events, 2 * events.len()).await;
    }
    let load = world.studio.studio.inbox.load().await.unwrap();
    assert_eq!((load.pending, load.dead, load.parked), (0, 0, 0), "SCHEDULE_SEED={seed}");
    world.studio.setup.payments.paid().len()
}

#[test]
fn any_schedule_ends_in_what_the_provider_says() {
    let number = |name: &str| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let (from, many) = match number("SCHEDULE_SEED") {
        Some(seed) => (seed, 1),
        None => (1, number("SCHEDULES").unwrap_or(200)),
    };
    let next = AtomicU64::new(from);
    let hand = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let seeds = std::iter::from_fn(|| {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            (seed < from + many).then_some(seed)
        });
        seeds.map(|seed| runtime.block_on(schedule(seed))).sum::<usize>()
    };
    let paid: usize = std::thread::scope(|scope| {
        let hands = std::thread::available_parallelism().map_or(2, std::num::NonZero::get).min(8);
        let hands: Vec<_> = (0..hands).map(|_| scope.spawn(hand)).collect();
        hands.into_iter().map(|hand| hand.join().expect("a schedule failed")).sum()
    });
    println!("{many} schedules, {paid} purchases paid");
    assert!(many == 1 || paid as u64 > many, "too little happened to prove anything");
}
