//! A push proves that fal calls about this render, or nothing.

use std::time::Duration;

use safelight_domain::SignedDuration;
use safelight_ports::{Clock, Provider, ProviderPush, Push, PushRefused, Pushed};
use safelight_testkit::{
    Received, Reply, Server,
    fal::{Account, SigningKeys},
};

use super::{Bench, render, says};

/// Waits until `count` requests arrived.
async fn arrived(server: &Server, count: usize) -> Vec<Received> {
    for _ in 0..2_000 {
        let received = server.received();
        if received.len() >= count {
            return received;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("{} of {count} pushes arrived", server.received().len());
}

/// A studio's door that takes every push, and a bench that is told of it.
fn door(reply: Reply) -> (Server, Bench) {
    let door = Server::start(0, move |_| reply.clone()).unwrap();
    let url = door.url();
    let bench = Bench::with(|settings| {
        (settings.app_url, settings.webhooks) = (&url, Some("on"));
    });
    (door, bench)
}

fn taken() -> Reply {
    Reply::new(204, "text/plain", "")
}

/// What the web route makes of a request.
fn push(received: &Received) -> Push {
    assert_eq!(received.path, "/webhooks/fal");
    Push {
        render: received.parameter("render").unwrap().parse().unwrap(),
        token: received.parameter("token").unwrap(),
        headers: received.headers.clone(),
        body: received.body.clone(),
    }
}

async fn pushed(bench: &Bench, door: &Server, prompt: &str) -> (String, Push) {
    let before = door.received().len();
    let id = bench.submit(prompt).await;
    let received = arrived(door, before + 1).await;
    (id, push(&received[before]))
}

fn key_reads(bench: &Bench) -> usize {
    bench.simulator.queue_received().iter().filter(|r| r.path.ends_with("jwks.json")).count()
}

#[tokio::test]
async fn a_push_of_fal_about_this_render_is_proven() {
    let (door, bench) = door(taken());
    for prompt in ["a fox", "[error policy]", "[push null]", "[push early]", "[push foreign]"] {
        let (id, push) = pushed(&bench, &door, prompt).await;
        let proven = bench.fal.verify(push).await.unwrap();
        assert_eq!(proven, Pushed { render: render(), request_id: id }, "{prompt}");
    }
    assert_eq!(key_reads(&bench), 1, "the keys are kept");
    let reads = bench.simulator.queue_received();
    let keys = reads.iter().find(|r| r.path.ends_with("jwks.json")).unwrap();
    assert_eq!(keys.header("authorization"), None);
}

#[tokio::test]
async fn anything_else_proves_nothing() {
    type Change = fn(&mut Push);
    let (door, bench) = door(taken());
    let (_, good) = pushed(&bench, &door, "a fox").await;
    let changes: [(Change, &str); 8] = [
        (|push| push.token.clear(), "Token"),
        (|push| push.token.replace_range(..1, "x"), "Token"),
        (|push| push.render.0 = safelight_domain::Uuid::from_u128(1), "Token"),
        (|push| push.headers.clear(), "Unsigned"),
        (|push| push.headers.retain(|(key, _)| !key.ends_with("Signature")), "Unsigned"),
        (|push| push.body.push(b' '), "Forged"),
        (|push| push.body.clear(), "Forged"),
        (
            |push| {
                let user = push.headers.iter_mut().find(|(key, _)| key.ends_with("User-Id"));
                user.unwrap().1.push('x');
            },
            "Forged",
        ),
    ];
    for (n, (change, expected)) in changes.into_iter().enumerate() {
        let mut push = good.clone();
        change(&mut push);
        let refused = bench.fal.verify(push).await.unwrap_err();
        assert!(format!("{refused:?}").starts_with(expected), "{n}: {refused:?}");
    }
    for (prompt, expected) in [("[push forged]", "Forged"), ("[push stale]", "Stale")] {
        let (_, push) = pushed(&bench, &door, prompt).await;
        let refused = bench.fal.verify(push).await.unwrap_err();
        assert!(format!("{refused:?}").starts_with(expected), "{prompt}: {refused:?}");
    }
    bench.fal.verify(good.clone()).await.unwrap();
    bench.clock.advance(SignedDuration::from_secs(301));
    assert!(matches!(bench.fal.verify(good).await, Err(PushRefused::Stale)), "a replay");
}

#[tokio::test]
async fn a_body_that_names_no_request_is_unreadable() {
    let (door, bench) = door(taken());
    let (_, good) = pushed(&bench, &door, "a fox").await;
    let now = bench.clock.now().as_second();
    for body in ["{}", "[]", "no json", r#"{"request_id": "../x"}"#, r#"{"request_id": 7}"#] {
        let headers = SigningKeys::new().sign(("r", "u"), now, body.as_bytes());
        let push = Push { headers, body: body.into(), ..good.clone() };
        assert!(matches!(bench.fal.verify(push).await, Err(PushRefused::Unreadable)), "{body}");
    }
}

#[tokio::test]
async fn keys_are_read_again_when_they_changed_and_not_for_every_forgery() {
    let (door, bench) = door(taken());
    let (_, old) = pushed(&bench, &door, "a fox").await;
    bench.fal.verify(old).await.unwrap();
    bench.simulator.rotate_keys();
    let (id, new) = pushed(&bench, &door, "a fox").await;
    for _ in 0..5 {
        assert!(matches!(bench.fal.verify(new.clone()).await, Err(PushRefused::Forged)));
    }
    assert_eq!(key_reads(&bench), 1, "they were read within the last minute");
    bench.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(bench.fal.verify(new.clone()).await.unwrap().request_id, id);
    assert_eq!(key_reads(&bench), 2);
    bench.fal.verify(new).await.unwrap();
    assert_eq!(key_reads(&bench), 2);
}

#[tokio::test]
async fn without_keys_nothing_is_proven_and_strangers_do_not_make_us_ask() {
    let nowhere = "http://127.0.0.1:1/jwks.json";
    let door = Server::start(0, |_| taken()).unwrap();
    let url = door.url();
    let bench = Bench::with(|settings| {
        (settings.app_url, settings.webhooks) = (&url, Some("on"));
        settings.jwks_url = Some(nowhere);
    });
    let (_, good) = pushed(&bench, &door, "a fox").await;
    let stranger = Push { token: String::new(), ..good.clone() };
    assert!(matches!(bench.fal.verify(stranger).await, Err(PushRefused::Token)));
    let refused = bench.fal.verify(good).await.unwrap_err();
    assert!(matches!(refused, PushRefused::Fault(fault) if fault.retryable));
}

#[tokio::test]
async fn keys_are_read_again_after_a_day() {
    let (door, bench) = door(taken());
    let (_, first) = pushed(&bench, &door, "a fox").await;
    bench.fal.verify(first).await.unwrap();
    bench.clock.advance(SignedDuration::from_hours(25));
    let (_, later) = pushed(&bench, &door, "a fox").await;
    bench.fal.verify(later).await.unwrap();
    assert_eq!(key_reads(&bench), 2);
}

#[tokio::test]
async fn a_push_that_is_not_taken_comes_again_with_the_same_body() {
    let (door, bench) = door(Reply::new(503, "text/plain", ""));
    let id = bench.submit("a fox").await;
    let received = arrived(&door, 3).await;
    assert!(received.iter().all(|r| r.body == received[0].body));
    assert!(bench.simulator.deliveries().iter().all(|d| d.request_id == id));

    let (door, bench) = self::door(Reply::new(302, "text/plain", "").with("location", "/else"));
    bench.submit("a fox").await;
    arrived(&door, 1).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(door.received().len(), 1, "fal counts a redirect as a failure for good");
}

#[tokio::test]
async fn no_address_is_told_unless_pushes_are_wanted() {
    let bench = Bench::new();
    bench.submit("a fox").await;
    assert_eq!(bench.simulator.submits()[0].parameter("fal_webhook"), None);

    let bench = Bench::with(|settings| {
        (settings.app_url, settings.webhooks) = ("http://studio.example/base/", Some("on"));
    });
    bench.submit("a fox").await;
    let target = bench.simulator.submits()[0].parameter("fal_webhook").unwrap();
    let expected = format!("http://studio.example/base/webhooks/fal?render={}&token=", render());
    let token = target.strip_prefix(&expected).expect(&target);
    assert!(token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit()));
}

#[tokio::test]
async fn a_lost_answer_is_found_by_its_push() {
    let (door, bench) = door(taken());
    assert!(bench.fal.submit(render(), &says("[lost]")).await.is_err());
    let received = arrived(&door, 1).await;
    let proven = bench.fal.verify(push(&received[0])).await.unwrap();
    bench.simulator.account(Account::Good);
    let looked = bench.fal.look(&says("[lost]"), &proven.request_id).await.unwrap();
    assert!(matches!(looked, safelight_ports::Looked::Done(_)), "{looked:?}");
}
