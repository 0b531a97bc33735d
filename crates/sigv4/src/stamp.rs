//! A moment as signatures write it.

use std::fmt;

const DAY_SECONDS: i64 = 86_400;
/// 9999-12-31T23:59:59Z, the last moment with a four-digit year.
const LAST: i64 = 253_402_300_799;

/// `YYYYMMDDTHHMMSSZ`, in UTC.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stamp([u8; 16]);

impl Stamp {
    /// The stamp of a moment in unix seconds. What lies before 1970 or beyond 9999 is written as
    /// the nearest of the two: no server accepts either.
    pub fn at(unix_seconds: i64) -> Self {
        let seconds = unix_seconds.clamp(0, LAST);
        let (year, month, day) = civil(seconds / DAY_SECONDS);
        let of_day = seconds % DAY_SECONDS;
        let mut text = *b"00000000T000000Z";
        write(&mut text[0..4], year);
        write(&mut text[4..6], month);
        write(&mut text[6..8], day);
        write(&mut text[9..11], of_day / 3_600);
        write(&mut text[11..13], of_day / 60 % 60);
        write(&mut text[13..15], of_day % 60);
        Self(text)
    }

    /// All of it.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a stamp is ASCII")
    }

    /// The day alone, `YYYYMMDD`.
    pub fn day(&self) -> &str {
        &self.as_str()[..8]
    }
}

impl fmt::Debug for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Writes `number` right-aligned over the zeros of `digits`.
fn write(digits: &mut [u8], mut number: i64) {
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + u8::try_from(number % 10).expect("a digit");
        number /= 10;
    }
}

/// Year, month and day of a day counted from 1970-01-01, for days that are not negative.
///
/// Counts from 0000-03-01, so that the leap day ends a year (Howard Hinnant, "chrono-Compatible
/// Low-Level Date Algorithms": `civil_from_days`).
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments() {
        for (seconds, stamp) in [
            (0, "19700101T000000Z"),
            (951_782_399, "20000228T235959Z"),
            (951_782_400, "20000229T000000Z"),
            (1_440_938_160, "20150830T123600Z"),
            (4_107_542_399, "21000228T235959Z"),
            (4_107_542_400, "21000301T000000Z"),
            (LAST, "99991231T235959Z"),
            (LAST + 1, "99991231T235959Z"),
            (-1, "19700101T000000Z"),
            (i64::MIN, "19700101T000000Z"),
        ] {
            assert_eq!(Stamp::at(seconds).as_str(), stamp);
            assert_eq!(Stamp::at(seconds).day(), &stamp[..8]);
        }
    }

    /// Every day of eight centuries, against a calendar nobody here wrote.
    #[test]
    fn every_day_is_as_jiff_says() {
        for days in 0..300_000 {
            let seconds = days * DAY_SECONDS + days % DAY_SECONDS;
            let theirs = jiff::Timestamp::from_second(seconds).unwrap();
            let theirs = theirs.strftime("%Y%m%dT%H%M%SZ").to_string();
            assert_eq!(Stamp::at(seconds).as_str(), theirs);
        }
    }
}
