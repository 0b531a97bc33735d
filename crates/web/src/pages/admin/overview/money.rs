//! Sign-ups, and the money of orders by the day they were paid.

use std::collections::BTreeSet;

use safelight_domain::{Money, PaymentMode};
use safelight_usecases::DayFigures;

use super::section::{RowView, Section, Span, grouped};

pub fn sign_ups(figures: &[DayFigures], span: &Span) -> Section {
    let numbers: Vec<_> = figures.iter().map(|day| day.sign_ups).collect();
    let row = |(n, number): (usize, &u64)| RowView {
        day: span.name(n).to_owned(),
        cells: vec![grouped(*number)],
    };
    Section {
        id: "sign-ups",
        title: "Sign-ups",
        says: "People who opened an account.".to_owned(),
        wide: false,
        charts: vec![span.bars("New people", &numbers, grouped)],
        legend: Vec::new(),
        axis: span.axis(),
        columns: vec!["New people"],
        rows: numbers.iter().enumerate().rev().map(row).collect(),
    }
}

pub fn section(figures: &[DayFigures], span: &Span) -> Section {
    let currencies: BTreeSet<(&str, &str)> = figures
        .iter()
        .flat_map(|day| day.intakes.iter().map(|one| (one.mode.as_str(), &*one.currency)))
        .collect();
    let chart = |(mode, currency): (&str, &str)| {
        let net = |day: &DayFigures| {
            let own = day.intakes.iter().find(|one| is_of(one.mode, &one.currency, mode, currency));
            own.map_or(0, |one| one.captured - one.refunded)
        };
        let numbers: Vec<_> = figures.iter().map(net).collect();
        let name = currency.to_uppercase();
        let name = if mode == "live" { name } else { format!("{name}, {mode} money") };
        span.bars(&name, &numbers, |minor| amount(minor, currency))
    };
    let row = |(n, day): (usize, &DayFigures)| {
        let name = span.name(n).to_owned();
        let row = move |one: &safelight_usecases::Intake| {
            let own = [one.captured, one.refunded, one.captured - one.refunded];
            let amounts = own.map(|minor| amount(minor, &one.currency));
            let cells = std::iter::once(one.mode.as_str().to_owned()).chain(amounts).collect();
            RowView { day: name.clone(), cells }
        };
        day.intakes.iter().map(row).collect::<Vec<_>>()
    };
    Section {
        id: "money",
        title: "Money in",
        says: "Captured for orders paid on a day, less what has gone back of it since.".to_owned(),
        wide: false,
        charts: if currencies.is_empty() {
            vec![span.bars("Nothing paid", &vec![0; figures.len()], grouped)]
        } else {
            currencies.into_iter().map(chart).collect()
        },
        legend: Vec::new(),
        axis: span.axis(),
        columns: vec!["Mode", "Captured", "Gone back", "Left"],
        rows: figures.iter().enumerate().rev().flat_map(row).collect(),
    }
}

fn is_of(mode: PaymentMode, currency: &str, word: &str, wanted: &str) -> bool {
    mode.as_str() == word && currency == wanted
}

/// An amount in smallest units as people write it.
fn amount(minor: u64, currency: &str) -> String {
    Money { minor, currency: currency.to_owned() }.to_string()
}
