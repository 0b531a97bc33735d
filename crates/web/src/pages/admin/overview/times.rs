//! How long pictures took, day by day.

use safelight_domain::SignedDuration;
use safelight_usecases::{DayFigures, Times};

use super::section::{RowView, Section, Span};
use crate::pages::admin::chart::{Chart, Point};

/// One of the percentiles.
type Pick = fn(&Times) -> SignedDuration;

/// The two percentiles: marker, words, which.
const RANKS: [(&str, &str, Pick); 2] = [
    ("p50", "p50, half took no longer", |times| times.p50),
    ("p95", "p95, nineteen of twenty took no longer", |times| times.p95),
];

pub fn section(figures: &[DayFigures], span: &Span) -> Section {
    let known = figures.iter().enumerate().filter_map(|(n, day)| Some((n, day.times.as_ref()?)));
    let most = known.clone().map(|(_, times)| times.p95.as_secs_f64()).fold(0.0, f64::max);
    let (total, note) = match known.clone().next_back() {
        Some((n, times)) => {
            let note = format!("p95 {}, both of {}", said(times.p95), span.name(n));
            (said(times.p50), note)
        }
        None => ("-".to_owned(), format!("no picture in {} days", span.days)),
    };
    let says = format!("Render time a day for {} days: p50 {total}, {note}.", span.days);
    let chart = Chart::new("p50", total, note, says);
    let chart = RANKS.into_iter().fold(chart, |chart, (class, _, of)| {
        let point = |(n, day): (usize, &DayFigures)| {
            let took = day.times.as_ref().map(of);
            let says = took.map(|took| format!("{}: {class} {}", span.name(n), said(took)));
            Point { value: took.map(|took| took.as_secs_f64()), says: says.unwrap_or_default() }
        };
        chart.line(class, figures.iter().enumerate().map(point).collect(), most)
    });
    let row = |(n, times): (usize, &Times)| RowView {
        day: span.name(n).to_owned(),
        cells: vec![said(times.p50), said(times.p95)],
    };
    let mut rows: Vec<_> = known.map(row).collect();
    rows.reverse();
    Section {
        id: "times",
        title: "Render time",
        says: "Of stored pictures, from the intent to send a render until its picture was stored."
            .to_owned(),
        wide: false,
        charts: vec![chart],
        legend: RANKS.map(|(class, words, _)| (class, words)).into(),
        axis: span.axis(),
        columns: vec!["p50", "p95"],
        rows,
    }
}

/// A time as people say it: "340 ms", "2.9 s", "3 min 5 s".
fn said(took: SignedDuration) -> String {
    let millis = took.as_millis();
    match millis {
        ..1_000 => format!("{millis} ms"),
        1_000..100_000 => format!("{}.{} s", millis / 1_000, millis % 1_000 / 100),
        _ => format!("{} min {} s", millis / 60_000, millis % 60_000 / 1_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_in_the_unit_people_would_use() {
        for (millis, says) in [
            (0, "0 ms"),
            (340, "340 ms"),
            (2_949, "2.9 s"),
            (99_999, "99.9 s"),
            (185_000, "3 min 5 s"),
        ] {
            assert_eq!(said(SignedDuration::from_millis(millis)), says);
        }
    }
}
