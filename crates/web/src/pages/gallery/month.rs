//! The months one can jump to.

use safelight_domain::{Image, Month, Timestamp};
use safelight_usecases::GalleryMonth;
use serde::Serialize;

use crate::page::ListOf;

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
pub fn months(
    all: &[GalleryMonth],
    first: Option<&Image>,
    at_newest: bool,
    list: ListOf,
) -> Vec<MonthView> {
    let shown = first.filter(|_| !at_newest).map(|image| Month::of(image.created_at));
    let view = |month: &GalleryMonth| MonthView {
        name: name(month.newest),
        cursor: list.write(month.from),
        chosen: shown == Some(Month::of(month.newest)),
    };
    all.iter().map(view).collect()
}

fn name(at: Timestamp) -> String {
    at.strftime("%B %Y").to_string()
}
