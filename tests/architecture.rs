//! The dependency table of docs/ARCHITECTURE.md, kept true over `cargo metadata`.

use std::process::Command;

/// What each ring's crate may name among ours. An unlisted crate has no ring and fails.
fn allowed(name: &str) -> Option<&'static [&'static str]> {
    Some(match name {
        "domain" | "sigv4" | "provenance" => &[],
        "ports" => &["domain"],
        "usecases" => &["domain", "ports", "provenance"],
        "testkit" => &["domain", "ports"],
        "outbound" => &["ports"],
        "adapters-fal" | "adapters-stripe" => &["domain", "outbound", "ports"],
        "adapters-r2" | "adapters-mail" => &["domain", "outbound", "ports", "sigv4"],
        _ if name.starts_with("adapters-") => &["domain", "ports"],
        "web" => &["domain", "usecases"],
        "cli" | "tests" => &["*"],
        _ => return None,
    })
}

/// The one fault in `from -> to`, if it is one.
fn fault(from: &str, to: &str) -> Option<String> {
    let Some(allowed) = allowed(from) else { return Some(format!("{from} has no ring")) };
    let fits =
        allowed.contains(&to) || (allowed.contains(&"*") && (from, to) != ("cli", "testkit"));
    (!fits).then(|| format!("{from} must not depend on {to}"))
}

#[test]
fn dependencies_point_inwards() {
    let cargo = env!("CARGO");
    let out = Command::new(cargo)
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo metadata runs");
    let metadata: serde_json::Value = serde_json::from_slice(&out.stdout).expect("it is JSON");
    let short = |value: &serde_json::Value| {
        value.as_str().and_then(|name| name.strip_prefix("safelight-")).map(str::to_owned)
    };
    let mut faults = Vec::new();
    let mut crates = 0;
    for package in metadata["packages"].as_array().expect("packages") {
        let from = short(&package["name"]).expect("every crate is called safelight-...");
        crates += 1;
        faults.extend(allowed(&from).is_none().then(|| format!("{from} has no ring")));
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            // Tests may stand on anything: only what ships is a ring's business.
            if dependency["kind"].is_null() {
                faults.extend(short(&dependency["name"]).and_then(|to| fault(&from, &to)));
            }
        }
    }
    assert!(crates >= 2, "the workspace was not read");
    assert_eq!(faults, Vec::<String>::new());
}

/// The crates of docs/ARCHITECTURE.md's table, each with what its row says it may name.
fn table() -> Vec<(String, Vec<String>)> {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/ARCHITECTURE.md");
    let text = std::fs::read_to_string(page).expect("the page");
    let table = text.split("\n## Crates").nth(1).expect("the section");
    let table = table.split("\n## ").next().expect("its end");
    let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| {
        let (name, rest) = row.split_once("` | ").expect("a first cell");
        let (may_name, _) = rest.split_once(" | ").expect("a second cell");
        (name.to_owned(), names(may_name))
    })
    .collect()
}

#[test]
fn the_table_in_the_docs_says_what_the_rule_says() {
    let table = table();
    for folder in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../crates"))
        .expect("the crates")
        .flatten()
    {
        let name = folder.file_name().to_string_lossy().into_owned();
        assert!(table.iter().any(|(row, _)| *row == name), "{name} has no row");
    }
    for (name, says) in table {
        let Some(allowed) = allowed(&name) else { panic!("{name} has no ring") };
        // The two that may name nearly everything say so in words.
        if !allowed.contains(&"*") {
            assert_eq!(says, allowed, "{name}");
        }
    }
}

#[test]
fn the_rule_refuses_what_it_should() {
    assert_eq!(
        fault("web", "adapters-sqlite").as_deref(),
        Some("web must not depend on adapters-sqlite")
    );
    assert_eq!(fault("domain", "ports").as_deref(), Some("domain must not depend on ports"));
    assert_eq!(fault("cli", "testkit").as_deref(), Some("cli must not depend on testkit"));
    assert_eq!(fault("misc", "domain").as_deref(), Some("misc has no ring"));
    assert_eq!(fault("usecases", "ports"), None);
}
