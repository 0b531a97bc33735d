//! docs/ARCHITECTURE.md and docs/CONTRIBUTING.md name only what exists.
//!
//! In both pages a word in code style that looks like a path is a path from the root. A function of
//! a file is written behind it: `crates/domain/src/till.rs:refund`. A path with NAME in it is a file
//! to be made; the folder above it must exist. In the tables of "Who guards what" each name in the
//! first column must be found in the file of the second one.

use std::{fs, path::PathBuf};

use super::root;

/// File names end like this; everything else without a slash is no path.
const ENDINGS: [&str; 8] = [".rs", ".sql", ".md", ".html", ".css", ".js", ".mjs", ".txt"];

/// The words in code style.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2).flat_map(str::split_whitespace)
}

fn is_path(word: &str) -> bool {
    let path = word.split(':').next().unwrap_or_default();
    let named = path.contains('/') || ENDINGS.iter().any(|ending| path.ends_with(ending));
    named && !path.starts_with('/') && !word.contains("://")
}

/// Whether a file defines this function or constant; `Till::refund` is looked for as `refund`.
fn defines(file: &str, name: &str) -> bool {
    let name = name.rsplit("::").next().unwrap_or(name);
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    ["fn ", "const "].iter().any(|word| {
        file.match_indices(&format!("{word}{name}"))
            .any(|(at, found)| ends(&file[at + found.len()..]))
    })
}

/// What is wrong with one path, and with the function behind it.
fn fault_of_path(word: &str) -> Option<String> {
    let (path, function) = word.split_once(':').map_or((word, None), |(p, f)| (p, Some(f)));
    let there: PathBuf = path.split('/').take_while(|part| !part.contains("NAME")).collect();
    if there.as_os_str().is_empty() || !root().join(&there).exists() {
        return Some(format!("{word}: no such path"));
    }
    let function = function?;
    let text = fs::read_to_string(root().join(path)).unwrap_or_default();
    (!defines(&text, function)).then(|| format!("{word}: no such function"))
}

/// Every path and function a page names that does not exist.
fn faults_of_page(text: &str) -> Vec<String> {
    let mut faults: Vec<_> =
        code(text).filter(|word| is_path(word)).filter_map(fault_of_path).collect();
    let open = text.lines().filter(|line| line.matches('`').count() % 2 == 1);
    faults.extend(open.map(|line| format!("{line}: code style is opened and not closed")));
    faults
}

/// The migration that made the schema object last, unless a later one took it away.
fn made_by(name: &str) -> Option<PathBuf> {
    let dir = root().join("crates/adapters-sqlite/migrations");
    let files = fs::read_dir(dir).expect("the migrations").flatten();
    let mut files: Vec<_> = files.map(|entry| entry.path()).collect();
    files.sort();
    let made =
        ["CONSTRAINT ", "CREATE TRIGGER ", "CREATE UNIQUE INDEX ", "CREATE INDEX ", "CREATE VIEW "];
    let gone = ["DROP TRIGGER ", "DROP INDEX ", "DROP VIEW "];
    let mut maker = None;
    for file in files {
        let sql = fs::read_to_string(&file).expect("a migration");
        let last = |kinds: &[&str]| {
            let found = kinds.iter().flat_map(|kind| {
                sql.match_indices(&format!("{kind}{name}"))
                    .map(|(at, found)| at + found.len())
                    .collect::<Vec<_>>()
            });
            let whole = |end: &usize| {
                !sql[*end..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
            };
            found.filter(whole).max()
        };
        match (last(&made), last(&gone)) {
            (Some(made), gone) if gone.is_none_or(|gone| gone < made) => maker = Some(file),
            (_, Some(_)) => maker = None,
            _ => {}
        }
    }
    maker
}

/// The rows of the tables of "Who guards what".
fn guards(text: &str) -> Vec<&str> {
    let section = text.split("\n## Who guards what").nth(1).unwrap_or_default();
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter(|line| line.starts_with("| "));
    rows.filter(|row| !row.starts_with("| barrier")).collect()
}

/// What is wrong with one row of them.
fn faults_of_guard(row: &str) -> Vec<String> {
    let cells: Vec<_> = row.trim_matches('|').split(" | ").collect();
    let [barrier, place, _] = &cells[..] else { return vec![format!("{row}: not three cells")] };
    let (names, places): (Vec<_>, Vec<_>) = (code(barrier).collect(), code(place).collect());
    let (false, [path]) = (names.is_empty(), &places[..]) else {
        return vec![format!("{row}: name the barrier and one file")];
    };
    let file = root().join(path);
    let text = fs::read_to_string(&file).unwrap_or_default();
    let is_there = |name: &str| {
        if file.extension().is_some_and(|ending| ending == "sql") {
            made_by(name).is_some_and(|made| made == file)
        } else {
            defines(&text, name)
        }
    };
    let missing = names.into_iter().filter(|name| !is_there(name));
    missing.map(|name| format!("{name}: not in {path}")).collect()
}

fn page(name: &str) -> String {
    fs::read_to_string(root().join("docs").join(name)).expect("a page")
}

#[test]
fn every_path_and_function_the_maps_name_exists() {
    for name in ["ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let text = page(name);
        assert!(code(&text).filter(|word| is_path(word)).count() > 40, "{name} was not read");
        assert_eq!(faults_of_page(&text), Vec::<String>::new(), "docs/{name}");
    }
}

#[test]
fn every_guard_the_map_names_exists() {
    let text = page("ARCHITECTURE.md");
    let rows = guards(&text);
    assert!(rows.len() > 40, "the tables were not read");
    let faults: Vec<_> = rows.into_iter().flat_map(faults_of_guard).collect();
    assert_eq!(faults, Vec::<String>::new(), "docs/ARCHITECTURE.md");
}

#[test]
fn a_wrong_name_in_a_map_is_found() {
    let right =
        "`crates/domain/src/till.rs:refund` and `docs/NAME.md`, `POST /billing/buy`, `pack:<id>`";
    assert_eq!(faults_of_page(right), Vec::<String>::new());
    for wrong in [
        "`crates/domain/src/tills.rs`",
        "`till.rs`",
        "`crates/domains/src/NAME.rs`",
        "`NAME.rs`",
        "`crates/domain/src/till.rs:refunds`",
        "`crates/domain/src/till.rs:refun`",
        "`crates/domain/src/till.rs",
    ] {
        assert_eq!(faults_of_page(wrong).len(), 1, "{wrong}");
    }
    let books = "crates/adapters-sqlite/migrations/0001-books.sql";
    let money = "crates/adapters-sqlite/migrations/0006-money.sql";
    let row = |name: &str, file: &str| format!("| `{name}` | `{file}` | it |");
    for (name, file) in [
        ("lot_one_per_source", books),
        ("account_balance_not_negative", books),
        // Dropped and made again by a later step.
        ("lot_terms_frozen", money),
        ("order_returned", money),
        ("Till::refund", "crates/domain/src/till.rs"),
    ] {
        assert_eq!(faults_of_guard(&row(name, file)), Vec::<String>::new());
    }
    for (name, file) in [
        ("lot_one_per_sourc", books),
        ("lot_one_per_source", money),
        ("lot_terms_frozen", books),
        ("Till::refunds", "crates/domain/src/till.rs"),
        ("Till::refund", "crates/domain/src/tills.rs"),
    ] {
        assert_eq!(faults_of_guard(&row(name, file)).len(), 1, "{name} {file}");
    }
    assert_eq!(faults_of_guard("| the writer | `crates/domain/src/till.rs` | it |").len(), 1);
}
