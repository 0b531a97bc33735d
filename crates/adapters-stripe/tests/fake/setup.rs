//! `stripe setup`, and what the doctor finds.

use safelight_adapters_stripe::{Act, EVENTS, Made, Plan, Setup, Stripe};
use safelight_domain::{Credits, Money, Pack, PackName};
use safelight_outbound::Outcome;
use safelight_ports::{Clock, Payments};
use serde_json::json;

use super::{Bench, KEY, config, stripe};

const APP: &str = "http://127.0.0.1:8080";

fn pack(name: &str, credits: u32, minor: u64) -> Pack {
    Pack {
        name: PackName::parse(name).unwrap(),
        credits: Credits::new(credits).unwrap(),
        expires_days: None,
        money: Money::price(minor, "usd").unwrap(),
        price: format!("pack_{name}"),
    }
}

fn packs() -> Vec<Pack> {
    vec![pack("small", 100, 999), pack("large", 1_000, 7_900)]
}

async fn plan(stripe: &Stripe, packs: &[Pack]) -> Plan {
    Setup { stripe, packs, app_url: APP }.plan().await.unwrap()
}

/// Does all of a plan and answers the secret, if one was told.
async fn apply(stripe: &Stripe, packs: &[Pack], plan: &Plan) -> Option<String> {
    let setup = Setup { stripe, packs, app_url: APP };
    let mut secret = None;
    for act in &plan.acts {
        if let Made::Endpoint(made) = setup.apply(act).await.unwrap() {
            secret = Some(made.secret.to_string());
        }
    }
    secret
}

#[tokio::test]
async fn done_twice_it_is_done_once() {
    let bench = Bench::new();
    let first = plan(&bench.stripe, &packs()).await;
    assert_eq!((first.acts.len(), first.kept.len(), first.notes.len()), (5, 0, 0), "{first:?}");
    assert!(bench.fake.objects("product").is_empty(), "a plan changes nothing");
    assert!(apply(&bench.stripe, &packs(), &first).await.unwrap().starts_with("whsec_"));
    let second = plan(&bench.stripe, &packs()).await;
    assert_eq!((second.acts.len(), second.kept.len()), (0, 3), "{second:?}");
    // Applied by two people at once, there are still two of each.
    apply(&bench.stripe, &packs(), &Plan { acts: first.acts[..4].to_vec(), ..first }).await;
    assert_eq!(bench.fake.objects("product").len(), 2);
    assert_eq!(plan(&bench.stripe, &packs()).await, second);
    let found = bench.stripe.prices(&["pack_small".to_owned()]).await.unwrap();
    assert_eq!(found[0].amount, packs()[0].money);
}

#[tokio::test]
async fn what_changed_is_moved_and_what_broke_is_mended() {
    let bench = Bench::new();
    let first = plan(&bench.stripe, &packs()).await;
    apply(&bench.stripe, &packs(), &first).await;
    let dearer = vec![pack("small", 100, 1_099), packs().remove(1)];
    let endpoint = bench.stripe.endpoints().await.unwrap().remove(0);
    bench.stripe.mend_endpoint(&endpoint.id, &["x".to_owned()]).await.unwrap();
    let change = plan(&bench.stripe, &dearer).await;
    let told: Vec<_> = change.acts.iter().map(ToString::to_string).collect();
    assert_eq!(told[0], "move the price pack_small from 9.99 USD to 10.99 USD");
    assert_eq!(told[1], format!("let {} push {} types of events", endpoint.id, EVENTS.len() + 1));
    apply(&bench.stripe, &dearer, &change).await;
    assert!(plan(&bench.stripe, &dearer).await.acts.is_empty());
    assert_eq!(bench.stripe.prices(&["pack_small".into()]).await.unwrap()[0].amount.minor, 1_099);
}

#[tokio::test]
async fn what_only_a_person_can_mend_is_told() {
    let bench = Bench::new();
    let own = bench.on_sale().await;
    let by_id = Pack { price: own, ..pack("mine", 500, 1_999) };
    let known = plan(&bench.stripe, std::slice::from_ref(&by_id)).await;
    assert_eq!(known.kept.len(), 1, "{known:?}");
    for wrong in [
        Pack { price: "price_none".into(), ..by_id.clone() },
        Pack { money: Money::price(5, "usd").unwrap(), ..by_id },
    ] {
        let told = plan(&bench.stripe, &[wrong]).await;
        assert!(told.notes[0].starts_with("packs.mine: "), "{told:?}");
        assert_eq!(told.acts, [Act::MakeEndpoint(format!("{APP}/webhooks/stripe"))]);
    }
}

/// The outcomes in one letter each, and all that was said.
async fn probe(bench: &Bench, stripe: &Stripe, packs: &[Pack], app_url: &str) -> (String, String) {
    let steps = stripe.probe(packs, app_url, bench.clock.now()).await;
    let letter = |outcome: &Outcome| match outcome {
        Outcome::Passed(_) => 'p',
        Outcome::Info(_) => 'i',
        Outcome::Warning(_) => 'n',
        Outcome::Failed(_) => 'F',
        Outcome::Skipped => '-',
    };
    let letters = steps.iter().map(|step| letter(&step.outcome)).collect();
    let said = format!("{steps:?}");
    assert!(!said.contains(KEY) && !said.contains("whsec_"), "{said}");
    (letters, said)
}

#[tokio::test]
async fn the_doctor_finds_what_is_wrong() {
    let bench = Bench::new();
    let (letters, _) = probe(&bench, &bench.stripe, &packs(), APP).await;
    assert_eq!(letters, "pFpFFpp", "nothing was set up");
    let all = plan(&bench.stripe, &packs()).await;
    let secret = apply(&bench.stripe, &packs(), &all).await.unwrap();
    let stripe = stripe(&config(KEY, &bench.fake.url(), Some(&secret)));
    let (letters, said) = probe(&bench, &stripe, &packs(), APP).await;
    assert_eq!(letters, "ppppppp", "{said}");
    // Prices that are not as shown.
    let (letters, said) = probe(&bench, &stripe, &[pack("small", 1, 998)], APP).await;
    assert_eq!(letters, "pFppppp");
    assert!(said.contains("pack_small costs 9.99 USD and is shown at 9.98 USD"), "{said}");
    // Less than Stripe charges at all.
    let (letters, said) = probe(&bench, &stripe, &[pack("small", 1, 49)], APP).await;
    assert_eq!(letters, "pFFpppp");
    assert!(said.contains("packs.small costs 0.49 USD, and Stripe charges 0.50 USD"), "{said}");
    // In another currency.
    let euros = Pack { money: Money::price(999, "eur").unwrap(), ..pack("small", 1, 1) };
    assert_eq!(probe(&bench, &stripe, &[euros], APP).await.0, "pFppppn");
    assert_eq!(probe(&bench, &stripe, &[], APP).await.0, "pnppppp");
    // Real buyers, play money; and another address than the endpoint's.
    assert_eq!(probe(&bench, &stripe, &packs(), "https://a.example").await.0, "nppFppp");
    // An event nobody took.
    bench.fake.hold();
    bench.fake.emit("customer.deleted", &json!({"id": "cus_1"}));
    let (letters, said) = probe(&bench, &stripe, &packs(), APP).await;
    assert_eq!(letters, "pppppnp");
    assert!(said.contains("1 events were not taken"), "{said}");
    // A restricted key that may not look at all of it.
    for path in ["/v1/webhook_endpoints", "/v1/events", "/v1/account"] {
        bench.fake.forbid(path);
    }
    assert_eq!(probe(&bench, &stripe, &packs(), APP).await.0, "pppnpnn");
}

#[tokio::test]
async fn the_doctor_looks_at_the_endpoint_closely() {
    let bench = Bench::new();
    let all = plan(&bench.stripe, &packs()).await;
    apply(&bench.stripe, &packs(), &all).await;
    let endpoint = bench.stripe.endpoints().await.unwrap().remove(0);
    bench.stripe.mend_endpoint(&endpoint.id, &["refund.failed".to_owned()]).await.unwrap();
    let (_, said) = probe(&bench, &bench.stripe, &packs(), APP).await;
    assert!(said.contains("lacks charge.refunded"), "{said}");
    let other = "https://studio.example";
    bench.fake.listen(&format!("{other}/webhooks/stripe"));
    assert_eq!(probe(&bench, &bench.stripe, &packs(), other).await.0, "npppFpp");
}

#[tokio::test]
async fn a_bad_key_stops_the_doctor() {
    let bench = Bench::new();
    let other = stripe(&config("sk_test_another", &bench.fake.url(), None));
    let (letters, said) = probe(&bench, &other, &packs(), APP).await;
    assert_eq!(letters, "F------");
    assert!(said.contains("STRIPE_SECRET_KEY"), "{said}");
}
