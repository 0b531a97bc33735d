//! Passwordless sign-in, from the mail to the session.

use safelight_domain::{ChallengeId, Email, SignedDuration};
use safelight_ports::Outbox;
use safelight_tests::TestStudio;
use safelight_usecases::{Answer, Proof, SignedIn};

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
    studio.studio.sign_in.answer(id, proof, browser, "Firefox").await.expect("judged")
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
    let second = studio.studio.sign_in.send_code(ada, None).await.expect("mailed");
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
    sessions.end(account, member.session.id).await.expect("ended");
    assert_eq!(sessions.member(&tokens[0]).await.expect("asked"), None);
    let mine = sessions.member(&tokens[1]).await.expect("asked").expect("signed in");
    sessions.end_all(account, Some(mine.session.id)).await.expect("ended");
    assert_eq!(sessions.member(&tokens[2]).await.expect("asked"), None);
    assert!(sessions.member(&tokens[1]).await.expect("asked").is_some());
    studio.studio.accounts.set_blocked(account, true).await.expect("blocked");
    assert!(sessions.member(&tokens[1]).await.is_err());
    studio.studio.accounts.set_blocked(account, false).await.expect("unblocked");
    studio.setup.clock.advance(SignedDuration::from_hours(15 * 24));
    assert_eq!(sessions.member(&tokens[1]).await.expect("asked"), None, "idle for too long");
    assert_eq!(sessions.member("").await.expect("asked"), None);
}
