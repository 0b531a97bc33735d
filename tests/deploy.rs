//! The deploy kit is read by the programs it is for, where they are installed. One that is not is
//! named on standard error: nothing passes silently.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use safelight_tests::{Place, binary};
use serde_json::Value;

fn kit() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests lie in the root").join("deploy")
}

/// Runs a program to its end; none when it is not installed, which is said.
fn run(program: &str, args: &[&str]) -> Option<Output> {
    let out = Command::new(program).args(args).output();
    if out.is_err() {
        eprintln!("!! NOT CHECKED: {program} is not installed");
    }
    out.ok()
}

fn told(out: &Output) -> String {
    String::from_utf8_lossy(&out.stderr).into_owned() + &String::from_utf8_lossy(&out.stdout)
}

const UNITS: [&str; 3] =
    ["safelight.service", "safelight-backup.service", "safelight-backup.timer"];

#[test]
fn systemd_reads_the_units_and_finds_little_exposed() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = |name: &str| folder.path().join(name).to_str().expect("text").to_owned();
    let program = binary().to_str().expect("text");
    for unit in UNITS {
        let text = fs::read_to_string(kit().join(unit)).expect("a unit");
        fs::write(here(unit), text.replace("/usr/local/bin/safelight", program)).expect("a copy");
    }
    for unit in UNITS {
        let Some(out) = run("systemd-analyze", &["verify", "--man=no", &here(unit)]) else {
            return;
        };
        assert!(out.status.success() && told(&out).is_empty(), "{unit}: {}", told(&out));
    }
    // The threshold is in tenths.
    let args = ["security", "--offline=yes", "--threshold=20", &here("safelight.service")];
    if let Some(out) = run("systemd-analyze", &args) {
        assert!(out.status.success(), "{}", told(&out));
    }
}

#[test]
fn nginx_and_caddy_read_their_samples() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = |name: &str| folder.path().join(name).to_str().expect("text").to_owned();
    if let Some(out) =
        run("caddy", &["validate", "--config", &kit().join("Caddyfile").to_string_lossy()])
    {
        assert!(out.status.success(), "{}", told(&out));
    }
    if run("nginx", &["-v"]).is_none() {
        return;
    }
    // Any certificate will do.
    let (key, certificate) = (here("key.pem"), here("certificate.pem"));
    let subject =
        ["-subj", "/CN=studio.example.com", "-nodes", "-days", "1", "-newkey", "rsa:2048"];
    let files = ["-keyout", &key, "-out", &certificate];
    let out = run("openssl", &[&["req", "-x509"][..], &subject, &files].concat());
    assert!(out.is_some_and(|out| out.status.success()), "a certificate for nginx to read");
    let sample = fs::read_to_string(kit().join("nginx.conf")).expect("the sample");
    let sample =
        sample.replace("/etc/letsencrypt/live/studio.example.com/fullchain.pem", &certificate);
    let sample = sample.replace("/etc/letsencrypt/live/studio.example.com/privkey.pem", &key);
    let (pid, log) = (here("pid"), here("log"));
    let all = format!(
        "pid {pid};\nerror_log {log};\nevents {{}}\nhttp {{\naccess_log off;\n{sample}}}\n"
    );
    fs::write(here("nginx.conf"), all).expect("the whole configuration");
    let out =
        run("nginx", &["-t", "-p", &here(""), "-c", &here("nginx.conf")]).expect("it is there");
    assert!(out.status.success(), "{}", told(&out));
}

/// The kit as its README says, with the stand-ins named: the doctor misses nothing but a backup.
#[test]
fn the_doctor_is_content_with_the_settings() {
    let settings = fs::read_to_string(kit().join("safelight.env")).expect("the settings");
    let settings = settings.lines().filter_map(|line| line.split_once('='));
    let settings = settings.filter(|(name, _)| {
        !name.starts_with('#') && !["DATA_DIR", "SAFELIGHT_CONFIG"].contains(name)
    });
    let settings: Vec<_> = settings.collect();
    assert_eq!(settings.len(), 3, "{settings:?}");
    let config = fs::read_to_string(kit().join("safelight.toml")).expect("the configuration");
    let config = format!("stand_ins = [\"painter\", \"disk\"]\n{config}");
    let place = Place::new(&config).with(&settings);
    let out = place.run(&["doctor", "--json"]);
    let report: Value = serde_json::from_slice(&out.stdout).expect("one JSON document");
    let checks = report["checks"].as_array().expect("checks").iter();
    let fired = checks.filter(|check| ["warn", "fail"].iter().any(|bad| check["level"] == *bad));
    let fired: Vec<_> = fired.map(|check| &check["id"]).collect();
    assert_eq!(fired, ["backup"], "{report:#}");
}
