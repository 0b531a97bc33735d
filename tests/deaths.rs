//! A real process dies at every port call of one generation, before its effect and after it, and
//! another goes on with what lies on the disk: each picture is stored once or refunded once.
//!
//! `DEATHS_APART` tries only every n-th call (1: all).

use std::{
    path::Path,
    process::{Command, Output},
    sync::Arc,
    time::Duration,
};

use safelight_testkit::{Strike, fal::FalSimulator};
use safelight_tests::{SystemClock, built, every_call, files};
use serde_json::Value;

#[tokio::test]
async fn whoever_dies_at_a_port_call_is_succeeded_without_loss() {
    let process = built("safelight-tests", &["--example", "one_generation"]);
    let process = process.join("examples/one_generation");
    let fal = FalSimulator::start("id:secret", Duration::ZERO, Arc::new(SystemClock));
    let fal = fal.expect("fal");
    let apart = std::env::var("DEATHS_APART").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    println!("DEATHS_APART={apart}");
    for (strike, when) in [(Strike::Before, "before"), (Strike::After, "after")] {
        let mut outcomes = [0, 0];
        let calls = every_call(async |n| {
            if n % apart != 0 {
                return true;
            }
            let folder = tempfile::tempdir().expect("a folder");
            let accepted = fal.accepted().len();
            let run = |death: &[&str]| run(&process, folder.path(), &fal, death);
            let first = run(&[&n.to_string(), when]);
            let died = !first.status.success();
            let last = if died { run(&[]) } else { first.clone() };
            let told = |out: &Output| String::from_utf8_lossy(&out.stderr).into_owned();
            assert!(last.status.success(), "call {n}, {strike:?}: {}", told(&last));
            let report = report(&last);
            let states: Vec<_> = report["states"].as_array().expect("states").iter().collect();
            let stored = states.iter().filter(|state| **state == "stored").count();
            let context = || format!("call {n}, {strike:?}: {report:#}\n{}", told(&first));

            let requested = String::from_utf8_lossy(&first.stdout).contains("requested");
            let whole = states.len() == 2 || (states.is_empty() && !requested);
            assert!(whole, "what was acknowledged is there: {}", context());
            let ended = |state: &&&Value| [&"stored", &"failed"].iter().any(|s| ***state == **s);
            assert!(states.iter().all(|state| ended(&state)), "{}", context());
            assert_eq!(report["balance"], 10 - stored, "paid is what is stored: {}", context());
            assert_eq!(report["findings"], "[]", "the books: {}", context());
            assert_eq!(report["unreachable"], Value::Array(vec![]), "{}", context());
            let objects = files(&folder.path().join("objects"));
            assert_eq!(objects, 3 * stored, "nothing else was put: {}", context());
            let sent = fal.accepted().len() - accepted;
            assert!(sent <= states.len(), "something was sent twice: {}", context());
            outcomes[0] += stored;
            outcomes[1] += states.len() - stored;
            died
        })
        .await;
        println!("deaths {when} {calls} calls: {} stored, {} refunded", outcomes[0], outcomes[1]);
        // Both kinds of ending were seen: a death around a submit leaves nothing to ask for.
        assert!(outcomes[0] > 0 && (outcomes[1] > 0 || apart > 1), "{outcomes:?}");
    }
}

fn run(process: &Path, folder: &Path, fal: &FalSimulator, death: &[&str]) -> Output {
    let mut command = Command::new(process);
    command.arg(folder).args([fal.queue_url(), fal.media_url()]).args(death);
    command.output().expect("it runs")
}

/// The last line it printed.
fn report(out: &Output) -> Value {
    let text = String::from_utf8_lossy(&out.stdout);
    serde_json::from_str(text.lines().last().unwrap_or_default()).expect("a report")
}
