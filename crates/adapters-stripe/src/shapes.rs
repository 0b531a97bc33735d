//! Every shape an event was ever seen or documented in, read by the readers.

use std::{collections::BTreeMap, path::Path};

use safelight_ports::{Notice, Topic};
use serde_json::Value;

use crate::{
    Invoice, Subscription, checkout, invoice, notice, object::Object, payment, subscription,
};

fn events() -> BTreeMap<String, Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/events");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: &Path| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
    };
    files.map(|path| read(&path)).collect()
}

fn event(name: &str) -> Value {
    events().remove(name).unwrap_or_else(|| panic!("no event {name}"))
}

fn noticed(event: &Value) -> Option<Notice> {
    notice::read(event, event.to_string().into_bytes())
}

#[test]
fn every_event_says_what_to_ask_for() {
    let mut seen = 0;
    for (name, event) in events() {
        let Some(notice) = noticed(&event) else {
            assert!(name.starts_with("error."), "{name}");
            continue;
        };
        seen += 1;
        let expected = match name.split('.').collect::<Vec<_>>().as_slice() {
            ["checkout", "session", ..] => {
                let id = event["data"]["object"]["id"].as_str().unwrap();
                Topic::Checkout(id.to_owned())
            }
            ["charge", "refunded" | "dispute", ..] | ["refund", ..] => {
                let object = Object(&event["data"]["object"]);
                let id = object.id(&["/payment_intent"]).unwrap();
                assert!(id.starts_with("pi_"), "{name}: {id}");
                Topic::Payment(id.to_owned())
            }
            ["customer", "deleted"] => {
                let id = event["data"]["object"]["id"].as_str().unwrap();
                Topic::CustomerGone(id.to_owned())
            }
            _ => Topic::Other,
        };
        assert_eq!(notice.topic, expected, "{name}");
        assert!(!notice.live, "{name}");
        if !name.starts_with("thin") {
            assert_eq!(Some(notice.kind.as_str()), event["type"].as_str(), "{name}");
            assert!(notice.api_version.is_some(), "{name}");
        }
    }
    assert_eq!(seen, 51);
}

#[test]
fn a_thin_event_is_the_same_event() {
    let thin = noticed(&event("thin.v1.invoice.paid")).unwrap();
    assert_eq!(thin.kind, "invoice.paid");
    assert_eq!(thin.id, "evt_1Tg_invoice.paid.subscription_create.endive");
    assert_eq!((thin.topic, thin.api_version, thin.customer), (Topic::Other, None, None));
    for (kind, object, expected) in [
        ("v1.checkout.session.completed", "cs_1", Topic::Checkout("cs_1".to_owned())),
        ("v1.charge.refunded", "ch_1", Topic::Payment("ch_1".to_owned())),
        ("v1.refund.failed", "re_1", Topic::Payment("re_1".to_owned())),
        ("v1.customer.deleted", "cus_1", Topic::CustomerGone("cus_1".to_owned())),
        ("v2.core.account.updated", "acct_1", Topic::Other),
    ] {
        let event = serde_json::json!({
            "id": "evt_test_1", "object": "v2.core.event", "type": kind, "livemode": false,
            "created": "2026-01-01T00:00:03.000Z",
            "related_object": {"id": object, "type": "x", "url": "/v1/x"},
        });
        assert_eq!(noticed(&event).unwrap().topic, expected, "{kind}");
    }
}

#[test]
fn sessions_say_how_far_they_are() {
    use safelight_ports::CheckoutState::{Expired, Paid, Unpaid};
    for (name, state, payment) in [
        ("completed.payment.paid", Paid, Some("pi_pack")),
        ("completed.payment.free_100_off", Paid, None),
        ("completed.payment.unpaid_async", Unpaid, Some("pi_async")),
        ("async_payment_succeeded", Paid, Some("pi_async")),
        ("expired", Expired, None),
    ] {
        let event = event(&format!("checkout.session.{name}"));
        let read = checkout::read(Object(&event["data"]["object"])).unwrap();
        assert_eq!(read.state, state, "{name}");
        assert_eq!(read.payment.as_deref(), payment, "{name}");
    }
}

#[test]
fn charges_say_what_has_gone_back_in_all() {
    for (name, refunded) in [("partial_1", 300), ("partial_2", 500), ("full", 900)] {
        let event = event(&format!("charge.refunded.{name}"));
        let charge = Object(&event["data"]["object"]);
        assert_eq!(payment::of_charge("pi", charge).unwrap().refunded_minor, refunded, "{name}");
    }
}

fn invoice_of(name: &str) -> Invoice {
    let event = event(&format!("invoice.{name}"));
    invoice::read(Object(&event["data"]["object"])).unwrap()
}

/// What a renewal is granted for, in three versions and one that carries two at once.
#[test]
fn a_renewal_reads_the_same_in_every_version() {
    let read = |name: &str| {
        let invoice = invoice_of(&format!("paid.subscription_cycle.{name}"));
        let lines: Vec<_> = invoice.lines.into_iter().filter(super::Line::is_period).collect();
        (invoice.subscription, invoice.metadata, invoice.paid, invoice.total, lines)
    };
    let basil = read("basil");
    assert_eq!(basil.0.as_deref(), Some("sub_1TgSub0001"));
    assert_eq!(basil.1["user_id"], "u_42");
    assert_eq!((basil.2, basil.4.len()), (true, 1));
    assert_eq!(basil.4[0].price.as_deref(), Some("price_1TgBasicMonthly"));
    assert_eq!(basil.4[0].period.unwrap().0.as_second(), 1_769_904_000);
    for other in ["acacia", "both_shapes"] {
        assert_eq!(read(other), basil, "{other}");
    }
}

#[test]
fn a_plan_is_not_the_first_line() {
    for (name, lines, periods) in [
        ("paid.subscription_cycle.with_prior_prorations", 3, 1),
        ("paid.subscription_update.proration_upgrade", 2, 0),
        ("paid.subscription_update.anchor_now_full_price", 1, 1),
        ("paid.manual.stripe_trigger", 1, 0),
        ("paid.manual.from_checkout_invoice_creation", 1, 0),
        ("paid.zero.trial_start", 1, 1),
        ("paid.zero.coupon_100", 1, 1),
    ] {
        let invoice = invoice_of(name);
        let own = invoice.lines.iter().filter(|line| line.is_period()).count();
        assert_eq!((invoice.lines.len(), own), (lines, periods), "{name}");
        assert!(invoice.paid && !invoice.has_more_lines, "{name}");
    }
    assert!(!invoice_of("payment_failed.final").paid);
    assert_eq!(invoice_of("paid.subscription_cycle.acacia").payments, ["pi_in_old_cycle"]);
}

fn subscription_of(name: &str) -> Subscription {
    let event = event(&format!("customer.subscription.{name}"));
    subscription::read(Object(&event["data"]["object"])).unwrap()
}

#[test]
fn a_subscription_reads_the_same_in_every_version() {
    let (old, new) = ("updated.renewal.acacia", "updated.renewal.endive");
    assert_eq!(subscription_of(old), subscription_of(new));
    let read = subscription_of(new);
    assert_eq!(read.period.unwrap().1.as_second(), 1_772_323_200);
    assert_eq!((read.is_ending, read.ends_at), (false, None));
    for name in ["classic", "flexible"] {
        let read = subscription_of(&format!("updated.cancel_scheduled.{name}"));
        assert!(read.is_ending, "{name}");
        assert_eq!(read.ends_at.unwrap().as_second(), 1_769_904_000, "{name}");
    }
    for (name, status) in [
        ("deleted", "canceled"),
        ("paused", "paused"),
        ("updated.past_due", "past_due"),
        ("updated.incomplete_expired", "incomplete_expired"),
    ] {
        assert_eq!(subscription_of(name).status, status);
    }
}
