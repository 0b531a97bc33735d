//! Benches measure what they say, whatever the figures are.

use safelight_tests::Place;
use serde_json::Value;

fn bench(args: &[&str]) -> Value {
    let told = Place::new("").print(&[&["bench"], args, &["--json"]].concat());
    serde_json::from_str(&told).expect("one JSON document")
}

/// The promise is that memory does not grow with pictures: what is resident while 48 go through is
/// what eight at once take.
#[test]
fn pictures_going_through_do_not_stay_in_memory() {
    let told = bench(&["ingest", "--images", "48"]);
    assert_eq!(told["images"], 48);
    assert_eq!(told["stored_in"], "disk");
    let number = |name: &str| told[name].as_u64().expect("a number");
    assert!((2_000_000..2_400_000).contains(&number("bytes_each")), "{told:#}");
    assert!(number("resident_peak_kb") > number("resident_before_kb"), "{told:#}");
    assert!(number("grown_kb") < 128 * 1024, "{told:#}");
}

#[test]
fn links_are_measured_against_their_floor() {
    let told = bench(&["presign", "--links", "400"]);
    let measured = told["measured"].as_array().expect("measurements");
    let names: Vec<_> = measured.iter().map(|one| one["name"].as_str().expect("a name")).collect();
    assert_eq!(names, ["floor", "link that shows", "link that saves"]);
    assert!(measured.iter().all(|one| one["ns"].as_f64().expect("a figure") > 0.0), "{told:#}");
    assert_eq!(measured[0]["ratio"].as_f64(), Some(1.0));
}

#[test]
fn a_day_goes_well_and_every_class_had_its_share() {
    let told = bench(&["day", "--requests", "200", "--seconds", "4"]);
    assert_eq!(told["requests"], 200);
    let classes = told["classes"].as_array().expect("classes");
    let hits = |class: &Value| class["hits"].as_u64().expect("a number");
    assert_eq!(classes.len(), 9, "{told:#}");
    assert_eq!(classes.iter().map(hits).sum::<u64>(), 200);
    for class in classes {
        assert!(hits(class) > 0, "{told:#}");
        assert_eq!(class["failed"], 0, "{told:#}");
        let time = |name: &str| class[name].as_f64().expect("a figure");
        assert!(time("p50_ms") <= time("p99_ms") && time("p99_ms") <= time("most_ms"), "{told:#}");
    }
    let kb = |name: &str| told[name].as_u64().expect("a number");
    assert!(kb("resident_peak_kb") >= kb("resident_after_kb"), "{told:#}");
}

#[test]
fn an_office_of_a_small_crowd_is_asked_for_everything() {
    let size = ["--users", "30", "--entries", "1500", "--deliveries", "200"];
    let told = bench(&[&["office"], &size[..]].concat());
    assert_eq!((&told["users"], &told["entries"]), (&30.into(), &1_500.into()));
    assert_eq!(told["days"], 120, "every finished day is counted: {told:#}");
    let measured = told["measured"].as_array().expect("measurements");
    let name = |one: &Value| one["asked"].as_str().expect("a name").to_owned();
    let names: Vec<_> = measured.iter().map(name).collect();
    for wanted in ["figures of 90 days", "ledger, page 500", "the overview, 90 days, rendered"] {
        assert!(names.iter().any(|name| name == wanted), "{names:?}");
    }
    for one in measured {
        let [p50, p99] = ["p50_ms", "p99_ms"].map(|rank| one[rank].as_f64().expect("a figure"));
        assert!(0.0 < p50 && p50 <= p99, "{one:#}");
    }
}
