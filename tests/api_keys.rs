//! What a key may spend, however many spend with it at once.

use safelight_domain::{
    AccountId, ActionName, Actor, Change, Changes, ChargeId, Credits, KeyScope, LedgerChange,
    Refusal, SignedDuration, Timestamp,
};
use safelight_ports::Store;
use safelight_testkit::people::{ada, grace};
use safelight_tests::{TestStudio, ask};
use safelight_usecases::{Caller, Error, KeyTerms, NewKey};

const EXPORT: u32 = 2;

fn credits(n: u32) -> Credits {
    Credits::new(n).expect("a small amount")
}

async fn key(studio: &TestStudio, cap: Option<u32>) -> NewKey {
    let terms = KeyTerms { cap: cap.map(credits), ..KeyTerms::new("test", &KeyScope::ALL) };
    studio.studio.keys.create(ada().account.id, terms, Actor::cli()).await.expect("made")
}

async fn caller(studio: &TestStudio, key: &NewKey) -> Option<Caller> {
    studio.studio.keys.authenticate(&key.text).await.expect("asked")
}

async fn consume(studio: &TestStudio, actor: Actor) -> Result<u32, Error> {
    let export = ActionName::parse("export").expect("a name");
    let consumed = studio.studio.ledger.consume(ada().account.id, export, None, actor).await;
    consumed.map(|consumed| consumed.balance.get())
}

async fn spent(studio: &TestStudio, key: &NewKey) -> u32 {
    let spender = studio.studio.keys.get(ada().account.id, key.key.id).await.expect("mine");
    spender.spent_in(safelight_domain::Month::of(studio.studio.now())).get()
}

fn rich(account: AccountId) -> Changes {
    let kind = safelight_domain::LotKind::Promo;
    let grant = safelight_domain::Grant {
        lot: safelight_domain::LotId(account.0),
        kind,
        amount: credits(1_000),
        expires_at: safelight_domain::NEVER,
        source: safelight_domain::SourceRef::parse("rich").unwrap(),
        reason: None,
    };
    Changes::of(account, [LedgerChange::Grant(grant, Actor::system())])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn api_key_cap_reached() {
    let studio = TestStudio::open().await;
    studio.store.commit(rich(ada().account.id)).await.expect("granted");
    let key = key(&studio, Some(10)).await;
    let actor = Actor::key(key.key.id);
    // Forty at once for two credits each: five fit, whoever comes first.
    let all = (0..40).map(|_| consume(&studio, actor.clone()));
    let answers = futures_util::future::join_all(all).await;
    let paid = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(paid, 5);
    let month: Timestamp = "2026-02-01T00:00:00Z".parse().expect("a time");
    for refused in answers.into_iter().filter_map(Result::err) {
        let Error::Refused(no) = refused else { panic!("{refused}") };
        assert_eq!(no, Refusal::Capped { cap: credits(10), spent: credits(10), resets: month });
        let says = no.to_string();
        assert!(says.contains("10 credits") && says.contains("2026-02-01T00:00:00Z"), "{says}");
    }
    assert_eq!((studio.balance(ada().account.id).await, spent(&studio, &key).await), (1_000, 10));
    // The owner at the page, and the owner's other key, are not held up by it.
    consume(&studio, Actor::user(ada().user.id)).await.expect("the owner pays");
}

#[tokio::test]
async fn a_cap_counts_whole_requests_and_what_is_refunded_comes_back() {
    let studio = TestStudio::open().await;
    let key = key(&studio, Some(3)).await;
    let (account, generations) = (ada().account.id, &studio.studio.generations);
    let actor = || Actor::key(key.key.id);
    let four = generations.request(account, ask("a lamp", 4, 1), None, actor()).await;
    assert!(matches!(four, Err(Error::Refused(Refusal::Capped { .. }))), "all four or none");
    assert_eq!(spent(&studio, &key).await, 0);
    let asked = generations.request(account, ask("a lamp", 3, 1), None, actor()).await;
    let renders = asked.expect("three fit").status.renders;
    assert_eq!(spent(&studio, &key).await, 3);
    let over = generations.request(account, ask("a lamp", 1, 1), None, actor()).await;
    assert!(matches!(over, Err(Error::Refused(Refusal::Capped { .. }))));
    generations.cancel(account, renders[0].render.id).await.expect("it never was sent");
    assert_eq!(spent(&studio, &key).await, 2);
    generations.request(account, ask("a lamp", 1, 9), None, actor()).await.expect("it fits again");
    studio.settle().await;
}

#[tokio::test]
async fn a_months_first_instant_is_a_new_month() {
    let studio = TestStudio::open().await;
    let key = key(&studio, Some(EXPORT)).await;
    let actor = || Actor::key(key.key.id);
    let last: Timestamp = "2026-01-31T23:59:59.999999Z".parse().expect("a time");
    studio.setup.clock.set(last);
    consume(&studio, actor()).await.expect("within the cap");
    assert!(consume(&studio, actor()).await.is_err());
    studio.setup.clock.advance(SignedDuration::from_micros(1));
    consume(&studio, actor()).await.expect("a month begins");
    assert_eq!(spent(&studio, &key).await, EXPORT);
    assert!(consume(&studio, actor()).await.is_err());
    // A clock that goes back gives no second helping: the account's own time does not.
    studio.setup.clock.set(last);
    assert!(consume(&studio, actor()).await.is_err());
}

#[tokio::test]
async fn a_refund_gives_back_to_the_month_that_paid() {
    let studio = TestStudio::open().await;
    let key = key(&studio, Some(2)).await;
    let account = ada().account.id;
    let charge = || ChargeId(studio.id());
    let (old, new) = (charge(), charge());
    let pay = |id| {
        Change::Ledger(LedgerChange::Charge {
            id,
            action: ActionName::image(),
            price: credits(2),
            actor: Actor::key(key.key.id),
        })
    };
    let commit = |change| studio.store.commit(Changes::of(account, vec![change]));
    commit(pay(old)).await.expect("paid");
    studio.setup.clock.set("2026-02-01T00:00:00Z".parse().expect("a time"));
    commit(pay(new)).await.expect("paid");
    commit(Change::Ledger(LedgerChange::Refund(old))).await.expect("refunded");
    assert_eq!(spent(&studio, &key).await, 2, "February is as it was");
    assert!(commit(pay(charge())).await.is_err());
    commit(Change::Ledger(LedgerChange::Refund(new))).await.expect("refunded");
    assert_eq!(spent(&studio, &key).await, 0);
}

#[tokio::test]
async fn a_key_ends_at_its_instant_and_a_revoked_one_spends_nothing_more() {
    let studio = TestStudio::open().await;
    let now = studio.studio.now();
    let end = now + SignedDuration::from_hours(24);
    let terms = KeyTerms { expires_at: Some(end), ..KeyTerms::new("a day", &[KeyScope::Consume]) };
    let day = studio.studio.keys.create(ada().account.id, terms, Actor::cli()).await.expect("made");
    studio.setup.clock.set(end - SignedDuration::from_micros(1));
    let known = caller(&studio, &day).await.expect("it still works");
    studio.setup.clock.set(end);
    assert_eq!(caller(&studio, &day).await, None);
    // Whoever was let in a moment before is refused where the money is.
    let late = consume(&studio, known.actor()).await;
    assert!(matches!(late, Err(Error::Refused(Refusal::KeyGone))));

    let revoked = key(&studio, None).await;
    let known = caller(&studio, &revoked).await.expect("it works");
    studio
        .studio
        .keys
        .revoke(ada().account.id, revoked.key.id, Actor::cli())
        .await
        .expect("revoked");
    assert_eq!(caller(&studio, &revoked).await, None);
    let late = consume(&studio, known.actor()).await;
    assert!(matches!(late, Err(Error::Refused(Refusal::KeyGone))));
    // Nor does somebody else's key spend here.
    let hers = KeyTerms::new("hers", &KeyScope::ALL);
    let hers =
        studio.studio.keys.create(grace().account.id, hers, Actor::cli()).await.expect("made");
    let other = consume(&studio, Actor::key(hers.key.id)).await;
    assert!(matches!(other, Err(Error::Refused(Refusal::KeyGone))));
    assert_eq!(studio.balance(ada().account.id).await, 10);
}

#[tokio::test]
async fn terms_that_make_no_sense_make_no_key() {
    let studio = TestStudio::open().await;
    let now = studio.studio.now();
    let good = KeyTerms::new("k", &[KeyScope::Library]);
    for (terms, field) in [
        (KeyTerms { expires_at: Some(now), ..good.clone() }, "expires"),
        (KeyTerms { cap: Some(Credits::ZERO), ..good.clone() }, "cap"),
        (KeyTerms { scopes: Vec::new(), ..good.clone() }, "scope"),
        (KeyTerms { name: " ".to_owned(), ..good }, "name"),
    ] {
        let refused = studio.studio.keys.create(ada().account.id, terms, Actor::cli()).await.err();
        let Some(Error::Refused(Refusal::Invalid(invalid))) = refused else { panic!("{field}") };
        assert_eq!(invalid.field, field);
    }
}
