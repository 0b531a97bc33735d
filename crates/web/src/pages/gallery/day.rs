//! Pictures of one day under one heading.

use safelight_domain::{Image, Timestamp};
use serde::Serialize;

use super::tile::TileView;
use crate::pages::moment;

/// A day's pictures.
#[derive(Serialize)]
pub struct DayView {
    /// `2026-11-23`, by which a further page finds the day it goes on with.
    day: String,
    heading: String,
    /// How many, when the whole day is on the page.
    count: Option<usize>,
    tiles: Vec<TileView>,
}

/// The pictures of a page, newest first, by day. A day that began on the page before, or goes on
/// on the next, is not counted: nobody has seen all of it.
pub fn days(
    images: &[Image],
    now: Timestamp,
    first: bool,
    last: bool,
    tile: impl Fn(&Image) -> TileView,
) -> Vec<DayView> {
    let groups: Vec<_> =
        images.chunk_by(|a, b| moment::day(a.created_at) == moment::day(b.created_at)).collect();
    let end = groups.len().saturating_sub(1);
    let whole = |place| (place > 0 || first) && (place < end || last);
    let day = |(place, group): (usize, &[Image])| {
        let at = group.first().map_or(now, |image| image.created_at);
        DayView {
            day: moment::day(at),
            heading: moment::heading(at, now),
            count: whole(place).then_some(group.len()),
            tiles: group.iter().map(&tile).collect(),
        }
    };
    groups.into_iter().enumerate().map(day).collect()
}
