//! How statements find their rows, and that their work does not grow with the gallery.
//!
//! SQLite tells every statement that is run, so nothing is left out that the acts below reach.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use rusqlite::{
    Connection, StatementStatus,
    trace::{TraceEvent, TraceEventCodes},
};
use safelight_domain::{
    ActionName, Actor, BodyHash, Change, Changes, Credits, Day, DeedName, DeliveryState, Ending,
    EventChange, Folder, FolderChange, FolderId, FolderName, GenerationChange, Grant, ImageChange,
    Key, LedgerChange, LotId, LotKind, Mark, ModelSlug, NEVER, Order, OrderChange, OrderStep,
    Paying, Prompt, Ratio, RenderChange, RenderState, Search, Seed, SignedDuration, SourceRef,
    Step, TaskId, TxnKind, UnownedEventChange, Uuid,
};
use safelight_ports::{DayFigures, Dispatch, KeyFilter, LineFilter, PeopleFilter, Tasks, Watched};
use safelight_testkit::{ManualClock, people::ada};

use super::{figures::counted, *};
use crate::{
    connect::{self, Durability},
    migrate,
    writer::{self, Ask, Done},
};

/// What one statement did, all its runs together.
#[derive(Debug, Clone, Copy, Default)]
struct Work {
    steps: i32,
    scanned: i32,
}

thread_local! {
    static SEEN: RefCell<BTreeMap<String, Work>> = RefCell::default();
}

fn note(event: TraceEvent<'_>) {
    if let TraceEvent::Profile(statement, _) = event {
        let status = |status| statement.get_status(status);
        let work = Work {
            steps: status(StatementStatus::VmStep),
            scanned: status(StatementStatus::FullscanStep),
        };
        SEEN.with_borrow_mut(|seen| seen.insert(statement.sql().into_owned(), work));
    }
}

/// A gallery of `n` pictures, each with its generation and as many journal lines and events.
const GALLERY: &str = "
    CREATE TEMP TABLE i AS WITH RECURSIVE i(n) AS (VALUES(1) UNION ALL SELECT n + 1 FROM i WHERE n < $n)
      SELECT n, unhex(printf('%032x', 1000000 + n)) AS id FROM i;
    INSERT INTO txn(account_id, seq, kind, amount, balance_after, debt_after, key, actor, at)
      SELECT a.id, a.seq + n, 'debt', 1, balance, n, 'd' || n, 'test', last_at FROM i JOIN account a ORDER BY n;
    INSERT INTO txn(account_id, seq, kind, amount, balance_after, debt_after, key, actor, reason, at)
      SELECT id, seq + 1, 'write_off', debt, balance, 0, 'w', 'test', 'test', last_at FROM account;
    INSERT INTO folder(id, account_id, name, created_at) SELECT x'00000000000000000000000000000001', id, 'top', 0 FROM account;
    INSERT INTO charge(id, account_id, action, price) SELECT i.id, a.id, 'image', 0 FROM i JOIN account a;
    INSERT INTO generation(id, account_id, prompt, model, size, seed, count, created_at)
      SELECT i.id, a.id, 'a red fox', 'm' || (n % 2), 'square', n, 1, 0 FROM i JOIN account a;
    INSERT INTO render(id, generation_id, account_id, idx, charge_id, seed, state, next_at, deadline, created_at)
      SELECT i.id, i.id, a.id, 0, i.id, n, 'pending', 0, 0, 0 FROM i JOIN account a;
    UPDATE render SET state = 'submitting', begun_at = 0;
    UPDATE render SET state = 'waiting', request_id = 'r';
    UPDATE charge SET state = 'kept' WHERE id IN (SELECT charge_id FROM render);
    UPDATE render SET state = 'stored', next_at = NULL, ended_at = 0;
    INSERT INTO image(id, account_id, render_id, generation_id, model, seed, width, height, bytes, media_type, thumbhash, liked, folder_id, trashed_at, created_at)
      SELECT i.id, a.id, i.id, i.id, 'm' || (n % 2), n, 1 + n / 16 % 2, 1, 1, 'image/png', x'00', n / 2 % 2,
        CASE n / 4 % 2 WHEN 1 THEN x'00000000000000000000000000000001' END, CASE n / 8 % 2 WHEN 1 THEN 0 END, 0 FROM i JOIN account a;
    INSERT INTO image_words(rowid, owner, prompt, model, seed) SELECT n, lower(hex(account_id)), 'a red fox', model, seed FROM image;
    INSERT INTO image_words(image_words) VALUES('optimize');
    INSERT INTO event(account_id, name, subject, at) SELECT a.id, 'render.changed', i.id, $at FROM i JOIN account a;
    INSERT INTO idempotency(account_id, key, body_hash, balance, at) SELECT a.id, 'old' || n, zeroblob(32), 0, $at FROM i JOIN account a;
    INSERT INTO lot(id, account_id, kind, priority, granted, expires_at, source) SELECT i.id, a.id, 'promo', 30, 1, 0, 's' || n FROM i JOIN account a;
    INSERT INTO pack_order(id, account_id, mode, pack, credits, minor, currency, created_at)
      SELECT i.id, a.id, 'play', 'small', 10, 999, 'usd', 0 FROM i JOIN account a;
    UPDATE pack_order SET state = 'expired', checkout = 'c' || hex(id), settled_at = 0;
    INSERT INTO delivery(event, kind, topic, object, customer, live, created_at, received_at, headers, body, next_at)
      SELECT 'e' || n, 'k', 'payment', 'ch', 'cus', 0, n, n, '', x'7b7d', 1 FROM i;
    INSERT INTO deed(account_id, name, actor, at) SELECT a.id, 'authn_login_lock', 'cli', 0 FROM i JOIN account a;
    UPDATE delivery SET state = CASE n % 2 WHEN 1 THEN 'applied' ELSE 'ignored' END, next_at = NULL;
    DROP TABLE i;";

/// Everything the crate does, once, on a gallery of `n`; what each statement did.
fn work_on(n: u32) -> (Connection, BTreeMap<String, Work>) {
    let mut db = connect::writer(None, Durability::Off).unwrap();
    migrate::migrate(&mut db, 0).unwrap();
    commit(&db, ada().joining());
    let at = micros_of(ManualClock::START).to_string();
    // A journal as long as a gallery is written without asking whose money each line follows.
    let follows = "SELECT sql FROM sqlite_schema WHERE name = 'txn_follows_order'";
    let follows: String = db.query_row(follows, [], |row| row.get(0)).unwrap();
    db.execute_batch("DROP TRIGGER txn_follows_order").unwrap();
    for sql in GALLERY.replace("$n", &n.to_string()).replace("$at", &at).split(';') {
        db.execute_batch(sql).unwrap_or_else(|error| panic!("{error} in {sql}"));
    }
    db.execute_batch(&follows).unwrap();
    SEEN.with_borrow_mut(BTreeMap::clear);
    db.flush_prepared_statement_cache();
    db.trace_v2(TraceEventCodes::SQLITE_TRACE_PROFILE, Some(note));
    read_everything(&db);
    write_everything(&db);
    db.trace_v2(TraceEventCodes::empty(), None);
    let seen = SEEN.with_borrow_mut(std::mem::take);
    (db, seen)
}

fn micros_of(at: Timestamp) -> i64 {
    at.as_microsecond()
}

fn commit(db: &Connection, changes: Changes) {
    let told = format!("{changes:?}");
    let ask = Ask::Commit(Box::new(changes));
    db.execute_batch("BEGIN").unwrap();
    writer::run(db, &ask, ManualClock::START.into())
        .unwrap()
        .unwrap_or_else(|no| panic!("{told}: {no}"));
    db.execute_batch("COMMIT").unwrap();
}

fn nth(n: u128) -> Uuid {
    Uuid::from_u128(1_000_000 + n)
}

fn filters() -> Vec<ImageFilter> {
    let bit = |n: u8, bit: u8| n >> bit & 1 == 1;
    (0..64)
        .map(|n| ImageFilter {
            liked: bit(n, 0),
            trashed: bit(n, 1),
            folder_id: bit(n, 2).then(|| FolderId(Uuid::from_u128(1))),
            model: bit(n, 3).then(|| ModelSlug("m1".to_owned())),
            ratio: bit(n, 5).then_some(Ratio::Landscape),
            search: bit(n, 4).then(|| Search::parse("red fo").unwrap().unwrap()),
        })
        .collect()
}

/// Searches that find every picture, each by another kind of term.
fn searches() -> Vec<ImageFilter> {
    let kinds = ["fox OR lamp", "-fog", "\"red fox\" -lamp", "-lamp OR seed:1", "a -b -c"];
    let search =
        |typed| ImageFilter { search: Search::parse(typed).unwrap(), ..ImageFilter::default() };
    kinds.map(search).into()
}

fn watched() -> Vec<Watched> {
    vec![
        Watched::All,
        Watched::Model(ModelSlug("m1".to_owned())),
        Watched::Unfinished(ManualClock::START),
        Watched::Overdue(ManualClock::START),
        Watched::FailedFor("deadline".to_owned()),
        Watched::Ended(RenderState::Filtered),
        Watched::Refunded,
    ]
}

fn trails() -> Vec<TrailFilter> {
    let bit = |n: u8, bit: u8| n >> bit & 1 == 1;
    (0..8)
        .map(|n| TrailFilter {
            account: bit(n, 0).then(|| ada().account.id),
            actor: bit(n, 1).then(|| "cli".to_owned()),
            name: bit(n, 2).then_some(DeedName::Blocked),
        })
        .collect()
}

fn read_everything(db: &Connection) {
    let ada = ada().account.id;
    let now = ManualClock::START;
    let page = Page { after: None, limit: 5 };
    for filter in filters().into_iter().chain(searches()) {
        let first = gallery::page(db, ada, &filter, page).unwrap();
        assert_eq!(first.items.len(), 5, "{filter:?}");
        gallery::page(db, ada, &filter, Page { after: first.next, ..page }).unwrap();
    }
    for filter in filters().into_iter().chain(searches()) {
        assert_eq!(gallery::ids(db, ada, &filter, None, 5).unwrap().len(), 5);
        let oldest = ImageId(nth(1));
        assert_eq!(gallery::newer(db, ada, &filter, oldest, 5).unwrap(), 5, "{filter:?}");
    }
    assert_eq!(gallery::remixes(db, ada, ImageId(nth(1)), 5).unwrap(), []);
    assert_eq!(months::all(db, ada).unwrap().len(), 1);
    gallery::one_image(db, ada, ImageId(nth(1))).unwrap().unwrap();
    gallery::folders(db, ada).unwrap();
    assert_eq!(generations::page(db, ada, page).unwrap().items.len(), 5);
    generations::by_id(db, ada, GenerationId(nth(1))).unwrap().unwrap();
    generations::render(db, ada, RenderId(nth(1))).unwrap().unwrap();
    generations::job(db, RenderId(nth(1))).unwrap().unwrap();
    generations::times(db, 5).unwrap();
    assert_eq!(
        generations::wordings(db, ada, Search::parse("FOX red").unwrap().as_ref(), 5)
            .unwrap()
            .len(),
        1,
        "each once"
    );
    assert_eq!(ledger::lines(db, ada, page).unwrap().items.len(), 5);
    ledger::lots(db, ada).unwrap();
    ledger::charge(db, ada, ChargeId(nth(1))).unwrap().unwrap();
    ledger::to_sweep(db, now, 5).unwrap();
    assert_eq!(live::events(db, ada, 3, 5).unwrap().unwrap().len(), 5);
    live::last(db, ada).unwrap();
    let ago = SignedDuration::from_hours(1);
    assert_eq!(costs::costs(db, now - ago, now + ago).unwrap(), []);
    assert_eq!(generations::unfinished(db, ada).unwrap(), []);
    live::load(db, now).unwrap();
    access::account(db, ada).unwrap().unwrap();
    access::account_of(db, "ada@example.com").unwrap().unwrap();
    access::key(db, KeyId(nth(1))).unwrap();
    access::keys(db, ada).unwrap();
    read_everybody(db, ada);
    assert_eq!(money::orders(db, ada, page).unwrap().items.len(), 5);
    money::order(db, ada, OrderId(nth(1))).unwrap().unwrap();
    money::any_order(db, OrderId(nth(1))).unwrap().unwrap();
    money::waiting_orders(db, PaymentMode::Play, now, None, 5).unwrap();
    money::order_of_checkout(db, PaymentMode::Play, "cs").unwrap();
    money::order_of_payment(db, PaymentMode::Play, "pi").unwrap();
    tasks::page(db, Tasks::ToDo, page).unwrap();
    tasks::page(db, Tasks::All, page).unwrap();
    tasks::one_task(db, TaskId(Uuid::nil())).unwrap();
    money::customer(db, ada, PaymentMode::Play).unwrap();
    money::account_of_customer(db, PaymentMode::Play, "cus").unwrap();
    money::delivery(db, &EventId::parse("e1").unwrap()).unwrap().unwrap();
    for state in [None, Some(DeliveryState::Applied)] {
        for kind in [None, Some("k".to_owned())] {
            let filter = DeliveryFilter { state, kind };
            assert_eq!(money::deliveries(db, &filter, page).unwrap().items.len(), 5, "{filter:?}");
        }
    }
    assert_eq!(money::kinds(db, 5).unwrap(), ["k"]);
    for which in watched() {
        let found = watch::page(db, &which, page).unwrap();
        let some = matches!(which, Watched::All | Watched::Model(_));
        assert_eq!(found.items.len(), if some { 5 } else { 0 }, "{which:?}");
        watch::tally(db, &which, now - ago, now + ago).unwrap();
    }
    watch::generation(db, GenerationId(nth(1))).unwrap().unwrap();
    assert!(watch::failures(db, 5).unwrap().is_empty());
    for filter in trails() {
        assert_eq!(trail::deeds(db, &filter, page).unwrap().items.len(), 5, "{filter:?}");
    }
    money::inbox(db).unwrap();
    figures_of_everybody(db, ada, page);
    let gauges = crate::gauges::gauges(db, now).unwrap();
    assert!(gauges.renders.iter().chain(&gauges.notices).all(|(_, waiting)| *waiting == 0));
}

/// What only an admin asks. Counted days are those before the clock's; nothing happened on them.
fn figures_of_everybody(db: &Connection, ada: AccountId, page: Page) {
    let today = Day::of(ManualClock::START);
    for day in counted::missing(db, today.begins(), 5).unwrap() {
        figures::mark(db, day).unwrap();
        figures::keep(db, &DayFigures::empty(day)).unwrap();
    }
    let since = today.back(6);
    assert_eq!(figures::days(db, since, today.begins()).unwrap().len(), 6);
    for (account, kind) in [
        (None, None),
        (None, Some(TxnKind::Debt)),
        (Some(ada), None),
        (Some(ada), Some(TxnKind::Debt)),
    ] {
        let filter = LineFilter { account, kind };
        let first = figures::page(db, filter, page).unwrap();
        let after = if kind.is_none() || account.is_none() {
            assert_eq!(first.items.len(), 5, "{filter:?}");
            first.next
        } else {
            None
        };
        figures::page(db, filter, Page { after, ..page }).unwrap();
    }
}

fn crowds() -> Vec<PeopleFilter> {
    use safelight_ports::Standing::{Admins, Blocked, Everyone, InDebt, Leaving, Paying};
    let all = [Everyone, InDebt, Blocked, Leaving, Admins, Paying].into_iter();
    let with = |standing| {
        [None, Some("ada".to_owned())].into_iter().flat_map(move |address| {
            let address = address.clone();
            [false, true].map(|oldest_first| PeopleFilter {
                address: address.clone(),
                standing,
                oldest_first,
            })
        })
    };
    all.flat_map(with).collect()
}

fn key_rings() -> Vec<KeyFilter> {
    use safelight_ports::KeyState::{Expired, Revoked, Working};
    let states = [None, Some(Working), Some(Revoked), Some(Expired)].into_iter();
    let with = |state| [None, Some("lap".to_owned())].map(|words| KeyFilter { words, state });
    states.flat_map(with).collect()
}

fn read_everybody(db: &Connection, ada: AccountId) {
    let now = ManualClock::START;
    let page = Page { after: None, limit: 5 };
    for filter in crowds() {
        people::people(db, &filter, now, page).unwrap();
    }
    for filter in key_rings() {
        every_key::page(db, &filter, now, page).unwrap();
    }
    people::person(db, ada, now).unwrap().unwrap();
    for name in ["cus", &ada.to_string(), &Uuid::from_u128(5).to_string()] {
        people::named(db, name).unwrap();
    }
    people::customers(db, ada).unwrap();
    assert_eq!(people::crowd(db).unwrap().everyone, 1);
    every_key::one_of_them(db, KeyId(nth(1))).unwrap();
}

/// A purchase from the first row to a refund, and the notice of it.
fn trade(db: &Connection, me: AccountId) {
    let now = ManualClock::START;
    let do_it = |change| commit(db, Changes::of(me, vec![change]));
    let order = OrderId(Uuid::from_u128(60));
    let lot = |n| LotId(Uuid::from_u128(n));
    do_it(Change::Order(OrderChange::Open(safelight_testkit::darkroom::pack_order(
        order, me, 10, now,
    ))));
    do_it(Change::Order(OrderChange::SetCustomer(PaymentMode::Play, Some("cus".to_owned()))));
    let checkout = "cs".to_owned();
    do_it(Change::Order(OrderChange::Move(
        order,
        OrderStep::Opened { checkout: checkout.clone(), lapses_at: now },
    )));
    let by = Paying { checkout, payment: Some(("pi".to_owned(), 999)) };
    let event = EventId::parse("evt").unwrap();
    let delivery = safelight_testkit::darkroom::delivery(&event, "cs", now);
    commit(db, Changes::unowned([UnownedEventChange::Receive(Box::new(delivery))]));
    run(
        db,
        &Ask::ClaimDeliveries { due: now, until: now + SignedDuration::from_mins(1), limit: 9 },
    );
    let pay = Change::Order(OrderChange::Pay { order, by, lot: lot(61) });
    commit(db, Changes::of(me, vec![pay, Change::Event(EventChange::Mark(event, Mark::Applied))]));
    for (refunded, n) in [(500, 62), (0, 63), (999, 64)] {
        do_it(Change::Order(OrderChange::Reverse {
            order,
            refunded,
            receipt_url: None,
            lot: lot(n),
        }));
    }
}

fn write_everything(db: &Connection) {
    let me = ada().account.id;
    let now = ManualClock::START;
    let do_it = |change| commit(db, Changes::of(me, vec![change]));
    let grant = Grant {
        lot: LotId(Uuid::from_u128(20)),
        kind: LotKind::Promo,
        amount: Credits::ONE,
        expires_at: NEVER,
        source: SourceRef::parse("g").unwrap(),
        reason: None,
    };
    do_it(Change::Ledger(LedgerChange::Grant(grant, Actor::system())));
    let action = ActionName::image();
    for n in 21..23 {
        let id = ChargeId(Uuid::from_u128(n));
        let price = Credits::ONE;
        do_it(Change::Ledger(LedgerChange::Charge {
            id,
            action: action.clone(),
            price,
            actor: Actor::system(),
        }));
    }
    do_it(Change::Ledger(LedgerChange::Keep(ChargeId(Uuid::from_u128(21)))));
    do_it(Change::Ledger(LedgerChange::Refund(ChargeId(Uuid::from_u128(22)))));
    let (amount, actor) = (Credits::ONE, Actor::cli());
    do_it(Change::Ledger(LedgerChange::Take {
        amount,
        actor,
        reason: "r".into(),
        key: "adjust:t".into(),
    }));
    do_it(Change::Ledger(LedgerChange::Expire));
    let image = ImageId(nth(1));
    let folder = |n| FolderId(Uuid::from_u128(n));
    let name = |text| FolderName::parse(text).unwrap();
    let made = Folder {
        id: folder(2),
        account_id: me,
        parent_id: Some(folder(1)),
        name: name("under"),
        created_at: now,
    };
    for change in [
        Change::Image(ImageChange::Like(image, true)),
        Change::Folder(FolderChange::Create(made)),
        Change::Image(ImageChange::File(image, Some(folder(2)))),
        Change::Image(ImageChange::Trash(image)),
        Change::Image(ImageChange::Restore(image)),
        Change::Folder(FolderChange::Rename(folder(2), name("other"))),
        Change::Folder(FolderChange::Move(folder(2), None)),
        Change::Folder(FolderChange::Delete(folder(2))),
    ] {
        do_it(change);
    }
    let renders = request(db, me);
    let next_at = now;
    do_it(Change::Render(RenderChange::Cancel(renders[3])));
    trade(db, me);
    let due = Dispatch {
        due: now,
        until: now + SignedDuration::from_mins(1),
        in_flight: 2,
        live_since: now - SignedDuration::from_mins(1),
    };
    let Done::Renders(live) = run(db, &Ask::Dispatch(due)) else { unreachable!() };
    assert_eq!(live.len(), 2);
    let request_id = "r".to_owned();
    do_it(Change::Render(RenderChange::Advance(
        live[0].id,
        Step::Submitted { attempt: 1, request_id, next_at },
    )));
    do_it(Change::Render(RenderChange::End(live[1].id, Ending::Filtered)));
    run(db, &Ask::Claim { due: now, until: due.until, limit: 9 });
    run(db, &Ask::ClaimOverdue { due: now, until: due.until, limit: 9 });
    run(db, &Ask::Clock { note: true });
    generations::page(db, me, Page { after: None, limit: 5 }).unwrap();
    assert_eq!(generations::unfinished(db, me).unwrap().len(), 1);
    let second = SignedDuration::from_secs(1);
    let (_, ended) = costs::costs(db, now, now + second).unwrap().remove(0);
    assert_eq!((ended.stored, ended.filtered, ended.cancelled), (0, 1, 1));
    run(db, &Ask::Prune { feed: now, keys: now, formers: now });
}

fn run(db: &Connection, ask: &Ask) -> Done {
    writer::run(db, ask, ManualClock::START.into()).unwrap().unwrap()
}

fn request(db: &Connection, me: AccountId) -> Vec<RenderId> {
    let order = Order {
        prompt: Prompt::parse("a lamp").unwrap(),
        negative: None,
        model: ModelSlug("m1".into()),
        size: safelight_domain::Size::Square,
        seed: Seed(1),
    };
    let generation = safelight_domain::Generation {
        id: GenerationId(Uuid::from_u128(30)),
        account_id: me,
        order,
        count: safelight_domain::Count::new(4).unwrap(),
        folder_id: None,
        remix_of: None,
        created_at: ManualClock::START,
    };
    let ids: Vec<_> =
        (40..44).map(|n| (RenderId(Uuid::from_u128(n)), ChargeId(Uuid::from_u128(n)))).collect();
    let renders = ids.iter().map(|(render, _)| *render).collect();
    let request = safelight_domain::Request {
        generation,
        ids,
        each: Credits::ONE,
        deadline: ManualClock::START + SignedDuration::from_hours(1),
        actor: Actor::system(),
    };
    let key = Some((Key::parse("k").unwrap(), BodyHash([1; 32])));
    commit(db, Changes::of(me, [GenerationChange::Request(request)]).keyed(key));
    renders
}

/// The plan of a statement, a line a step.
fn plan(db: &Connection, sql: &str) -> Vec<String> {
    let mut explained = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    // Values do not change a plan, so none are bound.
    explained.raw_query().mapped(|row| row.get(3)).map(Result::unwrap).collect()
}

/// Steps that look like more than they are: a part of the statement, of the step, and why.
const MEANT: [(&str, &str, &str); 22] = [
    ("_words_config", "SCAN", "the word index reads its own settings"),
    ("_words MATCH", "VIRTUAL TABLE INDEX", "finds words, newest first or oldest"),
    ("SELECT DISTINCT account_id FROM pack_order", "SCAN o", "the buyers of one page"),
    ("SELECT DISTINCT account_id FROM pack_order", "TEMP B-TREE", "the buyers of one page"),
    ("AS everyone", "", "counts, each off the index of what it counts"),
    ("FROM render INDEXED BY render_", "", "the unfinished renders, for a scrape"),
    ("GROUP BY g.model", "TEMP B-TREE FOR GROUP BY", "what ended in the span, by model"),
    ("INDEXED BY order_waiting", "SCAN pack_order", "the orders that wait"),
    ("AS retried", "SCAN", "one row of counts, and the newest delivery"),
    ("image_words MATCH", "SCAN w VIRTUAL TABLE INDEX", "finds words, newest first"),
    ("WITH live AS", "", "the line of those who wait, and of those at the provider"),
    ("UPDATE render SET next_at = ?2", "SCAN (subquery", "at most as many as are claimed"),
    ("count(*) FROM render", "render_in_line", "counts those who wait"),
    ("FROM line ORDER BY live, first", "SCAN line", "as many as a place is told up to"),
    ("SELECT 1 FROM render WHERE account_id = ?1", "SCAN (subquery", "no more than is told"),
    ("count(*) FROM render", "render_due", "counts those at work"),
    ("DELETE FROM event", "SCAN event", "stops after 5,000"),
    ("DELETE FROM event", "SCAN old", "those 5,000"),
    ("FROM folder WHERE account_id = ?1 ORDER BY name", "TEMP B-TREE", "1,000 folders at most"),
    ("DISTINCT account_id FROM lot", "TEMP B-TREE", "the lots that died since the last sweep"),
    ("-e.delta AS paid", "TEMP B-TREE", "the lots that paid one charge"),
    // A row that others refer to: SQLite looks for them only while a key is violated.
    ("INSERT INTO lot", "SCAN entry", "skipped, as the count of steps shows"),
];

#[test]
fn no_statement_reads_a_whole_table_or_sorts_a_page() {
    let (db, seen) = work_on(400);
    assert!(seen.len() > 80, "the statements were not seen: {}", seen.len());
    let mut wrong = Vec::new();
    for sql in seen.keys() {
        for step in plan(&db, sql) {
            let bad = step.starts_with("SCAN ") || step.contains("TEMP B-TREE");
            let meant =
                MEANT.iter().any(|(part, what, _)| sql.contains(part) && step.contains(what));
            if bad && !meant {
                wrong.push(format!("{step}\n      in {sql}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn watched_sql(which: usize) -> String {
    watch::page_sql(&watched()[which]).0.to_owned()
}

fn trail_sql(which: usize) -> String {
    trail::deeds_sql(&trails()[which]).0
}

#[test]
fn lists_use_the_index_made_for_them() {
    let (db, seen) = work_on(400);
    let sql = |part: &str| {
        let mut found = seen.keys().filter(|sql| sql.contains(part));
        found.next().unwrap_or_else(|| panic!("no statement has {part}")).clone()
    };
    let any = ImageFilter::default;
    let filters = filters();
    let dated = Search::parse("after:1970 before:2100").unwrap();
    let dated = ImageFilter { search: dated, ..any() };
    for (sql, index) in [
        (gallery::page_sql(&any()), "image_shown (account_id=? AND n<?)"),
        (gallery::page_sql(&filters[1]), "image_liked (account_id=? AND n<?)"),
        (gallery::page_sql(&filters[2]), "image_trashed (account_id=? AND n<?)"),
        (gallery::page_sql(&filters[4]), "image_filed (account_id=? AND folder_id=? AND n<?)"),
        (gallery::page_sql(&filters[8]), "image_by_model (account_id=? AND model=? AND n<?)"),
        (gallery::page_sql(&filters[32]), "image_by_ratio (account_id=? AND ratio=? AND n<?)"),
        (gallery::page_sql(&filters[16]), "SCAN w VIRTUAL TABLE INDEX"),
        (gallery::page_sql(&dated), "image_shown (account_id=? AND n>? AND n<?)"),
        (gallery::page_sql(&dated), "INDEX image_by_time (account_id=? AND created_at<?)"),
        (line::OWN.to_owned(), "COVERING INDEX render_in_line (account_id=? AND id<?)"),
        (line::NTH.to_owned(), "COVERING INDEX render_in_line (account_id=?)"),
        (line::NEXT.to_owned(), "INDEX line_turns"),
        (generations::TIMES.to_owned(), "SEARCH i USING INTEGER PRIMARY KEY (rowid>?)"),
        (generations::WORDINGS.to_owned(), "generation_of_account (account_id=?)"),
        (gallery::REMIXES.to_owned(), "generation_of_parent (account_id=? AND remix_of=?)"),
        (months::NEWEST_BEFORE.to_owned(), "image_by_time (account_id=? AND created_at<?)"),
        (ledger::LINES.to_owned(), "txn_seq_once (account_id=? AND seq<?)"),
        (generations::PAGE.to_owned(), "generation_of_account (account_id=? AND id<?)"),
        (generations::UNFINISHED.to_owned(), "render_unfinished (account_id=?)"),
        (crate::load::UNFINISHED.to_owned(), "render_unfinished (account_id=?)"),
        (costs::ENDED.to_owned(), "render_ended (ended_at>? AND ended_at<?)"),
        (figures::ENDED.to_owned(), "render_ended (ended_at>? AND ended_at<?)"),
        (figures::MOVES.to_owned(), "txn_of_kind (kind=? AND at>? AND at<?)"),
        (
            figures::SIGN_UPS.to_owned(),
            "COVERING INDEX user_joined (created_at>? AND created_at<?)",
        ),
        (figures::INTAKES.to_owned(), "COVERING INDEX order_paid (settled_at>? AND settled_at<?)"),
        (figures::FIGURES.to_owned(), "SEARCH f USING PRIMARY KEY (begins>? AND begins<?)"),
        (figures::ALL.to_owned(), "SEARCH t USING INTEGER PRIMARY KEY (rowid<?)"),
        (figures::OF_KIND.to_owned(), "txn_of_kind (kind=? AND at<?)"),
        (figures::OF_ACCOUNT.to_owned(), "txn_seq_once (account_id=? AND seq>? AND seq<?)"),
        (sql("FROM render p"), "render_pending (deadline>?)"),
        (
            sql(
                "SELECT count(*) FROM render WHERE state IN ('submitting', 'unknown', 'waiting') AND begun",
            ),
            "render_live (begun_at>?)",
        ),
        (sql("UPDATE render SET next_at"), "render_due (next_at<?)"),
        (
            sql("FROM event WHERE account_id = ?1 AND n > "),
            "event_of_account (account_id=? AND n>?)",
        ),
        (sql("SELECT * FROM lot WHERE account_id"), "lot_burn (account_id=?)"),
        (sql("DISTINCT account_id FROM lot"), "lot_due (expires_at<?)"),
        (money::ORDERS.to_owned(), "order_of_account (account_id=? AND id<?)"),
        (money::DELIVERIES.to_owned(), "INTEGER PRIMARY KEY (rowid<?)"),
        (money::DELIVERIES_IN.to_owned(), "delivery_in_state (state=? AND n<?)"),
        (money::DELIVERIES_OF.to_owned(), "delivery_of_kind (kind=? AND n<?)"),
        (
            money::DELIVERIES_OF_IN.to_owned(),
            "delivery_of_kind_in_state (state=? AND kind=? AND n<?)",
        ),
        (watched_sql(0), "PRIMARY KEY (id<?)"),
        (watched_sql(1), "generation_of_model (model=? AND id<?)"),
        (watched_sql(2), "render_unmade (generation_id<?)"),
        (watched_sql(3), "render_unmade (generation_id<?)"),
        (watched_sql(4), "render_failed_for (error=? AND generation_id<?)"),
        (watched_sql(5), "render_returned_as (state=? AND generation_id<?)"),
        (watched_sql(6), "render_returned (generation_id<?)"),
        (watch::TALLY.to_owned(), "render_ended (ended_at>? AND ended_at<?)"),
        (trail_sql(0), "INTEGER PRIMARY KEY (rowid<?)"),
        (trail_sql(1), "deed_of_account (account_id=? AND n<?)"),
        (trail_sql(2), "deed_by (actor=? AND n<?)"),
        (trail_sql(4), "deed_named (name=? AND n<?)"),
        (trail_sql(7), "deed_of_account (account_id=? AND n<?)"),
        (sql("UPDATE delivery SET next_at = ?2"), "delivery_due (next_at<?)"),
        (sql("UPDATE delivery SET next_at = ?2"), "delivery_of_object (object=?"),
        (sql("AS lost"), "txn_lost (account_id=?)"),
        (sql("WHERE k.account_id = ?1 ORDER"), "api_key_of_account (account_id=?)"),
        (sql("coalesce(sum(remaining), 0)"), "lot_burn (account_id=?)"),
        (sql("coalesce(sum(remaining), 0)"), "session_seen (account_id=?)"),
        (sql("coalesce(sum(remaining), 0)"), "order_of_payer (account_id=?)"),
        (sql("customer = ?1 LIMIT"), "customer_of_one_account (mode=? AND customer=?)"),
        (sql("FROM idempotency WHERE account_id"), "PRIMARY KEY (account_id=? AND key=?)"),
        (sql("WHERE r.generation_id = ?1 ORDER"), "render_place_once (generation_id=?)"),
    ] {
        let plan = plan(&db, &sql);
        assert!(plan.iter().any(|step| step.contains(index)), "{index}: {plan:#?}\n{sql}");
    }
}

#[test]
fn everybody_is_walked_by_the_index_of_the_filter() {
    let (db, _) = work_on(400);
    let walks = [
        "a USING PRIMARY KEY (id",
        "a USING INDEX account_in_debt (id",
        "a USING INDEX account_blocked (id",
        "a USING INDEX account_to_close (id",
        "u USING INDEX user_admin (account_id",
        "pack_order USING COVERING INDEX order_of_payer (account_id",
    ];
    for (filters, walk) in crowds().chunks(4).zip(walks) {
        for filter in filters {
            let walk = if filter.address.is_some() { "w VIRTUAL TABLE INDEX" } else { walk };
            let plan = plan(&db, &people::page_sql(filter));
            assert!(plan[0].contains(walk) || plan[1].contains(walk), "{filter:?}: {plan:#?}");
        }
    }
    let walks =
        ["PRIMARY KEY (id", "api_key_kept (id", "api_key_revoked (id", "api_key_expiring (id"];
    for (filters, walk) in key_rings().chunks(2).zip(walks) {
        for filter in filters {
            let walk = if filter.words.is_some() { "w VIRTUAL TABLE INDEX" } else { walk };
            let plan = plan(&db, &every_key::page_sql(filter));
            assert!(plan[0].contains(walk), "{filter:?}: {plan:#?}");
        }
    }
}

/// Pages are as much work with 20,000 pictures as with 400, and so is every write.
#[test]
fn work_does_not_grow_with_the_gallery() {
    let (_, small) = work_on(400);
    let (_, big) = work_on(20_000);
    let statements = |seen: &BTreeMap<String, Work>| seen.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(statements(&small), statements(&big));
    for (sql, work) in &big {
        // Wordings are looked for in the newest 2,000 and no more; a bounded number of old rows goes in
        // one call.
        if sql == generations::WORDINGS
            || sql.starts_with("DELETE FROM event")
            || sql.starts_with("DELETE FROM idempotency")
        {
            continue;
        }
        let before = small[sql];
        assert!(
            work.steps <= before.steps + before.steps / 2 + 100,
            "{before:?} becomes {work:?} in {sql}"
        );
        assert!(work.scanned <= before.scanned + 10, "{before:?} becomes {work:?} in {sql}");
    }
}
