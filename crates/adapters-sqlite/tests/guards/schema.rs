//! The schema as text: which guards it names, and what it is without some of them.

use std::{collections::BTreeSet, fmt::Write as _};

use rusqlite::Connection;
use safelight_adapters_sqlite::schema_sql;

/// A guard and what SQLite says when it refuses. A trigger that raises twice is two guards.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Guard {
    pub name: String,
    pub says: String,
}

/// The whole schema but for the named guards.
pub fn without(guards: &[&str]) -> Connection {
    let mut sql = schema_sql();
    let mut drops = String::new();
    for name in guards {
        if !cut_constraint(&mut sql, name) {
            let kind = if sql.contains(&format!("TRIGGER {name} ")) { "TRIGGER" } else { "INDEX" };
            let _ = write!(drops, "DROP {kind} {name};");
        }
    }
    let db = Connection::open_in_memory().unwrap();
    db.pragma_update(None, "foreign_keys", true).unwrap();
    db.pragma_update(None, "recursive_triggers", true).unwrap();
    db.execute_batch(&sql).unwrap_or_else(|error| panic!("without {guards:?}: {error}\n{sql}"));
    db.execute_batch(&drops).unwrap_or_else(|error| panic!("without {guards:?}: {error}"));
    db
}

/// Every guard the migrations make.
pub fn guards() -> BTreeSet<Guard> {
    let sql = schema_sql();
    let db = without(&[]);
    let mut all = BTreeSet::new();
    for (at, _) in sql.match_indices("CONSTRAINT ") {
        let rest = &sql[at + "CONSTRAINT ".len()..];
        let (name, rest) = rest.split_once(' ').unwrap();
        let says = if rest.starts_with("CHECK(") {
            format!("CHECK constraint failed: {name}")
        } else {
            let table =
                sql[..at].rsplit("CREATE TABLE ").next().unwrap().split('(').next().unwrap();
            let columns = rest.strip_prefix("PRIMARY KEY(").unwrap().split(')').next().unwrap();
            let columns: Vec<_> = columns.split(", ").map(|c| format!("{table}.{c}")).collect();
            format!("UNIQUE constraint failed: {}", columns.join(", "))
        };
        all.insert(Guard { name: name.to_owned(), says });
    }
    for (kind, name, sql) in objects(&db) {
        if kind == "index" && sql.starts_with("CREATE UNIQUE") {
            all.insert(Guard { says: says_unique(&db, &name), name });
        } else if kind == "trigger" {
            let raised = sql.split("RAISE(ABORT, '").skip(1).map(|rest| {
                let says = rest.split("')").next().unwrap().replace("''", "'");
                Guard { name: name.clone(), says }
            });
            all.extend(raised);
        }
    }
    all
}

/// Triggers that refuse nothing but move what follows from a write.
pub fn movers() -> Vec<String> {
    let triggers = objects(&without(&[])).into_iter().filter(|(kind, ..)| kind == "trigger");
    triggers.filter(|(.., sql)| !sql.contains("RAISE")).map(|(_, name, _)| name).collect()
}

fn objects(db: &Connection) -> Vec<(String, String, String)> {
    let mut all =
        db.prepare("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL").unwrap();
    let rows = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

/// SQLite names the columns of an index, or the index when it is of expressions.
fn says_unique(db: &Connection, index: &str) -> String {
    let sql = "SELECT m.tbl_name || '.' || i.name FROM sqlite_schema m, pragma_index_info(m.name) i \
               WHERE m.name = ?1 ORDER BY i.seqno";
    let mut columns = db.prepare(sql).unwrap();
    let columns = columns.query_map([index], |row| row.get::<_, Option<String>>(0)).unwrap();
    let columns: Option<Vec<String>> = columns.map(Result::unwrap).collect();
    let what = columns.map_or_else(|| format!("index '{index}'"), |columns| columns.join(", "));
    format!("UNIQUE constraint failed: {what}")
}

/// Cuts `CONSTRAINT name ..(..)` with the comma before it; a table that loses its primary key
/// becomes an ordinary one. Answers whether there was such a constraint.
fn cut_constraint(sql: &mut String, name: &str) -> bool {
    let Some(start) = sql.find(&format!("CONSTRAINT {name} ")) else { return false };
    let open = start + sql[start..].find('(').unwrap();
    let mut depth = 0;
    let close = open
        + sql[open..]
            .find(|c| {
                depth += i32::from(c == '(') - i32::from(c == ')');
                depth == 0
            })
            .unwrap();
    let was_key = sql[start..open].ends_with("PRIMARY KEY");
    let line = sql[..start].rfind('\n').map_or(0, |at| at + 1);
    // A column that was added later has its constraint on its own line, and no comma before it.
    let added = sql[line..start].starts_with("ALTER TABLE");
    let comma = if added { start } else { sql[..start].rfind(',').unwrap() };
    sql.replace_range(comma..=close, "");
    if was_key {
        let rowid = comma + sql[comma..].find(", WITHOUT ROWID").unwrap();
        sql.replace_range(rowid..rowid + ", WITHOUT ROWID".len(), "");
    }
    true
}
