//! "2 pictures moved to trash", with the way to take it back.

use safelight_domain::ImageId;
use safelight_usecases::{Done, Images};
use serde::Serialize;

use crate::form::Form;

/// Names pictures just put in the trash.
const UNDO: &str = "undo";
/// Tells how many there were when they are too many to name.
const MANY: &str = "many";
/// Tells how many were left alone.
const KEPT: &str = "kept";
/// The query fields of a notice.
pub const FIELDS: [&str; 3] = [UNDO, MANY, KEPT];

/// What was just done.
#[derive(Serialize)]
pub struct NoticeView {
    /// How many pictures.
    count: usize,
    /// Which, when they can be named.
    ids: Vec<String>,
    /// How many liked ones stayed.
    kept: usize,
}

/// The query fields that tell of what went to the trash.
pub fn write(done: &Done) -> Vec<(&'static str, String)> {
    let mut fields = Vec::new();
    if done.ids.len() > Images::MOST {
        fields.push((MANY, done.ids.len().to_string()));
    } else if !done.ids.is_empty() {
        let ids: Vec<_> = done.ids.iter().map(ToString::to_string).collect();
        fields.push((UNDO, ids.join(".")));
    }
    if done.kept > 0 {
        fields.push((KEPT, done.kept.to_string()));
    }
    fields
}

/// The notice a query asks for. What cannot be read is left out: restoring is checked anyway.
pub fn read(query: &Form) -> Option<NoticeView> {
    let ids: Vec<_> = ids(query).map(|id| id.to_string()).collect();
    let number = |name| query.text(name).parse::<usize>().ok().filter(|n| *n <= 100_000);
    let count = if ids.is_empty() { number(MANY).unwrap_or(0) } else { ids.len() };
    let kept = number(KEPT).unwrap_or(0);
    (count + kept > 0).then_some(NoticeView { count, ids, kept })
}

/// The first picture of the notice.
pub fn first(query: &Form) -> Option<ImageId> {
    ids(query).next()
}

fn ids(query: &Form) -> impl Iterator<Item = ImageId> {
    query.text(UNDO).split('.').filter_map(|id| id.parse().ok())
}
