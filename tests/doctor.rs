//! The doctor proves itself: each misconfiguration is seeded, and exactly its check fires.

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
        ("stand-ins", &[("APP_URL", "https://studio.example.com")]),
        ("app-secret", &[("APP_SECRET", "too-short")]),
        ("storage", &[("R2_BUCKET", "pictures")]),
        ("database", &[("DATABASE_URL", "postgres://somewhere")]),
    ] {
        let told = Told::by(settings);
        assert_eq!(told.fired(), [(id, "fail")], "{settings:?}: {}", told.text);
        assert!(!told.text.contains("too-short"), "a secret is told");
    }
    let told = Told::configured("signup_bonsu = 3", &[]);
    assert_eq!(told.fired(), [("configuration", "fail")], "{}", told.text);
}
