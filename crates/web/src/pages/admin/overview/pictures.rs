//! Renders that ended a day, by model and outcome.

use std::collections::BTreeSet;

use safelight_domain::ModelSlug;
use safelight_usecases::{DayFigures, Outcomes};

use super::section::{RowView, Section, Span, grouped};
use crate::pages::admin::chart::{Chart, Stack};

/// One number of the outcomes.
type Pick = fn(&Outcomes) -> u64;

/// Outcomes with their patterns, from the ground up.
const OUTCOMES: [(&str, &str, Pick); 4] = [
    ("stored", "Stored", |outcomes| outcomes.stored),
    ("failed", "Failed", |outcomes| outcomes.failed),
    ("filtered", "Filtered", |outcomes| outcomes.filtered),
    ("cancelled", "Cancelled", |outcomes| outcomes.cancelled),
];

pub fn section(figures: &[DayFigures], span: &Span) -> Section {
    let models: BTreeSet<&ModelSlug> =
        figures.iter().flat_map(|day| day.renders.iter().map(|(model, _)| model)).collect();
    let mut charts = vec![chart("All models", figures, span, |_| true)];
    // One model alone would be the same chart again.
    if models.len() > 1 {
        charts
            .extend(models.iter().map(|model| chart(&model.0, figures, span, |own| own == *model)));
    }
    let rows = figures.iter().enumerate().rev().flat_map(|(n, day)| {
        day.renders.iter().map(move |(model, outcomes)| {
            let numbers = OUTCOMES.map(|(.., of)| grouped(of(outcomes)));
            let cells = std::iter::once(model.0.clone()).chain(numbers).collect();
            RowView { day: span.name(n).to_owned(), cells }
        })
    });
    Section {
        id: "pictures",
        title: "Pictures",
        says: "Renders by the day they ended. All but the stored ones gave their credits back; \
               imported pictures are not among them."
            .to_owned(),
        wide: true,
        charts,
        legend: OUTCOMES.map(|(class, name, _)| (class, name)).into(),
        axis: span.axis(),
        columns: std::iter::once("Model").chain(OUTCOMES.map(|(_, name, _)| name)).collect(),
        rows: rows.collect(),
    }
}

fn chart(
    name: &str,
    figures: &[DayFigures],
    span: &Span,
    is_of: impl Fn(&ModelSlug) -> bool,
) -> Chart {
    let of_day = |day: &DayFigures| {
        let own = day.renders.iter().filter(|(model, _)| is_of(model));
        own.fold(Outcomes::default(), |sum, (_, outcomes)| sum.plus(*outcomes))
    };
    let days: Vec<_> = figures.iter().map(of_day).collect();
    let all = days.iter().fold(Outcomes::default(), |sum, day| sum.plus(*day));
    let note = match all.all() {
        0 => format!("none in {} days", span.days),
        ended => {
            let rest = ended - all.stored;
            let tenths = (rest * 1_000 + ended / 2) / ended;
            format!("{} without a picture, {}.{} %", grouped(rest), tenths / 10, tenths % 10)
        }
    };
    let told = OUTCOMES.map(|(class, _, of)| format!("{} {class}", grouped(of(&all)))).join(", ");
    let says = format!("Renders a day for {} days, {name}: {told}.", span.days);
    let stack = |(n, day): (usize, &Outcomes)| -> Stack {
        let part = |(class, _, of): (&'static str, &str, Pick)| {
            (of(day), class, format!("{}: {} {class}", span.name(n), grouped(of(day))))
        };
        OUTCOMES.into_iter().map(part).collect()
    };
    let bars = days.iter().enumerate().map(stack).collect();
    Chart::new(name, grouped(all.stored), note, says).bars(bars)
}
