//! Documents that name code are kept true: every test a promise names exists.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

#[path = "tidy/maps.rs"]
mod maps;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests lie in the root").to_owned()
}

/// Every `fn` of every Rust file, and every `test("..."` of the browser suite.
fn names(dir: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(dir).expect("a folder").flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') && name != "target" && name != "node_modules" {
            names(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).expect("a source file");
            for rest in text.split("fn ").skip(1) {
                let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
                found.insert(rest.chars().take_while(|c| word(*c)).collect());
            }
        }
    }
}

fn all_names() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for dir in ["crates", "tests"] {
        names(&root().join(dir), &mut found);
    }
    found
}

#[test]
fn every_control_names_tests_that_exist_or_its_gap() {
    let found = all_names();
    let table = fs::read_to_string(root().join("docs/SECURITY.md")).expect("the security page");
    let mut rows = 0;
    let mut missing = Vec::new();
    for row in table.lines() {
        let cells: Vec<_> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [id, _, evidence] = &cells[..] else { continue };
        let is_id =
            id.split('.').count() == 3 && id.bytes().all(|b| b == b'.' || b.is_ascii_digit());
        if !is_id {
            continue;
        }
        rows += 1;
        let tests: Vec<_> = evidence.split('`').skip(1).step_by(2).collect();
        let honest = ["gap: ", "not here: "].iter().any(|word| evidence.contains(word));
        assert!(honest || !tests.is_empty(), "a control without evidence or gap: {row}");
        missing.extend(tests.into_iter().filter(|test| !found.contains(*test)));
    }
    assert!(rows > 80, "the table was not read");
    assert_eq!(missing, Vec::<&str>::new(), "docs/SECURITY.md names tests that do not exist");
}

#[test]
fn every_promise_names_tests_that_exist() {
    let found = all_names();
    let table = fs::read_to_string(root().join("docs/INVARIANTS.md")).expect("the invariants");
    let mut named = 0;
    let mut missing = Vec::new();
    for row in table.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| promise"))
    {
        let tests = row.trim_end_matches(" |").rsplit(" | ").next().expect("a last column");
        let tests: Vec<_> = tests.split('`').skip(1).step_by(2).collect();
        assert!(!tests.is_empty(), "a promise without a test: {row}");
        named += tests.len();
        missing.extend(tests.into_iter().filter(|test| !found.contains(*test)));
    }
    assert!(named > 15, "the table was not read");
    assert_eq!(missing, Vec::<&str>::new(), "docs/INVARIANTS.md names tests that do not exist");
}

/// The ids are the string literals after `report.ok(` and its like.
#[test]
fn every_check_of_the_doctor_has_its_section() {
    let dir = root().join("crates/cli/src/commands/doctor");
    let mut ids = BTreeSet::new();
    for entry in fs::read_dir(dir).expect("the doctor's areas").flatten() {
        let text = fs::read_to_string(entry.path()).expect("a source file");
        for call in ["ok", "info", "warn", "fail", "try_get"].map(|call| format!("report.{call}("))
        {
            let literals = text.split(&call).skip(1).map(str::trim_start);
            let literals = literals.filter_map(|rest| rest.strip_prefix('"')?.split_once('"'));
            ids.extend(literals.map(|(id, _)| id.to_owned()));
        }
    }
    assert!(ids.len() > 8, "the checks were not found");
    let page = fs::read_to_string(root().join("docs/doctor.md")).expect("the doctor's page");
    let sections: BTreeSet<_> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let kebab =
        |id: &str| id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let wrong: Vec<_> =
        ids.iter().filter(|id| !kebab(id) || !sections.contains(id.as_str())).collect();
    assert_eq!(wrong, Vec::<&String>::new(), "without a section in docs/doctor.md");
}

/// Every figure the runbook sends somebody to is one that is told, every check one that there is.
#[test]
fn the_runbook_names_figures_and_checks_that_exist() {
    let page = |name: &str| fs::read_to_string(root().join("docs").join(name)).expect("a page");
    let (runbook, metrics, doctor) = (page("RUNBOOK.md"), page("metrics.md"), page("doctor.md"));
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words: BTreeSet<_> = runbook.split(|c| !part(c)).collect();
    let figures: Vec<_> = words.iter().filter(|word| word.starts_with("safelight_")).collect();
    assert!(figures.len() > 10, "the runbook was not read");
    let untold: Vec<_> =
        figures.iter().filter(|name| !metrics.contains(&format!("| `{name}` |"))).collect();
    assert_eq!(untold, Vec::<&&&str>::new(), "not in docs/metrics.md");
    let sections: BTreeSet<_> =
        doctor.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let mut checks = 0;
    for rest in runbook.split("octor").skip(1) {
        // `doctor, `wal`` and `doctor `renders``, as the page writes them.
        let rest = rest.trim_start_matches([',', ' ', '\n', ':']);
        let Some(id) = rest.strip_prefix('`').and_then(|rest| rest.split('`').next()) else {
            continue;
        };
        checks += 1;
        assert!(sections.contains(id), "docs/doctor.md has no section {id}");
    }
    assert!(checks > 5, "the checks were not found");
}

/// A method with a body of its own that a decorator forgets would silently be the trait's.
#[test]
fn what_counts_calls_passes_every_one_of_them_on() {
    let methods = |path: PathBuf| {
        let text = fs::read_to_string(path).expect("a source file");
        let names = text.split("\n    fn ").skip(1).chain(text.split("\n    async fn ").skip(1));
        let names = names.map(|rest| rest.split(['(', '<']).next().expect("a name").to_owned());
        names.collect::<BTreeSet<_>>()
    };
    for port in ["store", "provider", "storage", "mail", "payments"] {
        let text = fs::read_to_string(root().join(format!("crates/ports/src/{port}.rs")));
        let text = text.expect("a port");
        let file = if port == "mail" { "mailer" } else { port };
        let counted = methods(root().join(format!("crates/cli/src/wire/metered/{file}.rs")));
        // The trait itself: other traits may stand beside it.
        let name = file[..1].to_uppercase() + &file[1..];
        let body = text.split(&format!("pub trait {name}: ")).nth(1).expect("the trait");
        let body = body.split("\n}").next().expect("its end");
        let wanted = body.lines().filter_map(|line| {
            let line = line.strip_prefix("    ")?;
            let rest = line.strip_prefix("async fn ").or_else(|| line.strip_prefix("fn "))?;
            rest.split('(').next()
        });
        let wanted: Vec<_> = wanted.collect();
        assert!(!wanted.is_empty(), "{port} was not read");
        let forgotten: Vec<_> = wanted.iter().filter(|name| !counted.contains(**name)).collect();
        assert_eq!(forgotten, Vec::<&&str>::new(), "{port}");
    }
}
