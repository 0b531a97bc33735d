//! Months, in UTC as all of the studio's time.

use jiff::{Timestamp, tz::TimeZone};

/// The first moment of the month `at` lies in.
pub fn month_start(at: Timestamp) -> Timestamp {
    let first = at.to_zoned(TimeZone::UTC).date().first_of_month();
    first.to_zoned(TimeZone::UTC).map_or(Timestamp::MIN, |start| start.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_begins_at_midnight_of_its_first() {
        for (at, start) in [
            ("2026-11-23T10:00:00Z", "2026-11-01T00:00:00Z"),
            ("2026-11-01T00:00:00Z", "2026-11-01T00:00:00Z"),
            ("2024-02-29T23:59:59.999Z", "2024-02-01T00:00:00Z"),
        ] {
            assert_eq!(month_start(at.parse().unwrap()), start.parse().unwrap(), "{at}");
        }
    }
}
