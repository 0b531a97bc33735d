//! Takes Stripe's pushes as the studio does, for peers that are not written in Rust.
//!
//! `stripe_receiver SECRETS` prints one JSON line with its address and serves until it is ended.
//! What is posted is proven and read by the adapter: 200 with the notice, or 400 with the reason.
//! `GET /` lists the notices so far.

use std::sync::{Arc, Mutex};

use safelight_adapters_stripe::{StripePush, StripeSettings};
use safelight_domain::Timestamp;
use safelight_ports::{Notice, PaymentPush, Topic};
use safelight_testkit::{Reply, Server};
use serde_json::{Value, json};

fn main() -> std::io::Result<()> {
    let secrets = std::env::args().nth(1);
    let settings = StripeSettings {
        key: "sk_test_unused",
        webhook_secrets: secrets.as_deref(),
        ..StripeSettings::default()
    };
    let config = settings.check().map_err(std::io::Error::other)?;
    let push = StripePush::new(&config);
    let taken = Arc::new(Mutex::new(Vec::<Value>::new()));
    let server = Server::start(0, move |request| {
        let mut taken = taken.lock().expect("nobody panics here");
        if request.method == "GET" {
            return Reply::json(200, &json!(*taken));
        }
        match push.verify(request.header("stripe-signature"), &request.body, now()) {
            Ok(notice) => {
                taken.push(told(&notice));
                Reply::json(200, &told(&notice))
            }
            Err(refused) => Reply::json(400, &json!({ "refused": refused.to_string() })),
        }
    })?;
    println!("{}", json!({ "url": server.url() }));
    loop {
        std::thread::park();
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the clock")]
fn now() -> Timestamp {
    Timestamp::now()
}

fn told(notice: &Notice) -> Value {
    let (topic, object) = match &notice.topic {
        Topic::Checkout(id) => ("checkout", Some(id)),
        Topic::Payment(id) => ("payment", Some(id)),
        Topic::CustomerGone(id) => ("customer_gone", Some(id)),
        Topic::Other => ("other", None),
    };
    json!({
        "id": notice.id, "type": notice.kind, "topic": topic, "object": object,
        "customer": notice.customer, "live": notice.live, "api_version": notice.api_version,
        "bytes": notice.body.len(),
    })
}
