//! Accounts that are left, pictures that are given up, and what no crash may leave behind.

use safelight_domain::{
    AccountId, AccountStatus, Actor, Change, Email, FolderName, ImageChange, ImageFilter, KeyScope,
    Refusal, RenderState, SignedDuration, TRASH,
};
use safelight_ports::{Page, Reads, Store};
use safelight_testkit::{Strike, people::ada, people::grace};
use safelight_tests::{TestStudio, ask};
use safelight_usecases::{Answer, Error, KeyTerms, Proof, SignedIn};

const DAY: SignedDuration = SignedDuration::from_hours(24);
const GRACE: SignedDuration = SignedDuration::from_hours(30 * 24);

fn me() -> AccountId {
    ada().account.id
}

async fn sign_in(studio: &TestStudio, email: &str) -> Result<SignedIn, Error> {
    let sign_in = &studio.studio.sign_in;
    let link = sign_in.link_for(Email::parse(email).expect("an address")).await?;
    let mut parts = link.rsplit('/');
    let (token, id) = (parts.next().expect("a token"), parts.next().expect("an id"));
    let id = id.parse().expect("an id");
    match sign_in.answer(id, Proof::Link(token), "any", "Firefox", None).await? {
        Answer::Right(signed_in) => Ok(*signed_in),
        _ => panic!("the link is right"),
    }
}

/// Ada with pictures, one of them in the trash, a folder and a key.
async fn busy() -> (TestStudio, String) {
    let studio = TestStudio::open().await;
    studio.request(&ada(), 3, 1).await;
    studio.settle().await;
    let name = FolderName::parse("Secret plans").expect("a name");
    studio.studio.folders.create(me(), name, None).await.expect("made");
    let images = pictures(&studio).await;
    studio.studio.images.trash(me(), images[0]).await.expect("trashed");
    let terms = KeyTerms::new("Ada's laptop", &[KeyScope::Library]);
    let key = studio.studio.keys.create(me(), terms, Actor::cli()).await.expect("made");
    (studio, key.text)
}

async fn pictures(studio: &TestStudio) -> Vec<safelight_domain::ImageId> {
    let page = Page { after: None, limit: 100 };
    let all = studio.studio.images.list(me(), &ImageFilter::default(), page).await.expect("a list");
    all.items.into_iter().map(|image| image.id).collect()
}

async fn status(studio: &TestStudio) -> AccountStatus {
    studio.studio.accounts.get(me()).await.expect("it is there").account.status
}

/// Rounds of the sweeper, with the pipeline beside it, until nothing changes any more.
async fn sweep(studio: &TestStudio) {
    for _ in 0..8 {
        let _ = studio.studio.removals.sweep().await;
        studio.settle().await;
    }
}

/// Every text of the database file that could be somebody's.
fn texts(studio: &TestStudio) -> String {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(studio.path()).expect("a folder").flatten() {
        all.extend(std::fs::read(entry.path()).unwrap_or_default());
    }
    String::from_utf8_lossy(&all).into_owned()
}

#[tokio::test]
async fn a_deletion_is_taken_back_by_signing_in() {
    let (studio, key) = busy().await;
    let member = sign_in(&studio, "ada@example.com").await.expect("signed in");
    studio.studio.accounts.leave(me(), Actor::user(ada().user.id)).await.expect("asked for");
    assert_eq!(studio.studio.sessions.member(&member.token).await.expect("asked"), None);
    let refused = studio.studio.keys.authenticate(&key).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::Blocked))));
    let spent = studio.studio.generations.request(me(), ask("x", 1, 1), None, Actor::cli()).await;
    assert!(matches!(spent, Err(Error::Refused(Refusal::Blocked))));
    studio.setup.clock.advance(GRACE - SignedDuration::from_micros(1));
    sweep(&studio).await;
    // The settling took no time: nothing is unfinished.
    let back = sign_in(&studio, "ada@example.com").await.expect("the last instant");
    assert!(back.stays);
    assert!(studio.studio.keys.authenticate(&key).await.expect("asked").is_some());
    studio.setup.clock.advance(GRACE);
    sweep(&studio).await;
    assert_eq!((status(&studio).await, pictures(&studio).await.len()), (AccountStatus::Open, 2));
}

#[tokio::test]
async fn after_the_grace_nothing_names_the_person_and_the_books_stay() {
    let (studio, key) = busy().await;
    studio.studio.accounts.leave(me(), Actor::user(ada().user.id)).await.expect("asked for");
    studio.setup.clock.advance(GRACE);
    assert!(sign_in(&studio, "ada@example.com").await.is_err(), "too late");
    sweep(&studio).await;
    assert_eq!(status(&studio).await, AccountStatus::Closed);
    assert_eq!(studio.setup.storage.keys(), Vec::<String>::new(), "every object is gone");
    let person = studio.studio.accounts.get(me()).await.expect("its row stays");
    assert!(person.user.email.as_str().ends_with("@deleted.invalid"));
    assert_eq!(person.account.balance.get(), 0, "the rest is forfeited");
    assert!(studio.studio.keys.authenticate(&key).await.expect("asked").is_none());
    assert!(studio.studio.folders.list(me()).await.expect("a list").is_empty());
    let page = Page { after: None, limit: 100 };
    let lines = studio.studio.ledger.lines(me(), page).await.expect("the books").items;
    assert_eq!(lines[0].kind, safelight_domain::TxnKind::Forfeit);
    assert_eq!(lines.len(), 5, "a gift, three pictures, the end");
    let trail = studio.studio.accounts.trail(Some(me()), page).await.expect("the trail").items;
    let words = format!("{trail:?}");
    assert!(words.contains("Deleted") && !words.contains('@'), "{words}");
    for generation in studio.studio.generations.list(me(), page).await.expect("a list").items {
        assert_eq!(generation.generation.order.prompt.as_str(), "(deleted)");
    }
    // The address is free again, and whoever opens an account with it starts from nothing.
    let email = Email::parse("ada@example.com").expect("an address");
    let again = studio.studio.accounts.create(email).await.expect("a new account");
    assert_ne!(again.account.id, me());
}

#[tokio::test]
async fn nothing_a_person_wrote_is_left_in_the_file() {
    let (studio, _) = busy().await;
    assert!(texts(&studio).contains("Secret plans"));
    studio.studio.accounts.leave(me(), Actor::cli()).await.expect("asked for");
    studio.setup.clock.advance(GRACE);
    sweep(&studio).await;
    let rows = studio.studio.keys.list(me()).await.expect("a list");
    assert!(rows.iter().all(|spender| spender.key.name.is_empty()));
}

#[tokio::test]
async fn what_is_in_line_is_refunded_and_what_is_being_made_is_waited_for() {
    let studio = TestStudio::open().await;
    studio.setup.provider.hold();
    let made = studio.request(&ada(), 4, 1).await.status.generation.id;
    while studio.studio.pipeline.run_due().await.expect("it runs") {}
    let queued = studio.request(&ada(), 2, 9).await.status.generation.id;
    studio.studio.accounts.leave(me(), Actor::cli()).await.expect("asked for");
    // Nobody gets this old at the provider; the clock must move all the same.
    studio.setup.clock.advance(GRACE);
    studio.studio.removals.sweep().await.expect("a round");
    assert_eq!(studio.states(me(), queued).await, [RenderState::Cancelled; 2]);
    assert_eq!(status(&studio).await, AccountStatus::Open, "four are still being made");
    studio.setup.provider.release();
    studio.settle().await;
    assert!(studio.states(me(), made).await.iter().all(|state| state.is_final()));
    sweep(&studio).await;
    assert_eq!(status(&studio).await, AccountStatus::Closed);
    assert!(studio.setup.storage.keys().is_empty());
}

#[tokio::test]
async fn any_port_call_may_fail_and_an_account_still_closes_whole() {
    for strike in Strike::ALL {
        let mut tried = 0;
        for n in 1..200 {
            let (studio, _) = busy().await;
            studio.studio.accounts.leave(me(), Actor::cli()).await.expect("asked for");
            studio.setup.clock.advance(GRACE);
            studio.setup.faults.plan(n, strike);
            let _ = studio.studio.removals.sweep().await;
            let studio = studio.restarted();
            // Long after the last commit, what destroys waits for an hour.
            studio.setup.clock.advance(SignedDuration::from_hours(1));
            sweep(&studio).await;
            assert_eq!(status(&studio).await, AccountStatus::Closed, "call {n}, {strike:?}");
            assert_eq!(studio.setup.storage.keys(), Vec::<String>::new(), "call {n}, {strike:?}");
            let page = Page { after: None, limit: 9 };
            for made in studio.studio.generations.list(me(), page).await.expect("a list").items {
                assert_eq!(made.generation.order.prompt.as_str(), "(deleted)", "call {n}");
            }
            if studio.setup.faults.pending() {
                break;
            }
            tried = n;
        }
        assert!(tried > 15, "only {tried} calls were tried: the injector does not see the ports");
    }
}

#[tokio::test]
async fn a_trashed_picture_goes_after_thirty_days_and_not_before() {
    let (studio, _) = busy().await;
    let trash = ImageFilter { trashed: true, ..ImageFilter::default() };
    let page = Page { after: None, limit: 100 };
    let in_trash =
        async || studio.studio.images.list(me(), &trash, page).await.expect("a list").items;
    let gone = in_trash().await.remove(0);
    let objects = studio.setup.storage.keys().len();
    studio.setup.clock.advance(TRASH - DAY);
    studio.studio.removals.sweep().await.expect("a round");
    assert_eq!(in_trash().await.len(), 1);
    studio.setup.clock.advance(DAY);
    studio.studio.removals.sweep().await.expect("a round");
    assert!(in_trash().await.is_empty());
    assert_eq!(studio.setup.storage.keys().len(), objects - 3);
    assert_eq!(pictures(&studio).await.len(), 2, "the others stay");
    let restored = studio.studio.images.restore(me(), gone.id).await;
    assert!(matches!(restored, Err(Error::Refused(Refusal::NotFound))));
    // Its line in the books and its place in the request stay.
    let status = studio.studio.generations.get(me(), gone.generation_id).await.expect("it stays");
    assert_eq!(status.renders.len(), 3);
    assert_eq!(studio.balance(me()).await, 7);
    let words = safelight_domain::Search::parse("lamp").expect("words");
    let found = ImageFilter { search: words, ..ImageFilter::default() };
    let found = studio.studio.images.list(me(), &found, page).await.expect("a list").items;
    assert_eq!(found.len(), 2);
}

#[tokio::test]
async fn any_port_call_may_fail_and_no_picture_is_shown_whose_bytes_are_gone() {
    for strike in Strike::ALL {
        for n in 1..40 {
            let (studio, _) = busy().await;
            studio.setup.clock.advance(TRASH);
            studio.setup.faults.plan(n, strike);
            let _ = studio.studio.removals.sweep().await;
            let trash = ImageFilter { trashed: true, ..ImageFilter::default() };
            let page = Page { after: None, limit: 9 };
            let shown = studio.studio.images.list(me(), &trash, page).await.expect("a list").items;
            for image in shown {
                let bytes = studio.studio.images.original(&image).await.expect("read");
                assert!(bytes.is_some(), "call {n}, {strike:?}");
            }
            let done = studio.setup.faults.pending();
            // A row that failed is tried again after a pause.
            studio.setup.clock.advance(SignedDuration::from_mins(2));
            sweep(&studio).await;
            assert_eq!(studio.setup.storage.keys().len(), 6, "call {n}, {strike:?}");
            assert!(studio.store.discards(9).await.expect("a list").is_empty());
            if done {
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_picture_restored_at_the_last_moment_is_not_purged() {
    let (studio, _) = busy().await;
    studio.setup.clock.advance(TRASH);
    let due = studio.store.expired_trash(studio.studio.now() - TRASH, 9).await.expect("a list");
    let [(account, image)] = due[..] else { panic!("one is due") };
    studio.studio.images.restore(account, image).await.expect("still there");
    let purge = Change::Image(ImageChange::Purge(image));
    studio.store.commit(safelight_domain::Changes::of(account, vec![purge])).await.expect("fine");
    let kept = studio.studio.images.get(account, image).await.expect("it is there");
    assert!(studio.studio.images.original(&kept).await.expect("read").is_some());
}

#[tokio::test]
async fn a_blocked_account_is_told_the_same_on_every_way_in_and_its_work_still_settles() {
    let (studio, key) = busy().await;
    let member = sign_in(&studio, "ada@example.com").await.expect("signed in");
    let id = studio.request(&ada(), 2, 5).await.status.generation.id;
    studio.studio.accounts.set_blocked(me(), true, Actor::cli()).await.expect("blocked");
    let mut told = Vec::new();
    told.push(studio.studio.sessions.member(&member.token).await.expect_err("refused"));
    told.push(studio.studio.keys.authenticate(&key).await.expect_err("refused"));
    told.push(sign_in(&studio, "ada@example.com").await.err().expect("refused"));
    let asked = studio.studio.generations.request(me(), ask("x", 1, 1), None, Actor::cli()).await;
    told.push(asked.expect_err("refused"));
    told.push(studio.studio.accounts.leave(me(), Actor::cli()).await.expect_err("refused"));
    for error in told {
        assert!(matches!(error, Error::Refused(Refusal::Blocked)), "{error}");
    }
    // Who cannot read the mail learns nothing: the code is sent as ever.
    let email = ada().user.email;
    studio.studio.sign_in.send_code(email, None).await.expect("mailed");
    studio.settle().await;
    assert_eq!(studio.states(me(), id).await, [RenderState::Stored; 2]);
    assert_eq!(
        studio.studio.accounts.get(grace().account.id).await.expect("hers").account.status,
        AccountStatus::Open
    );
}
