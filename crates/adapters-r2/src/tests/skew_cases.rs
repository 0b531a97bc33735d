//! AWS's own test cases of what a client learns of a clock, played on what we learn with.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use safelight_domain::Timestamp;
use serde_json::Value;

use crate::skew::{Skew, Trip, explains};

fn time(value: &Value) -> Timestamp {
    value.as_str().expect("a time").parse().expect("a time")
}

#[test]
fn all_of_the_cases() {
    let path = "../../../shared/fixtures/sigv4/clock-skew/clock-skew-test-cases.json";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let Ok(text) = fs::read_to_string(&path) else {
        // Not by eprintln, which a passing test keeps to itself.
        let place = path.display();
        writeln!(io::stderr(), "no cases in {place}: only our own were checked").expect("stderr");
        return;
    };
    let cases: Value = serde_json::from_str(&text).expect("JSON");
    let tests = cases["tests"].as_array().expect("tests");
    assert_eq!(tests.len(), 10);
    for test in tests {
        let first = &test["operations"][0]["initialClientSkew"];
        let skew = Skew::starting_at(first.as_i64().unwrap_or_default());
        for operation in test["operations"].as_array().expect("operations") {
            play(&skew, operation, test["description"].as_str().expect("a description"));
        }
    }
}

fn play(skew: &Skew, operation: &Value, named: &str) {
    let attempts = operation["attempts"].as_array().expect("attempts");
    let mut again = true;
    let mut outcome = "error";
    for attempt in attempts {
        assert!(again, "{named}: one more try was expected");
        let trip = Trip {
            sent: time(&attempt["clientTimeAtSend"]),
            received: time(&attempt["clientTimeAtReceive"]),
        };
        let signed = skew.corrected(trip.sent);
        assert_eq!(signed, time(&attempt["expectedSigningTime"]).as_second(), "{named}");
        let response = &attempt["response"];
        let headers = &response["headers"];
        let learned = skew.learn(trip, headers["Date"].as_str(), !headers["Age"].is_null());
        let code = response["errorCode"].as_str();
        again = match (code, learned) {
            (Some(code), Some(seconds)) => explains(code, signed, trip.sent.as_second() + seconds),
            _ => false,
        };
        outcome = if code.is_none() { "success" } else { "error" };
    }
    let out_of_tries = operation["maxAttempts"].as_u64() == Some(attempts.len() as u64);
    assert!(!again || out_of_tries, "{named}: no further try was expected");
    assert_eq!(operation["expectedOutcome"], outcome, "{named}");
    assert_eq!(operation["expectedClientSkew"], skew.seconds(), "{named}");
}
