//! One mailbox is one account and one bonus, and mail goes to the address on file.

use std::{collections::BTreeMap, net::IpAddr};

use proptest::prelude::*;
use safelight_domain::{AccountId, Actor, Email, SignedDuration};
use safelight_ports::Outbox;
use safelight_testkit::people::ada;
use safelight_tests::{Setup, TestStudio};
use safelight_usecases::{Answer, Begun, NoBonus, Proof, SignedIn};

fn email(text: &str) -> Email {
    Email::parse(text).expect("an address")
}

/// Where the newest mail went, and its code.
async fn newest(studio: &TestStudio) -> (Email, String) {
    let mail = studio.setup.outbox.kept().await.swap_remove(0).mail;
    let code = mail.text.lines().next().expect("a line").trim_start_matches("Your code is ");
    (mail.to.clone(), code.to_owned())
}

async fn answer(studio: &TestStudio, begun: &Begun, code: &str, from: Option<IpAddr>) -> SignedIn {
    let (sign_in, proof) = (&studio.studio.sign_in, Proof::Code(code));
    let answer = sign_in.answer_from(from, begun.id, proof, &begun.browser, "x", None).await;
    match answer.expect("judged") {
        Answer::Right(signed_in) => *signed_in,
        _ => panic!("the code is right"),
    }
}

/// Signs in at `from` with what was typed; who that is, and where the mail went.
async fn sign_in(studio: &TestStudio, typed: &str, from: Option<IpAddr>) -> (SignedIn, Email) {
    let begun = studio.studio.sign_in.send_code(email(typed), None).await.expect("mailed");
    let (to, code) = newest(studio).await;
    (answer(studio, &begun, &code, from).await, to)
}

async fn with_bonus() -> TestStudio {
    TestStudio::with(Setup::default().bonus(10)).await
}

#[tokio::test]
async fn mail_goes_to_the_address_on_file_and_nowhere_else() {
    let studio = TestStudio::open().await;
    for (typed, on_file) in [
        ("Kim@B\u{fc}cher.example", "Kim@xn--bcher-kva.example"),
        ("KIM@xn--bcher-kva.EXAMPLE", "Kim@xn--bcher-kva.example"),
        ("kim@bu\u{308}cher.example", "Kim@xn--bcher-kva.example"),
        ("ADA@EXAMPLE.com", "ada@example.com"),
    ] {
        let (signed_in, to) = sign_in(&studio, typed, None).await;
        assert_eq!(to.as_str(), on_file, "{typed}");
        assert_eq!(signed_in.person.user.email.as_str(), on_file, "{typed}");
    }
    // A look-alike of a letter is refused, or another mailbox that gets its own mail.
    assert!(Email::parse("\u{212a}im@xn--bcher-kva.example").is_err());
    for alike in ["\u{43a}im@xn--bcher-kva.example", "k\u{131}m@xn--bcher-kva.example"] {
        let (signed_in, to) = sign_in(&studio, alike, None).await;
        assert_eq!(to.as_str(), alike);
        assert_eq!(signed_in.person.user.email.as_str(), alike);
    }
    // Moving to an address that is somebody's writes to them as they have it on file.
    let (signed_in, _) = sign_in(&studio, "ada@example.com", None).await;
    let member = studio.studio.sessions.member(&signed_in.token).await.expect("asked");
    let member = member.expect("signed in");
    let confirm = &studio.studio.confirm;
    confirm.send_to(&member, email("KIM@B\u{fc}cher.example"), None).await.expect("mailed");
    assert_eq!(newest(&studio).await.0.as_str(), "Kim@xn--bcher-kva.example");
    confirm.send(&member, "/account", None).await.expect("mailed");
    assert_eq!(newest(&studio).await.0.as_str(), "ada@example.com");
}

fn spelling() -> impl Strategy<Value = String> {
    let local = prop_oneof![
        Just("kim"),
        Just("KIM"),
        Just("kIm"),
        Just("\u{212a}im"),
        Just("k\u{131}m"),
        Just("jos\u{e9}"),
        Just("jose\u{301}"),
        Just("JOS\u{c9}"),
        Just("h\u{331}a"),
        Just("H\u{331}A"),
        Just("\u{1e96}a"),
        Just("kim\u{200b}"),
    ];
    let domain = prop_oneof![
        Just("b\u{fc}cher.example"),
        Just("BU\u{308}CHER.example"),
        Just("xn--bcher-kva.example"),
        Just("XN--BCHER-KVA.Example"),
        Just("bucher.example"),
    ];
    (local, domain).prop_map(|(local, domain)| format!("{local}@{domain}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn no_two_accounts_answer_to_one_mailbox(spellings in prop::collection::vec(spelling(), 1..8)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let studio = TestStudio::open().await;
            let mut accounts: BTreeMap<String, AccountId> = BTreeMap::new();
            let mut filed: BTreeMap<AccountId, String> = BTreeMap::new();
            for typed in spellings {
                let Ok(read) = Email::parse(&typed) else { continue };
                let (signed_in, to) = sign_in(&studio, &typed, None).await;
                let (id, user) = (signed_in.person.account.id, signed_in.person.user);
                let first = accounts.entry(read.canonical().to_owned()).or_insert(id);
                prop_assert_eq!(*first, id);
                let on_file = filed.entry(id).or_insert_with(|| user.email.as_str().to_owned());
                prop_assert_eq!(to.as_str(), on_file.as_str());
            }
            prop_assert_eq!(accounts.len(), filed.len(), "one canonical form, one account");
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn a_person_gets_the_bonus_once_whatever_they_add_to_their_address() {
    let studio = with_bonus().await;
    let (first, _) = sign_in(&studio, "new@example.com", None).await;
    assert_eq!((first.person.account.balance.get(), first.no_bonus), (10, None));
    for n in 0..20 {
        let (again, _) = sign_in(&studio, &format!("new+{n}@example.com"), None).await;
        let given = (again.person.account.balance.get(), again.no_bonus);
        assert_eq!(given, (0, Some(NoBonus::Mailbox)), "{n}");
        assert!(studio.studio.sessions.member(&again.token).await.expect("asked").is_some());
    }
    let (dots, _) = sign_in(&studio, "n.e.w@gmail.com", None).await;
    assert_eq!(dots.no_bonus, None);
    for alias in ["new@gmail.com", "New+x@GoogleMail.com", "ne.w@googlemail.com"] {
        assert_eq!(sign_in(&studio, alias, None).await.0.no_bonus, Some(NoBonus::Mailbox));
    }
    let (signed_in, _) = sign_in(&studio, "new@example.com", None).await;
    assert_eq!(signed_in.no_bonus, None, "only a new account is told");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sign_ups_of_one_mailbox_at_once_get_one_bonus() {
    let studio = with_bonus().await;
    let accounts = &studio.studio.accounts;
    let all = (0..16).map(|n| accounts.open(email(&format!("new+{n}@example.com")), None));
    let opened = futures_util::future::join_all(all).await;
    let opened: Vec<_> = opened.into_iter().map(|opened| opened.expect("it opens")).collect();
    let given = opened.iter().filter(|opened| opened.no_bonus.is_none()).count();
    let credits: u32 = opened.iter().map(|opened| opened.person.account.balance.get()).sum();
    assert_eq!((given, credits), (1, 10));
}

#[tokio::test]
async fn leaving_and_joining_again_gives_no_second_bonus() {
    let studio = with_bonus().await;
    // Ada joined before mailboxes were noted; the first round of housekeeping notes hers.
    studio.studio.accounts.note_mailboxes().await.expect("noted");
    let (new, _) = sign_in(&studio, "new@example.com", None).await;
    for account in [ada().account.id, new.person.account.id] {
        studio.studio.accounts.leave(account, Actor::cli()).await.expect("asked for");
    }
    studio.setup.clock.advance(SignedDuration::from_hours(30 * 24));
    studio.studio.removals.sweep().await.expect("a round");
    studio.studio.accounts.note_mailboxes().await.expect("nothing to note");
    for address in ["new@example.com", "ada@example.com", "ada+again@example.com"] {
        let (again, _) = sign_in(&studio, address, None).await;
        let given = (again.person.account.balance.get(), again.no_bonus);
        assert_eq!(given, (0, Some(NoBonus::Mailbox)), "{address}");
    }
}

#[tokio::test]
async fn a_place_gets_so_many_bonuses_a_day_and_accounts_work_without() {
    let studio = with_bonus().await;
    let (one, other) = (Some(IpAddr::from([192, 0, 2, 1])), Some(IpAddr::from([192, 0, 2, 2])));
    let mut given = Vec::new();
    for (n, from) in [(0, one), (1, one), (2, one), (3, one), (4, other), (5, None)] {
        let (signed_in, _) = sign_in(&studio, &format!("person{n}@example.com"), from).await;
        given.push((signed_in.person.account.balance.get(), signed_in.no_bonus));
        assert!(studio.studio.sessions.member(&signed_in.token).await.expect("asked").is_some());
    }
    let full = (0, Some(NoBonus::Place));
    assert_eq!(given, [(10, None), (10, None), (10, None), full, (10, None), (10, None)]);
    studio.setup.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(sign_in(&studio, "person6@example.com", one).await.0.no_bonus, None);
}
