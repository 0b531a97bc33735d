//! Credits a day, by why they moved.

use safelight_usecases::{DayFigures, Moved};

use super::section::{RowView, Section, Span, grouped};

/// One number of all that moved.
type Pick = fn(&Moved) -> u64;

/// What is shown, in the order of a credit's life.
const MOVES: [(&str, Pick); 6] = [
    ("Sold", |moved| moved.sold),
    ("Granted", |moved| moved.granted),
    ("Spent", |moved| moved.spent),
    ("Refunded", |moved| moved.refunded),
    ("Expired", |moved| moved.expired),
    ("Taken back", |moved| moved.taken + moved.repaid),
];

pub fn section(figures: &[DayFigures], span: &Span) -> Section {
    let chart = |(name, of): (&'static str, Pick)| {
        let numbers: Vec<_> = figures.iter().map(|day| of(&day.moved)).collect();
        span.bars(name, &numbers, grouped)
    };
    let row = |(n, day): (usize, &DayFigures)| RowView {
        day: span.name(n).to_owned(),
        cells: MOVES.map(|(_, of)| grouped(of(&day.moved))).into(),
    };
    Section {
        id: "credits",
        title: "Credits",
        says: "Each chart has a scale of its own. Taken back is what returned payments, the \
               operator, repaid debts and closed accounts took."
            .to_owned(),
        wide: true,
        charts: MOVES.into_iter().map(chart).collect(),
        legend: Vec::new(),
        axis: span.axis(),
        columns: MOVES.iter().map(|(name, _)| *name).collect(),
        rows: figures.iter().enumerate().rev().map(row).collect(),
    }
}
