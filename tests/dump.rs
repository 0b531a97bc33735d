//! All that is recorded, as text to compare.

use std::fmt::Write as _;

use rusqlite::{Connection, OpenFlags, types::ValueRef};

use crate::TestStudio;

/// What moves when credits or money do, and nothing else does.
pub const BOOKS: [&str; 7] = ["account", "charge", "customer", "entry", "lot", "pack_order", "txn"];

/// Every row of the tables that `wanted` wants, in order.
pub fn dump(studio: &TestStudio, wanted: impl Fn(&str) -> bool) -> String {
    let path = studio.path().join("safelight.db");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let database = Connection::open_with_flags(path, flags).expect("the database opens");
    let listed = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    let mut names = database.prepare(listed).expect("a statement");
    let names = names.query_map([], |row| row.get::<_, String>(0)).expect("the tables");
    let names: Vec<_> = names.map(|name| name.expect("a name")).collect();
    names.iter().filter(|name| wanted(name)).map(|name| rows(&database, name)).collect()
}

fn rows(database: &Connection, table: &str) -> String {
    let mut select = database.prepare(&format!("SELECT * FROM \"{table}\"")).expect("a table");
    let columns = select.column_count();
    let mut rows = select.query([]).expect("its rows");
    let mut all = Vec::new();
    while let Some(row) = rows.next().expect("a row") {
        let mut line = table.to_owned();
        for column in 0..columns {
            match row.get_ref(column).expect("a column") {
                ValueRef::Text(text) => write!(line, " {}", String::from_utf8_lossy(text)),
                other => write!(line, " {other:?}"),
            }
            .expect("text grows");
        }
        all.push(line + "\n");
    }
    all.sort();
    all.concat()
}
