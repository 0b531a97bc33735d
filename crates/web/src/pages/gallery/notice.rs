//! "2 pictures moved to trash", with the way to take it back.

use safelight_domain::ImageId;
use serde::Serialize;

use crate::form::Form;

/// The query field that names pictures just put in the trash.
pub const UNDO: &str = "undo";

/// What was just done.
#[derive(Serialize)]
pub struct NoticeView {
    /// How many pictures.
    count: usize,
    /// Which.
    ids: Vec<String>,
}

/// The value of [`UNDO`] for these pictures.
pub fn write(ids: &[ImageId]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(".")
}

/// The notice a query asks for. What cannot be read is left out: restoring is checked anyway.
pub fn read(query: &Form) -> Option<NoticeView> {
    let ids: Vec<_> = ids(query).map(|id| id.to_string()).collect();
    (!ids.is_empty()).then_some(NoticeView { count: ids.len(), ids })
}

/// The first picture of the notice.
pub fn first(query: &Form) -> Option<ImageId> {
    ids(query).next()
}

fn ids(query: &Form) -> impl Iterator<Item = ImageId> {
    query.text(UNDO).split('.').filter_map(|id| id.parse().ok())
}
