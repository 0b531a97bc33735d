//! A calendar day in UTC: what figures are told by.

use jiff::{ToSpan, civil, tz::TimeZone};

use crate::{NEVER, Timestamp};

/// A day, known by the instant it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Timestamp);

impl Day {
    /// The day `at` lies in.
    pub fn of(at: Timestamp) -> Self {
        Self(midnight(at.to_zoned(TimeZone::UTC).date()).unwrap_or(at))
    }

    /// Its first instant.
    pub fn begins(self) -> Timestamp {
        self.0
    }

    /// The first instant after it.
    pub fn ends(self) -> Timestamp {
        self.moved(1).map_or(NEVER, |next| next.0)
    }

    /// So many days before it; the earliest there is when that is before the calendar.
    #[must_use]
    pub fn back(self, days: u16) -> Self {
        self.moved(-i64::from(days)).unwrap_or(self)
    }

    /// The days from this one on that begin before `until`.
    pub fn until(self, until: Timestamp) -> impl Iterator<Item = Self> {
        let days = std::iter::successors(Some(self), |day| day.moved(1));
        days.take_while(move |day| day.0 < until)
    }

    fn moved(self, days: i64) -> Option<Self> {
        let date = self.0.to_zoned(TimeZone::UTC).date().checked_add(days.days());
        date.ok().and_then(midnight).map(Self)
    }
}

fn midnight(date: civil::Date) -> Option<Timestamp> {
    date.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_is_from_midnight_to_midnight() {
        for (instant, begins, ends) in [
            ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
            ("2026-01-31T23:59:59.999999Z", "2026-01-31T00:00:00Z", "2026-02-01T00:00:00Z"),
            ("2028-02-28T12:00:00Z", "2028-02-28T00:00:00Z", "2028-02-29T00:00:00Z"),
            ("1969-12-31T23:59:59Z", "1969-12-31T00:00:00Z", "1970-01-01T00:00:00Z"),
        ] {
            let day = Day::of(at(instant));
            assert_eq!((day.begins(), day.ends()), (at(begins), at(ends)));
            assert_eq!(Day::of(day.begins()), day);
            assert_eq!(Day::of(day.ends()).back(1), day);
        }
    }

    #[test]
    fn days_follow_each_other_without_a_gap() {
        let first = Day::of(at("2026-02-27T08:00:00Z"));
        let days: Vec<_> = first.until(at("2026-03-02T00:00:00Z")).collect();
        assert_eq!(days.len(), 3);
        assert!(days.windows(2).all(|two| two[0].ends() == two[1].begins()));
        assert_eq!(first.until(first.begins()).count(), 0);
    }
}
