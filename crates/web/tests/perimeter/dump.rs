//! All that is recorded, as text to compare.

use std::fmt::Write as _;

use rusqlite::{Connection, OpenFlags, types::ValueRef};

use crate::site::Site;

/// Windows of limits are not what an act is about.
const NOT_FACTS: [&str; 1] = ["quota"];

/// Every row of every table, in order.
pub fn dump(site: &Site) -> String {
    let path = site.studio.path().join("safelight.db");
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let listed = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    let mut names = database.prepare(listed).unwrap();
    let names: Vec<String> =
        names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let facts = names.iter().filter(|name| !NOT_FACTS.contains(&name.as_str()));
    facts.map(|name| rows(&database, name)).collect()
}

fn rows(database: &Connection, table: &str) -> String {
    let mut select = database.prepare(&format!("SELECT * FROM \"{table}\"")).unwrap();
    let columns = select.column_count();
    let mut rows = select.query([]).unwrap();
    let mut all = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        let mut line = table.to_owned();
        for column in 0..columns {
            match row.get_ref(column).unwrap() {
                ValueRef::Text(text) => write!(line, " {}", String::from_utf8_lossy(text)),
                other => write!(line, " {other:?}"),
            }
            .unwrap();
        }
        all.push(line + "\n");
    }
    all.sort();
    all.concat()
}
