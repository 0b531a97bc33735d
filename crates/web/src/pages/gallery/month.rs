//! The months one can jump to.

use safelight_domain::{Image, Timestamp, month_start};
use safelight_usecases::Month;
use serde::Serialize;

use crate::wire::Wire;

/// A month in a list.
#[derive(Serialize)]
pub struct MonthView {
    /// "November 2026"
    name: String,
    /// Where its newest picture is.
    cursor: String,
    /// Whether the page begins in it.
    chosen: bool,
}

/// All months, with the one that the page begins in when it does not begin at the newest picture.
pub fn months(all: &[Month], first: Option<&Image>, at_newest: bool) -> Vec<MonthView> {
    let shown = first.filter(|_| !at_newest).map(|image| month_start(image.created_at));
    let view = |month: &Month| MonthView {
        name: name(month.newest),
        cursor: month.from.write(),
        chosen: shown == Some(month_start(month.newest)),
    };
    all.iter().map(view).collect()
}

fn name(at: Timestamp) -> String {
    at.strftime("%B %Y").to_string()
}
