//! A calendar month in UTC: what a key's cap counts.

use jiff::{ToSpan, civil, tz::TimeZone};

use crate::{NEVER, Timestamp};

/// A month, known by the instant it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(Timestamp);

impl Month {
    /// The month `at` lies in.
    pub fn of(at: Timestamp) -> Self {
        Self(midnight(at.to_zoned(TimeZone::UTC).date().first_of_month()).unwrap_or(at))
    }

    /// Its first instant.
    pub fn begins(self) -> Timestamp {
        self.0
    }

    /// The first instant after it.
    pub fn ends(self) -> Timestamp {
        let next = self.0.to_zoned(TimeZone::UTC).date().checked_add(1.month());
        next.ok().and_then(midnight).unwrap_or(NEVER)
    }
}

fn midnight(date: civil::Date) -> Option<Timestamp> {
    date.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_from_its_first_instant_to_the_next_ones() {
        for (at, begins, ends) in [
            ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"),
            ("2026-01-31T23:59:59.999999Z", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"),
            ("2028-02-29T12:00:00Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"),
            ("2026-12-31T23:59:59Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
            ("1969-12-31T23:59:59Z", "1969-12-01T00:00:00Z", "1970-01-01T00:00:00Z"),
        ] {
            let month = Month::of(at.parse().unwrap());
            assert_eq!(
                (month.begins().to_string(), month.ends().to_string()),
                (begins.into(), ends.into())
            );
            assert_eq!(Month::of(month.begins()), month);
        }
    }
}
