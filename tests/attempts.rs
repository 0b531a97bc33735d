//! Sign-ins of one address are independent of each other, and what strangers ask for uses nothing
//! up that a person needs who was here before.

use std::net::IpAddr;

use safelight_domain::{Challenge, ChallengeId, Email, Purpose, SignedDuration};
use safelight_ports::Outbox;
use safelight_testkit::people::{Person, ada, grace};
use safelight_tests::{Setup, TestStudio};
use safelight_usecases::{Answer, Asked, Begun, Member, Proof, Proved, Visit};

const WRONG: Proof<'static> = Proof::Code("AAAA-AAAA");

fn email(text: &str) -> Email {
    Email::parse(text).expect("an address")
}

/// A place of its own for each number.
fn place(n: u8) -> IpAddr {
    IpAddr::from([198, 51, 100, n])
}

/// The code of the newest mail.
async fn code(studio: &TestStudio) -> String {
    let text = studio.setup.outbox.kept().await.swap_remove(0).mail.text;
    text.lines().next().expect("a line").trim_start_matches("Your code is ").to_owned()
}

async fn ask(studio: &TestStudio, address: &str, visit: Visit<'_>) -> Option<Begun> {
    match studio.studio.sign_in.ask(email(address), None, visit).await.ok()? {
        Asked::Begun(begun) => Some(begun),
        Asked::TooMany(_) => None,
    }
}

async fn answer(studio: &TestStudio, begun: &Begun, proof: Proof<'_>) -> Answer {
    let sign_in = &studio.studio.sign_in;
    sign_in.answer(begun.id, proof, &begun.browser, "Firefox", None).await.expect("judged")
}

/// Signs a person in; the cookie their browser is known by afterwards, and who they are.
async fn known(studio: &TestStudio, person: &Person) -> (String, Member) {
    let begun = studio.studio.sign_in.send_code(person.user.email.clone(), None).await;
    let typed = code(studio).await;
    match answer(studio, &begun.expect("mailed"), Proof::Code(&typed)).await {
        Answer::Right(signed_in) => {
            let device = studio.studio.devices.remember(None, person.account.id);
            let member = studio.studio.sessions.member(&signed_in.token).await.expect("asked");
            (device, member.expect("signed in"))
        }
        _ => panic!("the code is right"),
    }
}

/// As many codes for Ada as strangers at many places get.
async fn exhaust(studio: &TestStudio) -> usize {
    let mut sent = 0;
    for n in 0..60 {
        let visit = Visit { from: Some(place(n)), ..Visit::default() };
        sent += usize::from(ask(studio, "ada@example.com", visit).await.is_some());
    }
    sent
}

#[tokio::test]
async fn an_anonymous_request_for_an_address_ends_nobodys_code() {
    let studio = TestStudio::open().await;
    let sign_in = &studio.studio.sign_in;
    let (_, member) = known(&studio, &ada()).await;
    let mine = sign_in.send_code(email("ada@example.com"), None).await.expect("mailed");
    let my_code = code(&studio).await;
    let step_up = studio.studio.confirm.send(&member, "/admin", None).await.expect("mailed");
    let step_up_code = code(&studio).await;
    let link = sign_in.link_for(email("ada@example.com")).await.expect("she exists");

    exhaust(&studio).await;
    let stranger = ask(&studio, "ADA@example.com", Visit::default()).await;
    assert!(stranger.is_none(), "many wait already");

    assert!(matches!(answer(&studio, &mine, Proof::Code(&my_code)).await, Answer::Right(_)));
    let by = member.actor();
    let confirm = &studio.studio.confirm;
    let proved = confirm.confirm(&member, step_up.id, &step_up_code, &step_up.browser, by).await;
    assert!(matches!(proved.expect("judged"), Proved::Right(_)));
    let mut parts = link.rsplit('/');
    let (token, id) = (parts.next().expect("a token"), parts.next().expect("an id"));
    let id: ChallengeId = id.parse().expect("an id");
    let opened = sign_in.answer(id, Proof::Link(token), "any", "Firefox", None).await;
    assert!(matches!(opened.expect("judged"), Answer::Right(_)));
}

#[tokio::test]
async fn a_browser_waits_for_one_code_of_a_purpose_at_a_time() {
    let studio = TestStudio::open().await;
    let (_, member) = known(&studio, &grace()).await;
    let first = ask(&studio, "ada@example.com", Visit::default()).await.expect("mailed");
    let first_code = code(&studio).await;
    let browser = Some(first.browser.as_str());
    // The cookie of one purpose is none for another.
    let confirm = &studio.studio.confirm;
    let step_up = confirm.send(&member, "/account", browser).await.expect("mailed");
    assert!(studio.studio.sign_in.knows(first.id, browser).await.expect("asked"));

    let visit = Visit { browser, ..Visit::default() };
    let second = ask(&studio, "grace@example.com", visit).await.expect("mailed");
    let second_code = code(&studio).await;
    assert!(matches!(answer(&studio, &first, Proof::Code(&first_code)).await, Answer::Dead));
    assert!(matches!(answer(&studio, &second, Proof::Code(&second_code)).await, Answer::Right(_)));
    let waiting = confirm.waiting(step_up.id, Some(&step_up.browser), Purpose::Confirm).await;
    assert!(waiting.expect("asked").is_some());
}

#[tokio::test]
async fn strangers_cannot_fill_an_address_for_whoever_was_here_before() {
    let studio = TestStudio::open().await;
    let (device, member) = known(&studio, &ada()).await;
    let at_once = exhaust(&studio).await;
    assert_eq!(at_once, Challenge::OF_STRANGERS, "so many wait at once");
    let hers = Visit { device: Some(&device), from: Some(place(1)), ..Visit::default() };
    let begun = ask(&studio, "ada@example.com", hers).await.expect("she was here before");
    let typed = code(&studio).await;
    assert!(matches!(answer(&studio, &begun, Proof::Code(&typed)).await, Answer::Right(_)));
    let step_up = studio.studio.quotas.code_by_member(member.account_id()).await.expect("counted");
    assert!(step_up.allowed);
    // Her cookie is nobody else's, however it is bent.
    let theirs = studio.studio.devices.remember(None, grace().account.id);
    let bent = format!("{}{}", &device[..32], &theirs[32..]);
    for cookie in [theirs.as_str(), &bent, &device[1..], "", &"a".repeat(10_000)] {
        let visit = Visit { device: Some(cookie), from: Some(place(99)), ..Visit::default() };
        assert!(ask(&studio, "ada@example.com", visit).await.is_none(), "{cookie}");
    }
    // Ten minutes later nothing waits any more.
    studio.setup.clock.advance(Challenge::LIFETIME + SignedDuration::from_secs(1));
    assert!(
        ask(&studio, "ada@example.com", Visit { from: Some(place(98)), ..hers }).await.is_some()
    );
}

#[tokio::test]
async fn a_browser_is_known_to_a_few_accounts_and_stays_itself() {
    let studio = TestStudio::open().await;
    let devices = &studio.studio.devices;
    let mut cookie = devices.remember(None, ada().account.id);
    let hers = devices.known(Some(&cookie), Some(ada().account.id)).expect("known");
    cookie = devices.remember(Some(&cookie), ada().account.id);
    assert_eq!(
        devices.known(Some(&cookie), Some(ada().account.id)),
        Some(hers.clone()),
        "no new count"
    );
    cookie = devices.remember(Some(&cookie), grace().account.id);
    assert_eq!(devices.known(Some(&cookie), Some(ada().account.id)), Some(hers));
    for _ in 0..3 {
        cookie = devices.remember(Some(&cookie), safelight_domain::AccountId(studio.id()));
        assert!(cookie.len() <= 256, "cookies are read so far");
    }
    assert_eq!(
        devices.known(Some(&cookie), Some(ada().account.id)),
        None,
        "the oldest is forgotten"
    );
}

#[tokio::test]
async fn guesses_are_bounded_over_all_codes_of_an_address() {
    let studio = TestStudio::open().await;
    let (device, _) = known(&studio, &ada()).await;
    let sign_in = &studio.studio.sign_in;
    let mut judged = 0;
    for hour_part in 0..5 {
        for n in 0..40 {
            let from = Some(place(hour_part * 40 + n));
            let visit = Visit { from, ..Visit::default() };
            let Some(begun) = ask(&studio, "ada@example.com", visit).await else { continue };
            let visit = Visit { browser: Some(&begun.browser), ..visit };
            for _ in 0..Challenge::TRIES {
                let quota = sign_in.count_answer(Some(begun.id), visit).await.expect("counted");
                if quota.expect("it waits here").allowed {
                    assert!(matches!(answer(&studio, &begun, WRONG).await, Answer::Wrong(_)));
                    judged += 1;
                }
            }
        }
        studio.setup.clock.advance(Challenge::LIFETIME + SignedDuration::from_secs(1));
    }
    assert_eq!(judged, 100, "of all codes and places together, in an hour");
    // Where she was before, her own tries are left.
    let hers = Visit { device: Some(&device), from: Some(place(1)), ..Visit::default() };
    let begun = ask(&studio, "ada@example.com", hers).await.expect("mailed");
    let typed = code(&studio).await;
    let hers = Visit { browser: Some(&begun.browser), ..hers };
    let quota = sign_in.count_answer(Some(begun.id), hers).await.expect("counted");
    assert!(quota.expect("it waits here").allowed);
    assert!(matches!(answer(&studio, &begun, Proof::Code(&typed)).await, Answer::Right(_)));
}

#[tokio::test]
async fn answers_from_elsewhere_use_up_no_address() {
    let studio = TestStudio::open().await;
    let sign_in = &studio.studio.sign_in;
    let visit = Visit { from: Some(place(1)), ..Visit::default() };
    let begun = ask(&studio, "ada@example.com", visit).await.expect("mailed");
    let stranger =
        Visit { browser: Some("another browser"), from: Some(place(2)), ..Visit::default() };
    for n in 0..200 {
        let quota = sign_in.count_answer(Some(begun.id), stranger).await.expect("counted");
        assert_eq!(quota.expect("counted by place").allowed, n < 60);
    }
    let mine = Visit { browser: Some(&begun.browser), from: Some(place(2)), ..Visit::default() };
    let quota = sign_in.count_answer(Some(begun.id), mine).await.expect("counted");
    assert_eq!(quota.map(|quota| quota.remaining), Some(99));
}

#[tokio::test]
async fn one_place_uses_up_neither_an_address_nor_everybodys_mails() {
    let studio = TestStudio::open().await;
    let one = Visit { from: Some(place(1)), ..Visit::default() };
    let mut sent = 0;
    for n in 0..700 {
        let address = format!("ada+{}@example.com", n % 200);
        sent += u32::from(ask(&studio, &address, one).await.is_some());
        studio.setup.clock.advance(SignedDuration::from_secs(5));
    }
    assert!(sent <= 60, "{sent} mails in an hour, a tenth of all");
    for _ in 0..20 {
        ask(&studio, "grace@example.com", Visit { from: Some(place(2)), ..one }).await;
    }
    let other = Visit { from: Some(place(3)), ..one };
    assert!(ask(&studio, "grace@example.com", other).await.is_some(), "asked from another place");
}

#[tokio::test]
async fn a_fifth_of_all_mails_is_kept_for_whoever_was_here_before() {
    let setup = Setup::default().mails(20);
    let studio = TestStudio::with(setup).await;
    let (device, member) = known(&studio, &ada()).await;
    let mut sent = 0;
    for n in 0..60 {
        let visit = Visit { from: Some(place(n)), ..Visit::default() };
        sent += u32::from(ask(&studio, &format!("new{n}@example.com"), visit).await.is_some());
    }
    assert_eq!(sent, 16, "four fifths");
    let hers = Visit { device: Some(&device), from: Some(place(1)), ..Visit::default() };
    assert!(ask(&studio, "ada@example.com", hers).await.is_some());
    let quotas = &studio.studio.quotas;
    for left in (0..3).rev() {
        let quota = quotas.code_by_member(member.account_id()).await.expect("counted");
        assert_eq!((quota.allowed, quota.remaining), (true, left));
    }
    studio.setup.clock.advance(SignedDuration::from_secs(61));
    assert!(!quotas.code_by_member(member.account_id()).await.expect("counted").allowed, "all");
}
