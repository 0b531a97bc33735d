//! A fresh code, another address, and the way back; and the trail that tells of them.

use safelight_domain::DeedName::{
    Blocked, CodeBurnt, CodeWrong, CreditsAdjusted, KeyMade, KeyRevoked, SensitiveRead,
    SessionEnded, SignedIn, Unblocked, UserCreated,
};
use safelight_domain::{
    Actor, Credits, Email, KeyScope, Purpose, Refusal, Session, SignedDuration,
};
use safelight_ports::{Outbox, Page};
use safelight_testkit::people::{ada, grace};
use safelight_tests::TestStudio;
use safelight_usecases::{Answer, Error, KeyTerms, Member, Proof, Proved};

fn email(text: &str) -> Email {
    Email::parse(text).expect("an address")
}

async fn mail(studio: &TestStudio, nth: usize) -> (Email, String) {
    let kept = studio.setup.outbox.kept().await.swap_remove(nth);
    (kept.mail.to, kept.mail.text)
}

async fn code(studio: &TestStudio) -> String {
    let (_, text) = mail(studio, 0).await;
    text.lines().next().expect("a line").trim_start_matches("Your code is ").to_owned()
}

async fn sign_in(studio: &TestStudio, address: &str) -> Result<(String, Member), Error> {
    let sign_in = &studio.studio.sign_in;
    let begun = sign_in.send_code(email(address), None).await?;
    let code = code(studio).await;
    let proof = Proof::Code(&code);
    match sign_in.answer(begun.id, proof, &begun.browser, "Firefox", None).await? {
        Answer::Right(signed_in) => {
            let member = studio.studio.sessions.member(&signed_in.token).await?;
            Ok((signed_in.token, member.expect("signed in")))
        }
        _ => panic!("the code is right"),
    }
}

async fn lives(studio: &TestStudio, token: &str) -> bool {
    studio.studio.sessions.member(token).await.expect("asked").is_some()
}

fn right(proved: Proved) -> String {
    match proved {
        Proved::Right(token) => token,
        Proved::Wrong(left) => panic!("wrong, {left} left"),
        Proved::Dead => panic!("dead"),
    }
}

/// Moves Ada to another address; answers the new token and the undo link's.
async fn moved(studio: &TestStudio, member: &Member, to: &str) -> (String, String) {
    let confirm = &studio.studio.confirm;
    let begun = confirm.send_to(member, email(to), None).await.expect("mailed");
    let typed = code(studio).await;
    let by = member.actor();
    let proved = confirm.change_address(member, begun.id, &typed, &begun.browser, by).await;
    let (old, text) = mail(studio, 0).await;
    assert_eq!(old, member.user.email, "the old address hears of it");
    let link = text.lines().find(|line| line.contains("/undo/")).expect("a link");
    (right(proved.expect("judged")), link.rsplit('/').next().expect("a token").to_owned())
}

#[tokio::test]
async fn a_fresh_code_renews_the_session_and_counts_for_ten_minutes() {
    let studio = TestStudio::open().await;
    let (token, member) = sign_in(&studio, "ada@example.com").await.expect("signed in");
    assert!(member.session.is_recent(studio.studio.now()), "a sign-in is a fresh code");
    studio.setup.clock.advance(Session::RECENT);
    assert!(!member.session.is_recent(studio.studio.now()));
    let confirm = &studio.studio.confirm;
    let begun = confirm.send(&member, "/account", None).await.expect("mailed");
    let typed = code(&studio).await;
    let wrong =
        confirm.confirm(&member, begun.id, "AAAA-AAAA", &begun.browser, member.actor()).await;
    assert!(matches!(wrong.expect("judged"), Proved::Wrong(4)));
    let elsewhere = confirm.confirm(&member, begun.id, &typed, "other", member.actor()).await;
    assert!(matches!(elsewhere.expect("judged"), Proved::Dead));
    let proved = confirm.confirm(&member, begun.id, &typed, &begun.browser, member.actor()).await;
    let renewed = right(proved.expect("judged"));
    assert!(!lives(&studio, &token).await && lives(&studio, &renewed).await, "another cookie");
    let member = studio.studio.sessions.member(&renewed).await.expect("asked").expect("in");
    assert!(member.session.is_recent(studio.studio.now()));
    let again = confirm.confirm(&member, begun.id, &typed, &begun.browser, member.actor()).await;
    assert!(matches!(again.expect("judged"), Proved::Dead), "once");
}

#[tokio::test]
async fn a_code_is_good_for_its_purpose_and_its_account_alone() {
    let studio = TestStudio::open().await;
    let (_, ada) = sign_in(&studio, "ada@example.com").await.expect("signed in");
    let (_, grace) = sign_in(&studio, "grace@example.com").await.expect("signed in");
    let confirm = &studio.studio.confirm;
    let begun = confirm.send_to(&ada, email("new@example.com"), None).await.expect("mailed");
    let typed = code(&studio).await;
    let (id, browser) = (begun.id, begun.browser.as_str());
    let proof = Proof::Code(&typed);
    let signed = studio.studio.sign_in.answer(id, proof, browser, "x", None).await;
    assert!(matches!(signed.expect("judged"), Answer::Dead), "it signs nobody in");
    let other = confirm.confirm(&ada, id, &typed, browser, ada.actor()).await;
    assert!(matches!(other.expect("judged"), Proved::Dead), "it confirms nothing");
    let hers = confirm.change_address(&grace, id, &typed, browser, grace.actor()).await;
    assert!(matches!(hers.expect("judged"), Proved::Wrong(_)), "it moves nobody else");
    assert!(confirm.waiting(id, Some(browser), Purpose::Address).await.expect("asked").is_some());
    assert!(confirm.waiting(id, Some(browser), Purpose::Confirm).await.expect("asked").is_none());
    assert!(confirm.waiting(id, Some("other"), Purpose::Address).await.expect("asked").is_none());
    let mine = confirm.change_address(&ada, id, &typed, browser, ada.actor()).await;
    right(mine.expect("judged"));
}

#[tokio::test]
async fn an_address_changes_once_it_is_proven_and_every_other_browser_is_out() {
    let studio = TestStudio::open().await;
    let (other, _) = sign_in(&studio, "ada@example.com").await.expect("signed in");
    let (mine, member) = sign_in(&studio, "ada@example.com").await.expect("signed in");
    let (renewed, _) = moved(&studio, &member, "new@example.com").await;
    assert!(!lives(&studio, &other).await && !lives(&studio, &mine).await);
    assert!(lives(&studio, &renewed).await);
    let (_, new) = sign_in(&studio, "new@example.com").await.expect("signed in");
    assert_eq!(new.account_id(), member.account_id());
    // Nobody opens an account with the old address while it can be taken back.
    let old = sign_in(&studio, "ada@example.com").await;
    assert!(matches!(old, Err(Error::Refused(Refusal::AddressLeft))));
    studio.setup.clock.advance(SignedDuration::from_hours(72));
    let (_, stranger) = sign_in(&studio, "ada@example.com").await.expect("free again");
    assert_ne!(stranger.account_id(), member.account_id());
}

#[tokio::test]
async fn the_old_address_takes_the_account_back_for_72_hours() {
    let studio = TestStudio::open().await;
    let (_, member) = sign_in(&studio, "ada@example.com").await.expect("signed in");
    let before = KeyTerms::new("before", &[KeyScope::Library]);
    let before = studio.studio.keys.create(member.account_id(), before, member.actor()).await;
    studio.setup.clock.advance(SignedDuration::from_secs(1));
    let (thief, undo) = moved(&studio, &member, "thief@example.com").await;
    let thief = studio.studio.sessions.member(&thief).await.expect("asked").expect("in");
    let since = KeyTerms::new("since", &[KeyScope::Library]);
    let since = studio.studio.keys.create(thief.account_id(), since, thief.actor()).await;
    let (third, later_undo) = moved(&studio, &thief, "third@example.com").await;
    studio.studio.accounts.leave(thief.account_id(), thief.actor()).await.expect("asked for");
    studio.setup.clock.advance(SignedDuration::from_hours(72) - SignedDuration::from_secs(1));
    let confirm = &studio.studio.confirm;
    assert!(!confirm.can_undo("nonsense").await.expect("asked"));
    for _ in 0..3 {
        assert!(confirm.can_undo(&undo).await.expect("asked"), "looking uses nothing up");
    }
    confirm.undo(&undo, Actor::visitor()).await.expect("taken back");
    assert!(!lives(&studio, &third).await);
    let works =
        async |key: &str| studio.studio.keys.authenticate(key).await.expect("asked").is_some();
    assert!(works(&before.expect("made").text).await);
    assert!(!works(&since.expect("made").text).await, "a key made since is revoked");
    let (_, back) = sign_in(&studio, "ada@example.com").await.expect("signed in");
    assert_eq!(back.account_id(), ada().account.id);
    for used in [&undo, &later_undo] {
        let again = confirm.undo(used, Actor::visitor()).await;
        assert!(
            matches!(again, Err(Error::Refused(Refusal::NotFound))),
            "once, and the later ones too"
        );
    }
}

#[tokio::test]
async fn an_undo_link_lapses_at_72_hours_and_is_forgotten() {
    let studio = TestStudio::open().await;
    let (_, member) = sign_in(&studio, "ada@example.com").await.expect("signed in");
    let (_, undo) = moved(&studio, &member, "new@example.com").await;
    studio.setup.clock.advance(SignedDuration::from_hours(72));
    assert!(!studio.studio.confirm.can_undo(&undo).await.expect("asked"));
    assert!(studio.studio.confirm.undo(&undo, Actor::visitor()).await.is_err());
}

#[tokio::test]
async fn an_address_of_somebody_is_not_told_to_whoever_cannot_read_its_mail() {
    let studio = TestStudio::open().await;
    let (_, member) = sign_in(&studio, "ada@example.com").await.expect("signed in");
    let confirm = &studio.studio.confirm;
    let begun =
        confirm.send_to(&member, email("grace@example.com"), None).await.expect("as any other");
    let typed = code(&studio).await;
    let proved =
        confirm.change_address(&member, begun.id, &typed, &begun.browser, member.actor()).await;
    assert!(matches!(proved, Err(Error::Refused(Refusal::Taken { .. }))));
    let same = confirm.send_to(&member, email("ADA@example.com"), None).await;
    assert!(matches!(same, Err(Error::Refused(Refusal::Invalid(_)))));
    assert_eq!(
        studio.studio.accounts.get(grace().account.id).await.expect("hers").user,
        grace().user
    );
}

#[tokio::test]
async fn every_act_that_matters_is_in_the_trail_with_who_and_why() {
    let studio = TestStudio::open().await;
    let account = ada().account.id;
    let (_, member) = sign_in(&studio, "ada@example.com").await.expect("signed in");
    let by = safelight_domain::By::from(member.actor()).request(Some("r-1".to_owned()));
    let keys = &studio.studio.keys;
    let made = keys.create(account, KeyTerms::new("k", &[KeyScope::Library]), by.clone()).await;
    keys.revoke(account, made.expect("made").key.id, by.clone()).await.expect("revoked");
    let ledger = &studio.studio.ledger;
    let five = Credits::new(5).expect("few");
    ledger.grant(account, five, "sorry".into(), Actor::cli()).await.expect("given");
    ledger.take(account, five, "a mistake".into(), Actor::cli()).await.expect("taken");
    let accounts = &studio.studio.accounts;
    for blocked in [true, false] {
        accounts.set_blocked(account, blocked, Actor::cli()).await.expect("set");
    }
    accounts.exported(account, by).await.expect("noted");
    studio.studio.sessions.end_all(account, None, member.actor()).await.expect("ended");
    let begun = studio.studio.sign_in.send_code(member.user.email.clone(), None).await;
    let begun = begun.expect("mailed");
    for _ in 0..5 {
        let wrong = Proof::Code("AAAA-AAAA");
        let sign_in = &studio.studio.sign_in;
        sign_in.answer(begun.id, wrong, &begun.browser, "x", None).await.expect("judged");
    }
    let mut names = Vec::new();
    let mut after = None;
    loop {
        let page = Page { after, limit: 4 };
        let paged = accounts.trail(Some(account), page).await.expect("the trail");
        names.extend(paged.items.iter().map(|deed| deed.name));
        for deed in &paged.items {
            match deed.name {
                KeyMade | KeyRevoked | SensitiveRead => {
                    assert_eq!(deed.by.actor, member.actor());
                    assert_eq!(deed.by.request.as_deref(), Some("r-1"));
                }
                CreditsAdjusted => {
                    assert_eq!(deed.by.actor, Actor::cli());
                    let change = (deed.before.as_deref(), deed.after.as_deref());
                    let up = (Some("10"), Some("15"));
                    let down = (Some("15"), Some("10"));
                    assert!(change == up || change == down, "{change:?}");
                    assert!(matches!(deed.by.reason.as_deref(), Some("sorry" | "a mistake")));
                }
                Blocked => {
                    assert_eq!(
                        (deed.before.as_deref(), deed.after.as_deref()),
                        (Some("open"), Some("frozen"))
                    );
                }
                _ => {}
            }
        }
        after = paged.next;
        if after.is_none() {
            break;
        }
    }
    names.reverse();
    assert_eq!(
        names,
        [
            UserCreated,
            SignedIn,
            KeyMade,
            KeyRevoked,
            CreditsAdjusted,
            CreditsAdjusted,
            Blocked,
            Unblocked,
            SensitiveRead,
            SessionEnded,
            CodeWrong,
            CodeWrong,
            CodeWrong,
            CodeWrong,
            CodeBurnt
        ]
    );
}

#[tokio::test]
async fn a_refused_act_leaves_no_deed() {
    let studio = TestStudio::open().await;
    let account = ada().account.id;
    let much = Credits::new(99).expect("few");
    let refused = studio.studio.ledger.take(account, much, "x".into(), Actor::cli()).await;
    assert!(refused.is_err());
    let page = Page { after: None, limit: 9 };
    let trail = studio.studio.accounts.trail(Some(account), page).await.expect("the trail").items;
    assert_eq!(trail.len(), 1, "she joined, and that is all");
}

#[tokio::test]
async fn a_change_of_role_ends_every_session() {
    use safelight_domain::{AccountChange, Changes, Role};
    use safelight_ports::Store;
    let studio = TestStudio::open().await;
    let (token, member) = sign_in(&studio, "ada@example.com").await.expect("signed in");
    let promote = |role| Changes::of(member.account_id(), [AccountChange::SetRole(role)]);
    studio.store.commit(promote(Role::Admin).by(Actor::cli())).await.expect("promoted");
    assert!(!lives(&studio, &token).await);
    let (token, _) = sign_in(&studio, "ada@example.com").await.expect("signed in");
    studio.store.commit(promote(Role::Admin)).await.expect("as she is");
    assert!(lives(&studio, &token).await, "nothing changed");
}
