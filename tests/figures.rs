//! Figures over random histories, with a clock that goes back at times and days counted at any
//! moment, against loops over the raw rows that know nothing of counted days.
//!
//! `HISTORIES` sets how many seeds (24).

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use safelight_domain::{
    ActionName, Actor, Change, Credits, Day, Email, Grant, LedgerChange, LotId, LotKind,
    SignedDuration, SourceRef, TxnKind,
};
use safelight_ports::{DayFigures, LineFilter, Page, Store};
use safelight_testkit::{
    ManualClock,
    people::{Person, ada, grace, linus},
};
use safelight_tests::{Dice, TestStudio, ask};

/// What one day came to, as a person with an SQL prompt would add it up.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sum {
    credits: BTreeMap<&'static str, u64>,
    renders: BTreeMap<(String, String), u64>,
    took: Option<(i64, i64)>,
    sign_ups: u64,
    money: BTreeMap<(String, String), (u64, u64)>,
}

fn of(figures: &DayFigures) -> Sum {
    let moved = figures.moved;
    let credits = [
        ("sold", moved.sold),
        ("granted", moved.granted),
        ("spent", moved.spent),
        ("refunded", moved.refunded),
        ("expired", moved.expired),
        ("taken", moved.taken),
        ("repaid", moved.repaid),
        ("owed", moved.owed),
        ("forgiven", moved.forgiven),
    ];
    let mut renders = BTreeMap::new();
    for (model, outcomes) in &figures.renders {
        for (state, count) in [
            ("stored", outcomes.stored),
            ("failed", outcomes.failed),
            ("filtered", outcomes.filtered),
            ("cancelled", outcomes.cancelled),
        ] {
            renders.insert((model.0.clone(), state.to_owned()), count);
        }
    }
    renders.retain(|_, count| *count > 0);
    let micros = |took: SignedDuration| i64::try_from(took.as_micros()).expect("short");
    let money = figures.intakes.iter().map(|intake| {
        let whose = (intake.mode.as_str().to_owned(), intake.currency.clone());
        (whose, (intake.captured, intake.refunded))
    });
    Sum {
        credits: credits.into_iter().filter(|(_, amount)| *amount > 0).collect(),
        renders,
        took: figures.times.map(|times| (micros(times.p50), micros(times.p95))),
        sign_ups: figures.sign_ups,
        money: money.collect(),
    }
}

/// The raw rows, by the name of their day.
fn naive(db: &Connection) -> BTreeMap<String, Sum> {
    let day = |column: &str| format!("date({column} / 1000000, 'unixepoch')");
    let mut days = BTreeMap::<String, Sum>::new();
    let mut journal = db
        .prepare(&format!("SELECT {}, kind, amount, coalesce(key, '') FROM txn", day("at")))
        .unwrap();
    let mut rows = journal.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let (kind, key): (String, String) = (row.get(1).unwrap(), row.get(3).unwrap());
        let name = match (&*kind, key.starts_with("pack:")) {
            ("grant", true) => "sold",
            ("grant", false) => "granted",
            ("spend", _) => "spent",
            ("refund", _) => "refunded",
            ("expire", _) => "expired",
            ("repay", _) => "repaid",
            ("debt", _) => "owed",
            ("write_off", _) => "forgiven",
            _ => "taken",
        };
        let sum = days.entry(row.get(0).unwrap()).or_default();
        *sum.credits.entry(name).or_default() += row.get::<_, u64>(2).unwrap();
    }
    let mut took = BTreeMap::<String, Vec<i64>>::new();
    let ended = format!(
        "SELECT {}, (SELECT model FROM generation g WHERE g.id = generation_id), state, ended_at - begun_at \
         FROM render WHERE ended_at IS NOT NULL",
        day("ended_at")
    );
    let mut ended = db.prepare(&ended).unwrap();
    let mut rows = ended.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let (day, state): (String, String) = (row.get(0).unwrap(), row.get(2).unwrap());
        if state == "stored" {
            took.entry(day.clone()).or_default().push(row.get(3).unwrap());
        }
        let renders = &mut days.entry(day).or_default().renders;
        *renders.entry((row.get(1).unwrap(), state)).or_default() += 1;
    }
    for (day, mut took) in took {
        // The first that so many parts of the whole do not exceed.
        let rank = |took: &[i64], of: usize| {
            let enough = |n: &&i64| took.iter().filter(|m| m <= n).count() * 100 >= took.len() * of;
            *took.iter().find(enough).expect("the longest is enough")
        };
        took.sort_unstable();
        days.entry(day).or_default().took = Some((rank(&took, 50), rank(&took, 95)));
    }
    let mut joined = db.prepare(&format!("SELECT {} FROM user", day("created_at"))).unwrap();
    for day in joined.query_map([], |row| row.get::<_, String>(0)).unwrap() {
        days.entry(day.unwrap()).or_default().sign_ups += 1;
    }
    let paid = format!(
        "SELECT {}, mode, currency, captured, refunded FROM pack_order WHERE captured > 0",
        day("settled_at")
    );
    let mut paid = db.prepare(&paid).unwrap();
    let mut rows = paid.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let money = &mut days.entry(row.get(0).unwrap()).or_default().money;
        let sum = money.entry((row.get(1).unwrap(), row.get(2).unwrap())).or_default();
        sum.0 += row.get::<_, u64>(3).unwrap();
        sum.1 += row.get::<_, u64>(4).unwrap();
    }
    days
}

struct History {
    studio: TestStudio,
    dice: Dice,
    joined: usize,
}

impl History {
    fn anybody(&mut self) -> Person {
        [ada(), grace(), linus()][self.dice.roll(3)].clone()
    }

    async fn step(&mut self) {
        let (account, actor) = (self.anybody().account.id, Actor::system());
        let studio = self.studio.studio.clone();
        let some = u32::try_from(1 + self.dice.roll(30)).unwrap();
        match self.dice.roll(12) {
            0 => self.give(some).await,
            1 => self.paint().await,
            2 => {
                let export = ActionName::parse("export").unwrap();
                let _ = studio.ledger.consume(account, export, None, actor).await;
            }
            3 => {
                let credits = Credits::new(some).unwrap();
                let _ = studio.ledger.take(account, credits, "test".to_owned(), actor).await;
            }
            4 => self.buy().await,
            5 => self.send_back().await,
            6 => {
                self.joined += 1;
                let email = Email::parse(&format!("somebody-{}@example.com", self.joined));
                studio.accounts.create(email.unwrap()).await.unwrap();
            }
            7 => drop(studio.ledger.sweep().await.unwrap()),
            // Whoever sets the clock sets it back now and then, and somebody asks for a picture.
            8 | 9 => {
                studio.overview.count_days().await.unwrap();
                let hours = i64::try_from(self.dice.roll(60)).unwrap();
                self.move_clock(-hours);
                self.paint().await;
            }
            _ => {
                let hours = i64::try_from(self.dice.roll(50)).unwrap();
                self.move_clock(hours);
            }
        }
    }

    fn move_clock(&self, hours: i64) {
        self.studio.setup.clock.advance(SignedDuration::from_hours(hours));
    }

    async fn give(&mut self, amount: u32) {
        let (account, id) = (self.anybody().account.id, self.studio.id());
        let now = self.studio.studio.now();
        let grant = Grant {
            lot: LotId(id),
            kind: LotKind::Promo,
            amount: Credits::new(amount).unwrap(),
            expires_at: now + SignedDuration::from_hours(1 + 5 * i64::from(amount)),
            source: SourceRef::parse(format!("test:{id}")).unwrap(),
            reason: None,
        };
        let change = Change::Ledger(LedgerChange::Grant(grant, Actor::system()));
        let changes = safelight_domain::Changes::of(account, vec![change]);
        self.studio.store.commit(changes).await.unwrap();
    }

    async fn paint(&mut self) {
        let person = self.anybody();
        let prompt = ["a lamp", "a lamp [filter]"][self.dice.roll(2)];
        let mut asked = ask(prompt, i64::try_from(1 + self.dice.roll(4)).unwrap(), 1);
        if self.dice.roll(2) == 0 {
            asked.model = safelight_domain::ModelSlug("flux-dev".to_owned());
        }
        let actor = Actor::user(person.user.id);
        let generations = &self.studio.studio.generations;
        let Ok(requested) = generations.request(person.account.id, asked, None, actor).await else {
            return;
        };
        if self.dice.roll(3) == 0 {
            let render = requested.status.renders[0].render.id;
            let _ = generations.cancel(person.account.id, render).await;
        }
        if self.dice.roll(3) > 0 {
            // Not to the end: a clock that went back keeps some waiting.
            while self.studio.studio.pipeline.run_due().await.unwrap_or(true) {}
        }
    }

    async fn buy(&mut self) {
        let person = self.anybody();
        let pack = ["small", "large"][self.dice.roll(2)];
        let (account, email) = (person.account.id, &person.user.email);
        let orders = &self.studio.studio.orders;
        let Ok(to_pay) = orders.buy(account, email, pack, None, None).await else { return };
        let order = orders.get(account, to_pay.order).await.unwrap().order;
        self.studio.setup.payments.pay(&order.checkout.unwrap());
        orders.settle(account, to_pay.order).await.unwrap();
    }

    async fn send_back(&mut self) {
        let fake = self.studio.setup.payments.clone();
        let paid: Vec<_> = fake.paid().into_iter().filter_map(|(_, payment)| payment).collect();
        if let Some(payment) = paid.get(self.dice.roll(paid.len().max(1))) {
            let left = payment.captured.minor - payment.refunded_minor;
            if left > 0 {
                let part = 1 + self.dice.roll(usize::try_from(left).unwrap()) as u64;
                let refund = fake.send_back(&payment.id, part);
                if self.dice.roll(4) == 0 {
                    fake.fail_refund(&refund);
                }
            }
        }
        for notice in fake.notices() {
            let (signature, body) = fake.push(&notice);
            let inbox = &self.studio.studio.inbox;
            inbox.receive(Some(signature), String::new(), &body).await.unwrap();
            fake.delivered(&notice.id);
        }
        self.studio.studio.inbox.run_due().await.unwrap();
    }

    /// The clock goes on until everything has ended.
    async fn end(&self) {
        let now = self.studio.studio.now();
        self.studio.setup.clock.set(now + SignedDuration::from_hours(24 * 40));
        self.studio.settle().await;
    }

    /// Every day there is must be told as the rows say, and so must all of them together.
    async fn check(&self, seed: u64) {
        let db = Connection::open(self.studio.path().join("safelight.db")).unwrap();
        let mut naive = naive(&db);
        let figures = safelight_ports::Figures::days;
        let start = Day::of(ManualClock::START).back(60);
        let until = self.studio.studio.now() + SignedDuration::from_hours(24 * 60);
        for day in figures(&self.studio.store, start, until).await.unwrap() {
            let name = day.day.begins().strftime("%Y-%m-%d").to_string();
            assert_eq!(of(&day), naive.remove(&name).unwrap_or_default(), "{name}, seed {seed}");
        }
        assert!(naive.is_empty(), "days nobody was told of: {naive:?}");
        let moved = self.studio.studio.overview.moved().await.unwrap();
        let balances = "SELECT sum(balance), sum(debt) FROM account";
        let (balance, debt): (i128, u64) = db
            .query_row(balances, [], |row| Ok((row.get::<_, i64>(0)?.into(), row.get(1)?)))
            .unwrap();
        assert_eq!(moved.left(), balance, "seed {seed}");
        assert_eq!(moved.owed - moved.repaid - moved.forgiven, debt, "seed {seed}");
    }
}

#[tokio::test]
async fn figures_are_what_the_rows_say_whatever_the_clock_does() {
    let histories = std::env::var("HISTORIES").ok().and_then(|n| n.parse().ok()).unwrap_or(24);
    let (mut counted, mut reopened) = (0, 0);
    for seed in 0..histories {
        let studio = TestStudio::open().await;
        let mut history = History { studio, dice: Dice::new(seed), joined: 0 };
        let db = Connection::open(history.studio.path().join("safelight.db")).unwrap();
        let count = || {
            let sql = "SELECT count(*) FROM day WHERE counted = 1";
            db.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap()
        };
        for step in 0..70 {
            let before = count();
            history.step().await;
            reopened += u32::from(count() < before);
            if step % 10 == 9 {
                history.check(seed).await;
            }
        }
        history.end().await;
        history.studio.studio.overview.count_days().await.unwrap();
        history.check(seed).await;
        counted += count();
    }
    assert!(counted > 50 && reopened > 3, "counted {counted}, counted anew {reopened}");
}

/// A day that something is added to while it is being read is not kept as it was.
#[tokio::test]
async fn a_day_that_did_not_hold_still_is_not_kept() {
    let studio = TestStudio::open().await;
    let start = ManualClock::START;
    studio.setup.clock.advance(SignedDuration::from_hours(48));
    let db = Connection::open(studio.path().join("safelight.db")).unwrap();
    let day = Day::of(start);
    let mark = "INSERT INTO day(begins) VALUES(?1)";
    db.execute(mark, [day.begins().as_microsecond()]).unwrap();
    // The clock was set back, and somebody was given something.
    studio.setup.clock.set(start);
    let given = Credits::new(5).unwrap();
    let person = linus();
    let ledger = &studio.studio.ledger;
    ledger.grant(person.account.id, given, "late".to_owned(), Actor::cli()).await.unwrap();
    let marks: u32 = db.query_row("SELECT count(*) FROM day", [], |row| row.get(0)).unwrap();
    assert_eq!(marks, 0, "the mark went with what was added");
    studio.setup.clock.advance(SignedDuration::from_hours(48));
    for _ in 0..3 {
        studio.studio.overview.count_days().await.unwrap();
        let days = studio.studio.overview.days(7).await.unwrap();
        let granted: u64 = days.iter().map(|day| day.moved.granted).sum();
        assert_eq!(granted, 10 + 3 + 5, "never counted twice");
    }
    assert_eq!(studio.studio.overview.count_days().await.unwrap(), 0, "nothing is left to count");
}

/// A render that ends on a counted day moves no credits, and its day is counted anew all the same.
#[tokio::test]
async fn a_render_that_ends_on_a_counted_day_is_told() {
    let studio = TestStudio::open().await;
    studio.request(&ada(), 1, 1).await;
    studio.setup.clock.advance(SignedDuration::from_hours(48));
    assert!(studio.studio.overview.count_days().await.unwrap() > 0);
    studio.setup.clock.set(ManualClock::START);
    studio.settle().await;
    let today = studio.studio.overview.days(1).await.unwrap().remove(0);
    assert_eq!(today.renders.iter().map(|(_, ended)| ended.stored).sum::<u64>(), 1);
}

/// Every line of everybody, page by page, whatever is looked for.
#[tokio::test]
async fn everybodys_lines_are_listed_once_each_newest_first() {
    let studio = TestStudio::open().await;
    let mut history = History { studio, dice: Dice::new(7), joined: 0 };
    for _ in 0..120 {
        history.step().await;
    }
    history.end().await;
    let db = Connection::open(history.studio.path().join("safelight.db")).unwrap();
    let accounts = [None, Some(ada().account.id), Some(linus().account.id)];
    for account in accounts {
        for kind in [None].into_iter().chain(TxnKind::ALL.map(Some)) {
            let sql = "SELECT count(*) FROM txn WHERE account_id = coalesce(?1, account_id) \
                       AND kind = coalesce(?2, kind)";
            let of = account.map(|id| id.0.into_bytes());
            let word = kind.map(TxnKind::as_str);
            let all: usize = db.query_row(sql, rusqlite::params![of, word], |r| r.get(0)).unwrap();
            let mut page = Page { after: None, limit: 7 };
            let (mut seen, mut last) = (BTreeSet::new(), None);
            loop {
                let filter = LineFilter { account, kind };
                let part = history.studio.studio.overview.lines(filter, page).await.unwrap();
                for line in part.items {
                    assert!(account.is_none_or(|id| id == line.account));
                    assert!(kind.is_none_or(|kind| kind == line.line.kind));
                    if kind.is_some() {
                        assert!(last.is_none_or(|last| line.line.at <= last), "newest first");
                        last = Some(line.line.at);
                    }
                    assert!(seen.insert((line.account, line.line.seq)), "each line once");
                }
                if part.next.is_none() {
                    break;
                }
                page.after = part.next;
            }
            assert_eq!(seen.len(), all, "{account:?} {kind:?}");
        }
    }
}
