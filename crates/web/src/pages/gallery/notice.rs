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
    let ids = query.text(UNDO).split('.').filter(|id| id.parse::<ImageId>().is_ok());
    let ids: Vec<_> = ids.map(str::to_owned).collect();
    (!ids.is_empty()).then(|| NoticeView { count: ids.len(), ids })
}
