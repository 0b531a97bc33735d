//! The doctor proves itself: each misconfiguration is seeded, and exactly its check fires.

use std::{sync::Arc, time::Duration};

use safelight_testkit::{
    ManualClock,
    fal::{Account, FalSimulator},
    stripe::StripeFake,
};
use safelight_tests::Place;
use serde_json::Value;

/// What the doctor says of a place that has these settings: id and level of each check, and all
/// the text.
struct Told {
    checks: Vec<(String, String)>,
    text: String,
}

impl Told {
    fn by(settings: &[(&str, &str)]) -> Self {
        Self::configured("", settings)
    }

    fn configured(config: &str, settings: &[(&str, &str)]) -> Self {
        let out = Place::new(config).with(settings).run(&["doctor", "--json"]);
        let report: Value = serde_json::from_slice(&out.stdout).expect("one JSON document");
        let text = |check: &Value, name: &str| check[name].as_str().expect("text").to_owned();
        let checks = report["checks"].as_array().expect("checks").iter();
        let checks: Vec<_> = checks.map(|c| (text(c, "id"), text(c, "level"))).collect();
        let fails = checks.iter().any(|(_, level)| level == "fail");
        assert_eq!(report["ok"], !fails, "{report:#}");
        assert_eq!(out.status.code(), Some(i32::from(fails)), "{report:#}");
        Self { checks, text: report.to_string() }
    }

    /// The checks that are neither fine nor mere facts.
    fn fired(&self) -> Vec<(&str, &str)> {
        let bad = |(_, level): &&(String, String)| level == "warn" || level == "fail";
        self.checks.iter().filter(bad).map(|(id, level)| (&**id, &**level)).collect()
    }
}

#[test]
fn a_place_without_keys_is_dormant_and_fine() {
    let told = Told::by(&[]);
    assert_eq!(told.fired(), []);
    for id in ["provider", "storage"] {
        assert!(told.checks.contains(&(id.to_owned(), "info".to_owned())), "{}", told.text);
    }
    assert!(told.text.contains("FAL_KEY") && told.text.contains("R2"), "{}", told.text);
}

#[test]
fn what_is_set_wrong_is_named_by_its_check_alone() {
    for (id, settings) in [
        ("address", &[("APP_URL", "studio.example.com")][..]),
        ("app-secret", &[("APP_SECRET", "too-short")]),
        ("storage", &[("R2_BUCKET", "pictures")]),
        ("database", &[("DATABASE_URL", "postgres://somewhere")]),
        ("database", &[("DATABASE_URL", "sqlite:/tmp/studio.db?mode=ro")]),
        ("database", &[("DATABASE_URL", "sqlite:/tmp")]),
        ("database", &[("DATABASE_URL", "sqlite:/none/studio.db")]),
        ("address", &[("APP_URL", "http://ada:too-short@127.0.0.1")]),
        ("address", &[("APP_URL", "http://127.0.0.1:0")]),
        ("address", &[("APP_URL", "http://127.0.0.1/studio")]),
        ("bind", &[("BIND", "8080")]),
        ("provider", &[("FAL_KEY_FILE", "/none")]),
        ("provider", &[("FAL_KEY", "a"), ("FAL_KEY_FILE", "/none")]),
    ] {
        let told = Told::by(settings);
        assert_eq!(told.fired(), [(id, "fail")], "{settings:?}: {}", told.text);
        assert!(!told.text.contains("too-short"), "a secret is told");
    }
    let empty = tempfile::NamedTempFile::new().expect("an empty file");
    let told = Told::by(&[("FAL_KEY_FILE", empty.path().to_str().expect("text"))]);
    assert_eq!(told.fired(), [("provider", "fail")], "{}", told.text);
    for name in ["STRIPE_WEBHOOK_SECRETS", "DATABASE_URI", "APP_URI", "FAL_KEYS_FILE"] {
        let told = Told::by(&[(name, "x")]);
        assert_eq!(told.fired(), [("setting-names", "warn")], "{name}: {}", told.text);
        assert!(told.text.contains(name), "{}", told.text);
    }
    let blank =
        Told::by(&[("BIND", ""), ("APP_URL", " "), ("DATABASE_URL", ""), ("FAL_KEY_FILE", "")]);
    assert_eq!(blank.fired(), [], "blank means absent: {}", blank.text);
    // Behind a proxy that is named, and backed up elsewhere: only the stand-ins are wrong.
    let production = "[limits]\ntrusted_proxies = [\"127.0.0.1\"]\n";
    let told = Told::configured(production, &[("APP_URL", "https://studio.example.com")]);
    assert_eq!(told.fired(), [("stand-ins", "fail"), ("backup", "warn")], "{}", told.text);
    let told = Told::configured("signup_bonsu = 3", &[]);
    assert_eq!(told.fired(), [("configuration", "fail")], "{}", told.text);
}

/// Where nothing listens.
const NOWHERE: &str = "http://127.0.0.1:1";

#[test]
fn what_is_wrong_with_fal_is_named_by_its_check_alone() {
    let fal = FalSimulator::start("id:s3cret", Duration::ZERO, Arc::new(ManualClock::new()))
        .expect("fal");
    let (queue, jwks) = (fal.queue_url(), fal.jwks_url());
    let right = [
        ("FAL_KEY", "id:s3cret"),
        ("FAL_QUEUE_URL", queue.as_str()),
        ("FAL_JWKS_URL", jwks.as_str()),
    ];
    let told = |changes: &[(&str, &str)]| {
        let told = Told::by(&[&right[..], changes].concat());
        assert!(!told.text.contains("s3cret"), "a secret is told");
        told
    };
    let fine = told(&[]);
    assert_eq!(fine.fired(), []);
    for (id, level) in
        [("provider", "ok"), ("fal-queue", "ok"), ("fal-key", "ok"), ("fal-webhooks", "info")]
    {
        assert!(fine.checks.contains(&(id.to_owned(), level.to_owned())), "{id}: {}", fine.text);
    }
    assert!(fine.text.contains("loopback"), "why it is polled: {}", fine.text);
    assert_eq!(fal.submits().len(), 0, "nothing was spent");

    let on = ("FAL_WEBHOOKS", "on");
    for (changes, fired) in [
        (&[("FAL_KEY", "s3cret")][..], &[("fal-key", "fail")][..]),
        (&[("FAL_KEY", "id:another-s3cret")], &[("fal-key", "fail")]),
        (&[("FAL_KEY", "id s3cret")], &[("provider", "fail")]),
        (&[("FAL_QUEUE_URL", NOWHERE)], &[("fal-queue", "fail")]),
        (&[("FAL_QUEUE_URL", &fal.media_url())], &[("fal-queue", "warn")]),
        (&[("FAL_WEBHOOKS", "maybe")], &[("provider", "fail")]),
        (&[on], &[("fal-webhooks", "warn")]),
        (&[on, ("FAL_JWKS_URL", NOWHERE)], &[("fal-webhooks", "warn"), ("fal-jwks", "warn")]),
    ] {
        let told = told(changes);
        assert_eq!(told.fired(), fired, "{changes:?}: {}", told.text);
    }
    for (account, id) in [(Account::Locked, "fal-account"), (Account::Revoked, "fal-key")] {
        fal.account(account);
        let told = told(&[]);
        assert_eq!(told.fired(), [(id, "fail")], "{account:?}: {}", told.text);
    }
}

const PACKS: &str = "[packs.small]\ncredits = 100\namount = 999\n";

#[test]
fn what_is_wrong_with_stripe_is_named_by_its_check_alone() {
    let key = "sk_test_51Secret0123456789";
    let clock = Arc::new(ManualClock::new());
    let stripe = StripeFake::start(key, clock).expect("Stripe");
    let url = stripe.url();
    let right = [("STRIPE_SECRET_KEY", key), ("STRIPE_API_URL", url.as_str())];
    let setup = |more: &[&str]| {
        let place = Place::new(PACKS).with(&right);
        let out = place.run(&[&["stripe", "setup", "--json"], more].concat());
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        serde_json::from_slice::<Value>(&out.stdout).expect("one JSON document")
    };
    let planned = setup(&[]);
    assert_eq!(planned["acts"].as_array().map(Vec::len), Some(3), "{planned:#}");
    assert!(stripe.objects("price").is_empty(), "a dry run changes nothing");
    let applied = setup(&["--apply"]);
    let secret = applied["webhook_secret"].as_str().expect("a secret, once");
    assert_eq!(setup(&["--apply"])["acts"], Value::Array(Vec::new()), "done twice");

    let told = |config: &str, changes: &[(&str, &str)]| {
        let with_secret = [("STRIPE_WEBHOOK_SECRET", secret)];
        let told = Told::configured(config, &[&right[..], &with_secret, changes].concat());
        assert!(
            !told.text.contains("Secret0123") && !told.text.contains("whsec_"),
            "{}",
            told.text
        );
        told
    };
    let fine = told(PACKS, &[]);
    assert_eq!(fine.fired(), [], "{}", fine.text);
    let cheap = format!("{PACKS}[packs.cheap]\ncredits = 1\namount = 49\n");
    let place = Place::new(&cheap).with(&right);
    assert!(place.run(&["stripe", "setup", "--apply"]).status.success());
    let dearer = PACKS.replace("999", "1099");
    for (config, changes, fired) in [
        (PACKS, &[("STRIPE_SECRET_KEY", "pk_test_Secret0123")][..], ("payments", "fail")),
        (PACKS, &[("STRIPE_SECRET_KEY", "sk_test_another")], ("stripe-key", "fail")),
        (PACKS, &[("STRIPE_WEBHOOK_SECRET", "whsec_a,,whsec_b")], ("payments", "fail")),
        (PACKS, &[("STRIPE_WEBHOOK_SECRET", "")], ("stripe-secret", "fail")),
        (PACKS, &[("STRIPE_API_URL", NOWHERE)], ("stripe-key", "fail")),
        (PACKS, &[("STRIPE_API_URL", "http://stripe.example")], ("payments", "fail")),
        (PACKS, &[("APP_URL", "http://127.0.0.1:9999")], ("stripe-endpoint", "fail")),
        ("", &[], ("stripe-prices", "warn")),
        (&dearer, &[], ("stripe-prices", "fail")),
        (&cheap, &[], ("stripe-minimum", "fail")),
    ] {
        let told = told(config, changes);
        assert_eq!(told.fired(), [fired], "{changes:?}: {}", told.text);
    }
}
