//! The real binary with real protocols: pictures come in from fal and go out to a private bucket.
//! fal is our simulator, the bucket a server nobody here wrote.

use std::time::Duration;

use safelight_tests::{Client, FalWorld, Place, Server, states};
use serde_json::{Value, json};

#[test]
fn keys_are_all_it_takes_to_leave_the_stand_ins() {
    let world = FalWorld::open();
    let key = world.place.member("ada@example.com", 10);
    let server = Server::start(&world.place);
    let client = Client::new(&server.url, &key);
    let body = json!({ "prompt": "a red fox", "count": 4, "size": "square", "seed": "7" });
    let asked = client.post("/api/v1/generations", &body, None).expect("it answers");
    let ended = client.wait_for(asked.data()["id"].as_str().expect("an id"));
    assert_eq!(states(&ended), ["stored"; 4]);
    assert_eq!((client.credits(), world.fal.submits().len()), (6, 4));

    let page = client.get("/api/v1/images").expect("it answers");
    for image in page.data()["items"].as_array().expect("items") {
        for (name, url) in image["urls"].as_object().expect("links") {
            let url = url.as_str().expect("a link");
            assert!(url.starts_with(&world.bucket.endpoint()), "{name} leads elsewhere: {url}");
            let (status, bytes) = client.fetch(url);
            assert_eq!(status, 200, "{name}");
            assert!(!bytes.is_empty());
            let altered = url.replace("X-Amz-Expires=7200", "X-Amz-Expires=7201");
            let (status, _) = client.fetch(&altered);
            assert_eq!(status, 403, "an altered link");
        }
        let size = image["bytes"].as_u64().expect("a size");
        let (_, original) = client.fetch(image["urls"]["original"].as_str().expect("a link"));
        assert_eq!(original.len() as u64, size);
    }
    let told = page.body.to_string();
    assert!(!told.contains(&world.fal.media_url()), "nothing shown points at the provider");
    let mut media = world.fal.media_received().into_iter();
    assert!(media.all(|request| request.header("authorization").is_none()), "the key stays home");
    drop(server);
    world.place.audit();
}

#[test]
fn what_fal_does_not_deliver_is_refunded() {
    let world = FalWorld::open();
    let key = world.place.member("ada@example.com", 10);
    let server = Server::start(&world.place);
    let client = Client::new(&server.url, &key);
    for (prompt, state, price) in [
        ("a red fox [nsfw]", "filtered", 0),
        ("a red fox [black]", "filtered", 0),
        ("a red fox [answer policy]", "filtered", 0),
        ("a red fox [error model500]", "failed", 0),
        ("a red fox [media svg]", "failed", 0),
        ("a red fox", "stored", 1),
    ] {
        let before = client.credits();
        let asked = client.generate(prompt, 1);
        let ended = client.wait_for(asked["id"].as_str().expect("an id"));
        assert_eq!(states(&ended), [state], "{prompt}: {ended:#}");
        assert_eq!(before - client.credits(), price, "{prompt}");
    }
    let told = world.place.print(&["costs", "--json"]);
    let told: Value = serde_json::from_str(&told).expect("one JSON document");
    let expected = json!({
        "stored": 1, "failed": 2, "filtered": 3, "cancelled": 0, "credits": 1,
        "cost_micros": 3_000, "unpriced": 0,
    });
    assert_eq!(told["total"], expected, "fal's price of one picture beside the credit it earned");
    assert_eq!(told["models"][0]["model"], "flux-schnell");
    let told = world.place.print(&["costs"]);
    assert!(told.contains("$0.003") && told.contains("filtered pictures"), "{told}");
    drop(server);
    world.place.audit();
}

#[test]
fn killed_while_fal_works_it_finishes_after_the_next_start() {
    let world = FalWorld::open();
    world.fal.hold();
    let key = world.place.member("ada@example.com", 10);
    let server = Server::start(&world.place);
    let asked = Client::new(&server.url, &key).generate("a red fox", 4);
    let id = asked["id"].as_str().expect("an id").to_owned();
    while world.fal.submits().len() < 4 {
        std::thread::sleep(Duration::from_millis(10));
    }
    // The last answer may be on its way; the kill must find it either way.
    std::thread::sleep(Duration::from_millis(300));
    server.kill();
    world.fal.release();
    let server = Server::start(&world.place);
    let client = Client::new(&server.url, &key);
    assert_eq!(states(&client.wait_for(&id)), ["stored"; 4]);
    assert_eq!((client.credits(), world.fal.submits().len()), (6, 4), "nothing was sent twice");
    drop(server);
    world.place.audit();
}

#[test]
fn doctor_tries_the_bucket_out() {
    let world = FalWorld::open();
    let report = world.place.print(&["doctor", "--json"]);
    let report: Value = serde_json::from_str(&report).expect("one JSON document");
    let checks = report["checks"].as_array().expect("checks");
    let id = |check: &Value| check["id"].as_str().expect("an id").to_owned();
    let bucket = |check: &&Value| id(check).starts_with("storage-") && check["level"] == "ok";
    assert!(checks.iter().filter(bucket).count() >= 8, "{report:#}");
    let wrong = Place::new("").with(&[
        ("R2_ENDPOINT", &world.bucket.endpoint()),
        ("R2_BUCKET", "pictures"),
        ("R2_ACCESS_KEY_ID", "owner"),
        ("R2_SECRET_ACCESS_KEY", "not-the-secret"),
    ]);
    let out = wrong.run(&["doctor", "--json"]);
    let report: Value = serde_json::from_slice(&out.stdout).expect("one JSON document");
    assert_eq!((out.status.code(), &report["ok"]), (Some(1), &json!(false)), "{report:#}");
    assert!(!report.to_string().contains("not-the-secret"), "a secret is told");
}
