//! What every section of the overview is made of: charts, what their patterns mean, and a table.

use safelight_domain::{Day, Timestamp};
use safelight_usecases::DayFigures;
use serde::Serialize;

use crate::{
    pages::admin::chart::{Chart, Stack},
    site::thousands,
};

/// Charts that are looked at together, and the table behind them.
#[derive(Serialize)]
pub struct Section {
    /// Its name in the page's addresses.
    pub id: &'static str,
    pub title: &'static str,
    /// How its numbers are to be read.
    pub says: String,
    /// Whether it is as wide as the page.
    pub wide: bool,
    pub charts: Vec<Chart>,
    /// Patterns and markers with what they mean.
    pub legend: Vec<(&'static str, &'static str)>,
    /// The first, the middle and the last day.
    pub axis: [String; 3],
    pub columns: Vec<&'static str>,
    /// Days, newest first; a day without anything is left out of the long ones.
    pub rows: Vec<RowView>,
}

/// A row of the table.
#[derive(Serialize)]
pub struct RowView {
    pub day: String,
    pub cells: Vec<String>,
}

/// The days that are shown, by name.
pub struct Span {
    /// How many.
    pub days: usize,
    names: Vec<String>,
}

impl Span {
    pub fn of(figures: &[DayFigures]) -> Self {
        let names = figures.iter().map(|figures| name(figures.day)).collect();
        Self { days: figures.len(), names }
    }

    /// The name of the n-th day.
    pub fn name(&self, n: usize) -> &str {
        self.names.get(n).map_or("", String::as_str)
    }

    /// What stands under a chart.
    pub fn axis(&self) -> [String; 3] {
        let last = self.days.saturating_sub(1);
        [self.name(0).to_owned(), self.name(last / 2).to_owned(), "Today".to_owned()]
    }

    /// A chart of one number a day, in bars of which today's is another.
    pub fn bars(&self, title: &str, numbers: &[u64], say: impl Fn(u64) -> String) -> Chart {
        let total = numbers.iter().sum::<u64>();
        let peak = numbers.iter().copied().enumerate().max_by_key(|(_, number)| *number);
        let note = match peak.filter(|(_, number)| *number > 0) {
            Some((n, number)) => format!("most on {}, {}", self.name(n), say(number)),
            None => format!("none in {} days", self.days),
        };
        let says = format!("{title} a day for {} days: {} in all, {note}.", self.days, say(total));
        let last = numbers.len().saturating_sub(1);
        let stack = |(n, number): (usize, &u64)| -> Stack {
            let class = if n == last { "bar-now" } else { "bar" };
            vec![(*number, class, format!("{}: {}", self.name(n), say(*number)))]
        };
        let days = numbers.iter().enumerate().map(stack).collect();
        Chart::new(title, say(total), note, says).bars(days)
    }
}

/// A day as charts and tables name it: "3 Nov".
fn name(day: Day) -> String {
    let begins: Timestamp = day.begins();
    begins.strftime("%-d %b").to_string()
}

/// `1840` as `1,840`.
pub fn grouped(number: u64) -> String {
    thousands(i64::try_from(number).unwrap_or(i64::MAX))
}
