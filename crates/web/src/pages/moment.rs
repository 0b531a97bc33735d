//! Times as people read them. The studio's own time is UTC, and so are its days.

use safelight_domain::{NEVER, SignedDuration, Timestamp};

/// A name for the day that sorts and can be compared: `2026-11-23`.
pub fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// The day as a heading: "Today", "Yesterday", "Sunday 22 November", with the year when it is
/// another one.
pub fn heading(at: Timestamp, now: Timestamp) -> String {
    let yesterday = now.saturating_sub(SignedDuration::from_hours(24)).unwrap_or(now);
    let year = |at: Timestamp| at.strftime("%Y").to_string();
    if day(at) == day(now) {
        "Today".to_owned()
    } else if day(at) == day(yesterday) {
        "Yesterday".to_owned()
    } else if year(at) == year(now) {
        at.strftime("%A %-d %B").to_string()
    } else {
        at.strftime("%A %-d %B %Y").to_string()
    }
}

/// The time of day: `14:02:31`.
pub fn clock(at: Timestamp) -> String {
    at.strftime("%H:%M:%S").to_string()
}

/// The day and the minute: "Today 14:02 UTC".
pub fn minute(at: Timestamp, now: Timestamp) -> String {
    format!("{} {} UTC", heading(at, now), at.strftime("%H:%M"))
}

/// The day alone: "1 Dec 2026"; none for what never comes.
pub fn date(at: Timestamp) -> Option<String> {
    (at < NEVER).then(|| at.strftime("%-d %b %Y").to_string())
}

/// How long ago, in one unit: "just now", "5 minutes ago", "3 days ago".
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(at).as_secs();
    let (count, unit) = match seconds {
        ..300 => return "just now".to_owned(),
        300..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn days_have_the_names_people_use() {
        let now = at("2026-03-01T00:30:00Z");
        for (then, title) in [
            ("2026-03-01T00:00:00Z", "Today"),
            ("2026-02-28T23:59:59Z", "Yesterday"),
            ("2026-02-27T23:59:59Z", "Friday 27 February"),
            ("2025-12-31T12:00:00Z", "Wednesday 31 December 2025"),
        ] {
            assert_eq!(heading(at(then), now), title);
        }
        assert_eq!(minute(at("2026-02-28T09:05:07Z"), now), "Yesterday 09:05 UTC");
        assert_eq!(date(at("2026-12-01T00:00:00Z")).as_deref(), Some("1 Dec 2026"));
        assert_eq!(date(NEVER), None);
    }

    #[test]
    fn ages_are_told_in_one_unit() {
        let now = at("2026-03-01T12:00:00Z");
        for (then, says) in [
            ("2026-03-01T12:00:00Z", "just now"),
            ("2026-03-01T11:55:00Z", "5 minutes ago"),
            ("2026-03-01T11:00:00Z", "1 hour ago"),
            ("2026-02-28T11:00:00Z", "1 day ago"),
            ("2026-01-01T12:00:00Z", "59 days ago"),
        ] {
            assert_eq!(ago(at(then), now), says);
        }
    }
}
