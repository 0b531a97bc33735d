//! `matrix.txt`: who is answered what.

use std::collections::BTreeMap;

use crate::who::Who;

/// What a route answers to each who.
pub type Row = Vec<(Who, String)>;

/// The expectations, by method and path.
pub fn expectations() -> BTreeMap<(String, String), Row> {
    let mut columns = Vec::new();
    let mut rows = BTreeMap::new();
    for line in include_str!("matrix.txt").lines() {
        let mut words = line.split_whitespace();
        let (Some(first), Some(second)) = (words.next(), words.next()) else { continue };
        match first {
            "#" => {}
            "METHOD" => {
                let who = |word| Who::parse(word).unwrap_or_else(|| panic!("nobody is a {word}"));
                columns = words.map(who).collect();
            }
            method => {
                let answers: Vec<_> = words.map(str::to_owned).collect();
                assert_eq!(answers.len(), columns.len(), "one answer a column: {line}");
                let row = columns.iter().copied().zip(answers).collect();
                let key = (method.to_owned(), second.to_owned());
                assert!(rows.insert(key, row).is_none(), "twice: {line}");
            }
        }
    }
    rows
}
