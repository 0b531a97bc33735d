//! A submit is sent once, and what became of it is never guessed.

use std::sync::Arc;

use safelight_adapters_fal::{FalSettings, Outage};
use safelight_domain::SignedDuration;
use safelight_ports::{Provider, SubmitError, chain};
use safelight_testkit::{ManualClock, fal::Account};

use super::{Bench, KEY, fal, render, says};

/// The outcome in one word, with the slug of a refusal.
fn word(answer: &Result<String, SubmitError>) -> String {
    match answer {
        Ok(_) => "accepted".to_owned(),
        Err(SubmitError::Refused(slug)) => slug.clone(),
        Err(SubmitError::Filtered) => "filtered".to_owned(),
        Err(SubmitError::NotSent(_)) => "not sent".to_owned(),
        Err(SubmitError::Lost(_)) => "lost".to_owned(),
    }
}

#[tokio::test]
async fn what_an_answer_means() {
    for (prompt, expected) in [
        ("a fox", "accepted"),
        ("[brief]", "accepted"),
        ("[strange-urls]", "accepted"),
        ("[lost]", "lost"),
        ("[silent]", "lost"),
        ("[garbled]", "lost"),
        ("[nameless]", "lost"),
        ("[answer model500]", "lost"),
        ("[answer plain500]", "lost"),
        ("[answer runner503]", "lost"),
        ("[answer start504]", "lost"),
        ("[answer ingress502]", "lost"),
        ("[answer cancelled]", "lost"),
        ("[moved]", "not sent"),
        ("[answer busy]", "not sent"),
        ("[answer badkey]", "not sent"),
        ("[answer payment402]", "not sent"),
        ("[answer locked]", "not sent"),
        ("[answer forbidden]", "not sent"),
        ("[answer policy]", "filtered"),
        ("[answer missing]", "refused_input"),
        ("[answer string422]", "refused_input"),
        ("[answer novel422]", "refused_input"),
        ("[answer bad400]", "refused_input"),
        ("[answer noapp]", "model_unavailable"),
    ] {
        let bench = Bench::new();
        let answer = bench.fal.submit(render(), &says(prompt)).await;
        assert_eq!(word(&answer), expected, "{prompt}");
        assert_eq!(bench.simulator.submits().len(), 1, "{prompt} was sent once");
        assert!(bench.simulator.media_received().is_empty(), "{prompt} led nowhere else");
        if let Err(error) = answer {
            let told = chain(&error);
            for secret in ["secret", "127.0.0.1", prompt] {
                assert!(!told.contains(secret), "{told}");
            }
        }
    }
}

#[tokio::test]
async fn what_never_left_was_not_sent() {
    let bench = Bench::new();
    let plain = bench.simulator.queue_url();
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let no_tls = plain.replace("http://", "https://");
    for url in [closed.as_str(), no_tls.as_str(), "http://nowhere.invalid"] {
        let settings = FalSettings {
            key: KEY,
            queue_url: Some(url),
            app_url: "http://127.0.0.1:8080",
            ..FalSettings::default()
        };
        let fal = fal(&settings, Arc::new(ManualClock::new()));
        let answer = fal.submit(render(), &says("a fox")).await;
        assert_eq!(word(&answer), "not sent", "{url}: {answer:?}");
    }
    assert!(bench.simulator.submits().is_empty());
}

#[tokio::test]
async fn a_model_nobody_knows_is_refused_here() {
    let bench = Bench::new();
    let mut order = says("a fox");
    "dall-e".clone_into(&mut order.model.0);
    assert_eq!(word(&bench.fal.submit(render(), &order).await), "unknown_model");
    assert!(bench.simulator.queue_received().is_empty());
}

#[tokio::test]
async fn what_goes_out() {
    let bench = Bench::new();
    bench.submit("a fox").await;
    let submits = bench.simulator.submits();
    let sent = &submits[0];
    assert_eq!((sent.path.as_str(), sent.query.as_str()), ("/fal-ai/flux/schnell", ""));
    for (name, value) in [
        ("authorization", "Key key-id:key-secret"),
        ("content-type", "application/json"),
        ("x-fal-request-timeout", "3600"),
        ("x-fal-object-lifecycle-preference", r#"{"expiration_duration_seconds":86400}"#),
        ("x-app-fal-disable-fallback", "true"),
        ("user-agent", "safelight"),
    ] {
        assert_eq!(sent.header(name), Some(value), "{name}");
    }
    let body: serde_json::Value = serde_json::from_slice(&sent.body).unwrap();
    assert_eq!((&body["prompt"], &body["sync_mode"]), (&"a fox".into(), &serde_json::Value::Null));
}

#[tokio::test]
async fn an_account_that_does_not_work_is_left_alone_for_a_while() {
    let bench = Bench::new();
    let submit = async || word(&bench.fal.submit(render(), &says("a fox")).await);
    for (account, outage) in
        [(Account::Locked, Outage::OutOfFunds), (Account::Revoked, Outage::BadKey)]
    {
        let before = bench.simulator.submits().len();
        bench.simulator.account(account);
        for _ in 0..3 {
            assert_eq!(submit().await, "not sent");
        }
        assert_eq!(bench.simulator.submits().len() - before, 1, "the others were not even tried");
        assert_eq!(bench.fal.outage(), Some(outage));
        bench.simulator.account(Account::Good);
        assert_eq!(submit().await, "not sent", "not before the pause is over");
        bench.clock.advance(SignedDuration::from_mins(1));
        assert_eq!(submit().await, "accepted");
        assert_eq!(bench.fal.outage(), None);
        assert_eq!(submit().await, "accepted");
    }
}

#[tokio::test]
async fn whoever_hangs_up_in_time_has_sent_nothing() {
    let bench = Bench::new();
    // All hands are busy with answers that never come.
    let silent: Vec<_> = (0..8)
        .map(|_| {
            let fal = Arc::clone(&bench.fal);
            tokio::spawn(async move { fal.submit(render(), &says("[silent]")).await })
        })
        .collect();
    while bench.simulator.submits().len() < 8 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let soon = std::time::Duration::from_millis(50);
    let order = says("a fox");
    let waits = bench.fal.submit(render(), &order);
    assert!(tokio::time::timeout(soon, waits).await.is_err());
    for one in silent {
        assert_eq!(word(&one.await.unwrap()), "lost");
    }
    bench.submit("another").await;
    assert_eq!(bench.simulator.submits().len(), 9);
}
