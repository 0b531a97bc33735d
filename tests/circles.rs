//! No two files of a crate import each other, directly or around a corner: each can be read
//! before those that use it. Circles from before this rule are listed in `circles/known.txt`; they
//! may shrink, and none may come or grow.
//!
//! Imports are read from the source. A name that `lib.rs` or another file re-exports counts as an
//! import of the file that defines it, so a re-export hides no circle.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// A module by its path within the crate: `["decide", "image"]`; empty for the crate's root.
type Module = Vec<String>;

/// What one file says of others.
#[derive(Default)]
struct Source {
    /// Names it re-exports, each with the path as written.
    exports: BTreeMap<String, Vec<String>>,
    /// Modules whose every name it re-exports.
    globs: Vec<Vec<String>>,
    /// Paths it imports or names in place, as written.
    paths: BTreeSet<Vec<String>>,
}

#[test]
fn no_files_of_a_crate_import_each_other_in_a_circle() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("crates");
    let mut found = Vec::new();
    let mut files = 0;
    for entry in fs::read_dir(crates).unwrap().flatten() {
        let sources = read(&entry.path().join("src"));
        files += sources.len();
        let name = entry.file_name().to_string_lossy().into_owned();
        for circle in circles(&imports(&sources)) {
            found.push(format!("{name}: {}", circle.join(" <-> ")));
        }
    }
    assert!(files > 300, "the sources were not read");
    let files_of = |circle: &str| -> BTreeSet<String> {
        let (name, files) = circle.split_once(": ").expect("a crate and its files");
        files.split(" <-> ").map(|file| format!("{name}/{file}")).collect()
    };
    let known: Vec<_> = include_str!("circles/known.txt").lines().map(files_of).collect();
    let found: Vec<_> = found.iter().map(|circle| files_of(circle)).collect();
    let new: Vec<_> =
        found.iter().filter(|circle| !known.iter().any(|known| circle.is_subset(known))).collect();
    assert!(new.is_empty(), "new circles: {new:#?}");
    let gone: Vec<_> =
        known.iter().filter(|known| !found.iter().any(|circle| circle.is_subset(known))).collect();
    assert!(gone.is_empty(), "take these off circles/known.txt: {gone:#?}");
}

#[test]
fn a_circle_is_seen_through_a_re_export() {
    let source = |text: &str| parse(text);
    let crate_of = |files: &[(&str, &str)]| -> BTreeMap<Module, Source> {
        files
            .iter()
            .map(|(path, text)| {
                let module = path.split('/').filter(|part| !part.is_empty());
                (module.map(str::to_owned).collect(), source(text))
            })
            .collect()
    };
    let straight = crate_of(&[
        ("", "mod a;\nmod b;\npub use a::A;\npub use b::B;"),
        ("a", "pub struct A;"),
        ("b", "use crate::A; pub struct B(A);"),
    ]);
    assert_eq!(circles(&imports(&straight)), Vec::<Vec<String>>::new());
    let circle = crate_of(&[
        ("", "mod a;\nmod b;\npub use a::A;\npub use b::{B, c};"),
        ("a", "use crate::{c as d, X}; pub struct A;"),
        ("b", "pub fn c() { crate::A::new() }"),
    ]);
    assert_eq!(circles(&imports(&circle)), [["a", "b"]]);
    let parent = crate_of(&[
        ("", "mod a;\npub use a::*;"),
        ("a", "mod b; use self::b::{B, B2}; pub struct A;"),
        ("a/b", "use super::A; pub struct B;"),
    ]);
    assert_eq!(circles(&imports(&parent)), [["a", "a/b"]]);
}

/// Every file of a crate.
fn read(src: &Path) -> BTreeMap<Module, Source> {
    let mut found = BTreeMap::new();
    let mut open = vec![src.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let module = module(&path, src);
                // Tests may import whatever they test.
                if module.iter().all(|part| part != "tests") {
                    found.insert(module, parse(&fs::read_to_string(&path).unwrap()));
                }
            }
        }
    }
    found
}

fn module(path: &Path, src: &Path) -> Module {
    let relative: PathBuf = path.strip_prefix(src).unwrap().with_extension("");
    let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if matches!(parts.as_slice(), [only] if only == "lib" || only == "main") {
        Vec::new()
    } else {
        parts
    }
}

/// Reads `use` items and paths in place. Comments, strings and inline test modules are left out.
fn parse(text: &str) -> Source {
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let code = without_comments(text);
    let mut source = Source::default();
    let mut rest = code.as_str();
    let mut plain = String::new();
    while let Some(at) = next_use(rest) {
        let (before, behind) = rest.split_at(at);
        plain.push_str(before);
        let end = behind.find(';').unwrap_or(behind.len());
        let is_export = before.trim_end().ends_with("pub")
            || before.trim_end().ends_with("pub(crate)")
            || before.trim_end().ends_with("pub(super)");
        for (path, name) in tree(&behind["use ".len()..end]) {
            if is_export && name == "*" {
                source.globs.push(path);
            } else if is_export {
                source.exports.insert(name, path.clone());
                source.paths.insert(path);
            } else {
                source.paths.insert(path);
            }
        }
        rest = &behind[end..];
    }
    plain.push_str(rest);
    source.paths.extend(paths_in_place(&plain));
    source
}

/// Where the next import begins: at the start of a line, `pub` or not.
fn next_use(code: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = code[from..].find("use ") {
        let at = from + at;
        let line = code[..at].rsplit('\n').next().unwrap_or_default().trim();
        if matches!(line, "" | "pub" | "pub(crate)" | "pub(super)") || line.ends_with(';') {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// The code without comments and without what strings hold.
fn without_comments(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        match c {
            '/' if chars.peek() == Some(&'/') => {
                chars.by_ref().find(|c| *c == '\n');
                plain.push('\n');
            }
            // A quote as a character literal opens no string.
            '"' if before != '\'' => {
                while let Some(inner) = chars.next() {
                    match inner {
                        '\\' => drop(chars.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            c => plain.push(c),
        }
        before = c;
    }
    plain
}

/// The paths of a use tree, each with the name it brings.
fn tree(text: &str) -> Vec<(Vec<String>, String)> {
    fn walk(prefix: &[String], text: &str, found: &mut Vec<(Vec<String>, String)>) {
        let text = text.trim();
        if let Some(open) = text.find('{') {
            let head = text[..open].trim().trim_end_matches("::");
            let mut prefix = prefix.to_vec();
            prefix.extend(head.split("::").filter(|part| !part.is_empty()).map(str::to_owned));
            let inner = &text[open + 1..text.rfind('}').unwrap_or(text.len())];
            let mut depth = 0;
            let mut start = 0;
            for (at, c) in inner.char_indices().chain([(inner.len(), ',')]) {
                match c {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        walk(&prefix, &inner[start..at], found);
                        start = at + 1;
                    }
                    _ => {}
                }
            }
        } else if !text.is_empty() {
            let (path, alias) = text.split_once(" as ").unwrap_or((text, ""));
            let mut all = prefix.to_vec();
            all.extend(path.trim().split("::").map(|part| part.trim().to_owned()));
            if all.last().is_some_and(|last| last == "self") {
                all.pop();
            }
            let name = all.last().cloned().unwrap_or_default();
            if name == "*" {
                all.pop();
            }
            let name = if alias.is_empty() { name } else { alias.trim().to_owned() };
            found.push((all, name));
        }
    }
    let mut found = Vec::new();
    walk(&[], text, &mut found);
    found
}

/// Paths such as `crate::edge::Edge` or `child::function` outside of imports.
fn paths_in_place(code: &str) -> BTreeSet<Vec<String>> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    code.split(|c| !word(c))
        .filter(|text| text.contains("::") && !text.starts_with(':'))
        .map(|text| text.split("::").map(str::to_owned).collect())
        .collect()
}

/// Which file imports which.
fn imports(sources: &BTreeMap<Module, Source>) -> BTreeMap<Module, BTreeSet<Module>> {
    let mut graph = BTreeMap::new();
    for (from, source) in sources {
        let targets = source.paths.iter().filter_map(|path| resolve(sources, from, path, 0));
        // The root names every module; that is its task, and nobody imports from its own lines.
        let targets: BTreeSet<_> = targets.filter(|to| to != from && !to.is_empty()).collect();
        if !from.is_empty() {
            graph.insert(from.clone(), targets);
        }
    }
    graph
}

/// The file that defines what `path`, written in `from`, names; none for other crates.
fn resolve(
    sources: &BTreeMap<Module, Source>,
    from: &Module,
    path: &[String],
    depth: usize,
) -> Option<Module> {
    if depth > 8 {
        return None;
    }
    let (mut at, rest): (Module, &[String]) = match path.first()?.as_str() {
        "crate" => (Vec::new(), &path[1..]),
        "self" => (from.clone(), &path[1..]),
        "super" => {
            let ups = path.iter().take_while(|part| *part == "super").count();
            (from[..from.len().checked_sub(ups)?].to_vec(), &path[ups..])
        }
        first => {
            let mut child = from.clone();
            child.push(first.to_owned());
            if !sources.contains_key(&child) {
                return None;
            }
            (from.clone(), path)
        }
    };
    for (n, part) in rest.iter().enumerate() {
        let mut child = at.clone();
        child.push(part.clone());
        if sources.contains_key(&child) {
            at = child;
            continue;
        }
        let source = sources.get(&at)?;
        if let Some(path) = source.exports.get(part) {
            let mut whole = path.clone();
            whole.extend_from_slice(&rest[n + 1..]);
            return resolve(sources, &at, &whole, depth + 1).or(Some(at));
        }
        return Some(at);
    }
    Some(at)
}

/// Groups of files that reach each other, larger than one.
fn circles(graph: &BTreeMap<Module, BTreeSet<Module>>) -> Vec<Vec<String>> {
    let reach = |from: &Module| {
        let mut seen = BTreeSet::new();
        let mut open: Vec<&Module> = graph.get(from).into_iter().flatten().collect();
        while let Some(next) = open.pop() {
            if seen.insert(next.clone()) {
                open.extend(graph.get(next).into_iter().flatten());
            }
        }
        seen
    };
    let reached: BTreeMap<_, _> = graph.keys().map(|from| (from, reach(from))).collect();
    let mut told = BTreeSet::new();
    let mut found = Vec::new();
    for (from, to) in &reached {
        if !to.contains(*from) || told.contains(*from) {
            continue;
        }
        let circle: Vec<_> = to.iter().filter(|other| reached[other].contains(*from)).collect();
        told.extend(circle.iter().map(|module| (*module).clone()));
        found.push(circle.into_iter().map(|module| module.join("/")).collect());
    }
    found
}
