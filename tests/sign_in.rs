//! Passwordless sign-in, from the mail to the session.

use safelight_domain::{Actor, ChallengeId, Email, SignedDuration};
use safelight_ports::Outbox;
use safelight_tests::TestStudio;
use safelight_usecases::{Answer, Asked, Proof, SignedIn, Visit};

fn email(text: &str) -> Email {
    Email::parse(text).expect("an address")
}

/// The code and the link's token of the newest mail.
async fn mailed(studio: &TestStudio) -> (String, ChallengeId, String) {
    let kept = studio.setup.outbox.kept().await;
    let text = &kept[0].mail.text;
    let code = text.lines().next().expect("a line").trim_start_matches("Your code is ").to_owned();
    let link = text.lines().find(|line| line.contains("/sign-in/link/")).expect("a link");
    let mut parts = link.rsplit('/');
    let token = parts.next().expect("a token").to_owned();
    (code, parts.next().expect("an id").parse().expect("an id"), token)
}

async fn answer(studio: &TestStudio, id: ChallengeId, proof: Proof<'_>, browser: &str) -> Answer {
    studio.studio.sign_in.answer(id, proof, browser, "Firefox", None).await.expect("judged")
}

fn right(answer: Answer) -> SignedIn {
    match answer {
        Answer::Right(signed_in) => *signed_in,
        Answer::Wrong(left) => panic!("wrong, {left} left"),
        Answer::Dead => panic!("dead"),
    }
}

#[tokio::test]
async fn a_code_signs_in_once_and_opens_an_account_for_a_new_address() {
    let studio = TestStudio::open().await;
    let begun = studio.studio.sign_in.send_code(email("new@example.com"), Some("/gallery")).await;
    let begun = begun.expect("mailed");
    let (code, id, _) = mailed(&studio).await;
    assert_eq!(id, begun.id);
    let typed = code.to_lowercase().replace('-', " ");
    let signed_in = right(answer(&studio, id, Proof::Code(&typed), &begun.browser).await);
    assert_eq!(signed_in.return_to, "/gallery");
    let member = studio.studio.sessions.member(&signed_in.token).await.expect("asked");
    assert_eq!(member.expect("signed in").user.email, email("new@example.com"));
    let again = answer(&studio, id, Proof::Code(&code), &begun.browser).await;
    assert!(matches!(again, Answer::Dead), "a code works once");
}

#[tokio::test]
async fn a_link_works_in_the_browser_that_asked_and_looking_at_it_uses_nothing_up() {
    let studio = TestStudio::open().await;
    let begun = studio.studio.sign_in.send_code(email("ada@example.com"), None).await;
    let begun = begun.expect("mailed");
    let (_, id, token) = mailed(&studio).await;
    let sign_in = &studio.studio.sign_in;
    assert!(!sign_in.knows(id, None).await.expect("asked"), "a scanner learns nothing");
    for _ in 0..3 {
        assert!(sign_in.knows(id, Some(&begun.browser)).await.expect("asked"));
    }
    let stolen = answer(&studio, id, Proof::Link(&token), "another browser").await;
    assert!(matches!(stolen, Answer::Dead));
    let signed_in = right(answer(&studio, id, Proof::Link(&token), &begun.browser).await);
    assert_eq!(signed_in.person.user.email, email("ada@example.com"));
    assert_eq!(signed_in.return_to, "/studio");
}

#[tokio::test]
async fn five_wrong_codes_burn_the_attempt() {
    let studio = TestStudio::open().await;
    let begun = studio.studio.sign_in.send_code(email("ada@example.com"), None).await;
    let begun = begun.expect("mailed");
    let (code, id, _) = mailed(&studio).await;
    for left in (0..5).rev() {
        let wrong = answer(&studio, id, Proof::Code("AAAA-AAAA"), &begun.browser).await;
        assert!(matches!(wrong, Answer::Wrong(n) if n == left));
    }
    let burnt = answer(&studio, id, Proof::Code(&code), &begun.browser).await;
    assert!(matches!(burnt, Answer::Dead));
}

#[tokio::test]
async fn a_code_lapses_after_ten_minutes_and_when_another_is_sent() {
    let studio = TestStudio::open().await;
    let ada = email("ada@example.com");
    let first = studio.studio.sign_in.send_code(ada.clone(), None).await.expect("mailed");
    let (code, ..) = mailed(&studio).await;
    let visit = Visit { browser: Some(&first.browser), ..Visit::default() };
    let second = match studio.studio.sign_in.ask(ada, None, visit).await.expect("mailed") {
        Asked::Begun(second) => second,
        Asked::TooMany(quota) => panic!("{quota}"),
    };
    let replaced = answer(&studio, first.id, Proof::Code(&code), &first.browser).await;
    assert!(matches!(replaced, Answer::Dead));
    let (code, ..) = mailed(&studio).await;
    studio.setup.clock.advance(SignedDuration::from_secs(601));
    let late = answer(&studio, second.id, Proof::Code(&code), &second.browser).await;
    assert!(matches!(late, Answer::Dead));
}

#[tokio::test]
async fn the_operators_link_works_once_in_any_browser() {
    let studio = TestStudio::open().await;
    let sign_in = &studio.studio.sign_in;
    let link = sign_in.link_for(email("grace@example.com")).await.expect("she exists");
    assert!(studio.setup.outbox.kept().await.is_empty(), "nothing was mailed");
    let mut parts = link.rsplit('/');
    let (token, id) = (parts.next().expect("a token"), parts.next().expect("an id"));
    let id = id.parse().expect("an id");
    assert!(sign_in.knows(id, None).await.expect("asked"));
    right(answer(&studio, id, Proof::Link(token), "whatever").await);
    assert!(matches!(answer(&studio, id, Proof::Link(token), "whatever").await, Answer::Dead));
    assert!(sign_in.link_for(email("nobody@example.com")).await.is_err());
}

#[tokio::test]
async fn sessions_end_by_sign_out_by_age_and_by_block() {
    let studio = TestStudio::open().await;
    let mut tokens = Vec::new();
    for _ in 0..4 {
        let begun = studio.studio.sign_in.send_code(email("ada@example.com"), None).await;
        let begun = begun.expect("mailed");
        let (code, id, _) = mailed(&studio).await;
        tokens.push(right(answer(&studio, id, Proof::Code(&code), &begun.browser).await).token);
    }
    let sessions = &studio.studio.sessions;
    let member = sessions.member(&tokens[0]).await.expect("asked").expect("signed in");
    let account = member.account_id();
    assert_eq!(sessions.list(account).await.expect("a list").len(), 4);
    sessions.end(account, member.session.id, member.actor()).await.expect("ended");
    assert_eq!(sessions.member(&tokens[0]).await.expect("asked"), None);
    let mine = sessions.member(&tokens[1]).await.expect("asked").expect("signed in");
    sessions.end_all(account, Some(mine.session.id), mine.actor()).await.expect("ended");
    assert_eq!(sessions.member(&tokens[2]).await.expect("asked"), None);
    assert!(sessions.member(&tokens[1]).await.expect("asked").is_some());
    studio.studio.accounts.set_blocked(account, true, Actor::cli()).await.expect("blocked");
    assert!(sessions.member(&tokens[1]).await.is_err());
    studio.studio.accounts.set_blocked(account, false, Actor::cli()).await.expect("unblocked");
    studio.setup.clock.advance(SignedDuration::from_hours(15 * 24));
    assert_eq!(sessions.member(&tokens[1]).await.expect("asked"), None, "idle for too long");
    assert_eq!(sessions.member("").await.expect("asked"), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_right_answers_one_wins() {
    let studio = TestStudio::open().await;
    let begun = studio.studio.sign_in.send_code(email("ada@example.com"), None).await;
    let begun = begun.expect("mailed");
    let (code, id, token) = mailed(&studio).await;
    let proofs = (0..16).map(|n| if n % 2 == 0 { Proof::Code(&code) } else { Proof::Link(&token) });
    let answers = proofs.map(|proof| answer(&studio, id, proof, &begun.browser));
    let answers = futures_util::future::join_all(answers).await;
    let right = answers.iter().filter(|answer| matches!(answer, Answer::Right(_))).count();
    assert_eq!(right, 1);
}

#[tokio::test]
async fn tags_dots_and_look_alikes_are_other_addresses() {
    let studio = TestStudio::open().await;
    let mut accounts = std::collections::BTreeSet::new();
    for address in [
        "ada@example.com",
        "ADA@Example.com",
        "ada+x@example.com",
        "a.da@example.com",
        "\u{430}da@example.com",
    ] {
        let begun = studio.studio.sign_in.send_code(email(address), None).await.expect("mailed");
        let (code, id, _) = mailed(&studio).await;
        let signed_in = right(answer(&studio, id, Proof::Code(&code), &begun.browser).await);
        accounts.insert(signed_in.person.account.id);
    }
    assert_eq!(accounts.len(), 4, "only capitals are folded");
}

#[tokio::test]
async fn a_code_lives_to_its_last_instant() {
    let studio = TestStudio::open().await;
    for (after, works) in [(600_000, true), (600_001, false)] {
        let begun = studio.studio.sign_in.send_code(email("ada@example.com"), None).await;
        let begun = begun.expect("mailed");
        let (code, id, _) = mailed(&studio).await;
        studio.setup.clock.advance(SignedDuration::from_millis(after));
        let answer = answer(&studio, id, Proof::Code(&code), &begun.browser).await;
        assert_eq!(matches!(answer, Answer::Right(_)), works, "after {after} ms");
    }
}

#[tokio::test]
async fn a_session_ends_idle_and_by_age_to_the_instant() {
    use safelight_domain::Session;
    let studio = TestStudio::open().await;
    let begun = studio.studio.sign_in.send_code(email("ada@example.com"), None).await;
    let begun = begun.expect("mailed");
    let (code, id, _) = mailed(&studio).await;
    let token = right(answer(&studio, id, Proof::Code(&code), &begun.browser).await).token;
    let (clock, micro) = (&studio.setup.clock, SignedDuration::from_micros(1));
    let born = studio.studio.now();
    let lives = async || studio.studio.sessions.member(&token).await.expect("asked").is_some();
    clock.set(born + Session::IDLE - micro);
    assert!(lives().await, "used in its last instant, it goes on");
    clock.set(born + Session::IDLE - micro + Session::IDLE - micro);
    assert!(lives().await);
    clock.set(born + Session::LIFETIME - micro);
    assert!(lives().await);
    clock.set(born + Session::LIFETIME);
    assert!(!lives().await, "however busy it was");
    let begun = studio.studio.sign_in.send_code(email("ada@example.com"), None).await;
    let begun = begun.expect("mailed");
    let (code, id, _) = mailed(&studio).await;
    let idle = right(answer(&studio, id, Proof::Code(&code), &begun.browser).await).token;
    clock.advance(Session::IDLE);
    assert_eq!(studio.studio.sessions.member(&idle).await.expect("asked"), None);
}
