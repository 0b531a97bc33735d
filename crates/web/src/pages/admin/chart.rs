//! Charts as values: what a template draws as SVG, by attributes and classes alone.
//!
//! Invariant: a chart is read without its colours. What differs has a pattern, a marker or a chart
//! of its own, and the table behind it tells every number.

use std::fmt::Write as _;

use serde::Serialize;

/// How wide and how high a drawing is, in its own units.
const WIDE: f64 = 360.0;
const HIGH: f64 = 96.0;
/// Days that are few enough for a marker each.
const CLOSE: usize = 31;

/// A chart with its words.
#[derive(Debug, Serialize)]
pub struct Chart {
    /// What is shown, such as "Spent".
    pub name: String,
    /// The one number to remember.
    pub total: String,
    /// What the number does not say.
    pub note: String,
    /// The whole of it in a sentence, for whoever does not see it.
    pub says: String,
    bars: Vec<Bar>,
    lines: Vec<Line>,
}

/// A bar, or a part of one.
#[derive(Debug, PartialEq, Serialize)]
struct Bar {
    x: String,
    y: String,
    width: String,
    height: String,
    class: &'static str,
    /// The day and its number.
    says: String,
}

/// A line with markers; broken where a day has none.
#[derive(Debug, PartialEq, Serialize)]
struct Line {
    class: &'static str,
    /// Unbroken pieces, as `points` has them.
    pieces: Vec<String>,
    dots: Vec<Dot>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Dot {
    x: String,
    y: String,
    says: String,
}

/// One number of one day, and how it is said.
pub struct Point {
    /// The number; none when the day has none.
    pub value: Option<f64>,
    /// The day and its number, in words.
    pub says: String,
}

/// The parts of one day's bar from the ground up: number, class, words.
pub type Stack = Vec<(u64, &'static str, String)>;

impl Chart {
    /// A chart of nothing but words so far.
    pub fn new(name: &str, total: String, note: String, says: String) -> Self {
        Self { name: name.to_owned(), total, note, says, bars: Vec::new(), lines: Vec::new() }
    }

    /// The same with a bar a day, each of parts on top of each other.
    #[must_use]
    pub fn bars(self, days: Vec<Stack>) -> Self {
        let sum = |stack: &Stack| stack.iter().map(|(n, ..)| float(*n)).sum::<f64>();
        let most = days.iter().map(sum).fold(0.0, f64::max);
        let slot = WIDE / float(days.len().max(1) as u64);
        let gap = if slot > 8.0 { 3.0 } else { 1.0 };
        let mut bars = Vec::new();
        for (n, stack) in days.into_iter().enumerate() {
            let mut ground = HIGH;
            for (number, class, says) in stack.into_iter().filter(|(number, ..)| *number > 0) {
                // What is there is seen, however small beside the rest.
                let height = (HIGH * float(number) / most).max(1.0);
                ground -= height;
                bars.push(Bar {
                    x: place(slot * float(n as u64)),
                    y: place(ground.max(0.0)),
                    width: place(slot - gap),
                    height: place(height),
                    class,
                    says,
                });
            }
        }
        Self { bars, ..self }
    }

    /// The same with a line; `most` is the top of the drawing.
    #[must_use]
    pub fn line(mut self, class: &'static str, points: Vec<Point>, most: f64) -> Self {
        let slot = WIDE / float(points.len().max(1) as u64);
        let (mut pieces, mut dots) = (vec![String::new()], Vec::new());
        let known: Vec<_> = points.iter().map(|point| point.value.is_some()).collect();
        let is_lone = |n: usize| {
            let before = n.checked_sub(1).is_some_and(|n| known[n]);
            !before && !known.get(n + 1).copied().unwrap_or(false)
        };
        for (n, Point { value, says }) in points.into_iter().enumerate() {
            let Some(value) = value else {
                pieces.push(String::new());
                continue;
            };
            let x = place(slot * (float(n as u64) + 0.5));
            let y = place(HIGH - HIGH * value / most.max(f64::MIN_POSITIVE));
            if let Some(piece) = pieces.last_mut() {
                // Writing to a String cannot fail.
                let _ = write!(piece, "{}{x},{y}", if piece.is_empty() { "" } else { " " });
            }
            // Markers as near as days would run into each other on a long line.
            if known.len() <= CLOSE || is_lone(n) || (known.len() - 1 - n).is_multiple_of(7) {
                dots.push(Dot { x, y, says });
            }
        }
        pieces.retain(|piece| piece.contains(' '));
        self.lines.push(Line { class, pieces, dots });
        self
    }
}

/// A place in a drawing, to a tenth.
fn place(at: f64) -> String {
    let text = format!("{at:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// Numbers of a day are far below what a float tells apart.
#[expect(clippy::cast_precision_loss, reason = "a drawing is 96 units high")]
pub fn float(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart() -> Chart {
        Chart::new("Spent", String::new(), String::new(), String::new())
    }

    fn bar(chart: &Chart, n: usize) -> [&str; 4] {
        let Bar { x, y, width, height, .. } = &chart.bars[n];
        [x, y, width, height]
    }

    #[test]
    fn the_highest_bar_fills_the_drawing_and_parts_stand_on_each_other() {
        let part = |n| (n, "stored", String::new());
        let days = vec![vec![part(5)], vec![], vec![part(6), part(4)], vec![part(0), part(10)]];
        let chart = chart().bars(days);
        assert_eq!(bar(&chart, 0), ["0", "48", "87", "48"]);
        assert_eq!(bar(&chart, 1), ["180", "38.4", "87", "57.6"]);
        assert_eq!(bar(&chart, 2), ["180", "0", "87", "38.4"]);
        assert_eq!(bar(&chart, 3), ["270", "0", "87", "96"]);
    }

    #[test]
    fn a_little_beside_a_lot_is_seen_and_nothing_draws_nothing() {
        let day = |n| vec![(n, "stored", String::new())];
        let chart = chart().bars(vec![day(1_000_000), day(1), day(0)]);
        assert_eq!(bar(&chart, 1), ["120", "95", "117", "1"]);
        assert_eq!(chart.bars.len(), 2);
        assert!(self::chart().bars(vec![day(0), day(0)]).bars.is_empty());
    }

    #[test]
    fn a_line_breaks_where_a_day_has_no_number() {
        let points = [Some(0.0), Some(5.0), None, Some(10.0)];
        let points = points.map(|value| Point { value, says: String::new() }).into();
        let chart = chart().line("p50", points, 10.0);
        let line = &chart.lines[0];
        assert_eq!(line.pieces, ["45,96 135,48"], "a lone day is a marker and no line");
        let dots: Vec<_> = line.dots.iter().map(|dot| (&*dot.x, &*dot.y)).collect();
        assert_eq!(dots, [("45", "96"), ("135", "48"), ("315", "0")]);
    }
}
