//! Lines of the ledger as the page shows them: what happened, what it did, what was left.

use safelight_domain::{ActionName, Line, Timestamp, TxnKind};
use serde::Serialize;

use crate::pages::moment;

/// A day's lines.
#[derive(Serialize)]
pub struct DayView {
    heading: String,
    lines: Vec<LineView>,
}

/// One line.
#[derive(Serialize)]
pub struct LineView {
    clock: String,
    icon: &'static str,
    says: String,
    /// A person's words.
    reason: Option<String>,
    /// The generation a picture belongs to.
    href: Option<String>,
    /// What it did to the balance.
    amount: i64,
    balance: u32,
}

/// Lines by day, newest first.
pub fn days(lines: Vec<Line>, now: Timestamp) -> Vec<DayView> {
    let mut days: Vec<(String, DayView)> = Vec::new();
    for line in lines {
        let day = moment::day(line.at);
        if days.last().is_none_or(|(last, _)| *last != day) {
            let heading = moment::heading(line.at, now);
            days.push((day, DayView { heading, lines: Vec::new() }));
        }
        if let Some((_, day)) = days.last_mut() {
            day.lines.push(line.into());
        }
    }
    days.into_iter().map(|(_, day)| day).collect()
}

impl From<Line> for LineView {
    fn from(line: Line) -> Self {
        let (icon, says) = says(&line);
        Self {
            clock: moment::clock(line.at),
            icon,
            says,
            href: line.generation.map(|id| format!("/studio/generations/{id}")),
            amount: i64::from(line.kind.sign()) * i64::from(line.amount.get()),
            balance: line.balance_after.get(),
            reason: line.reason,
        }
    }
}

/// The icon and the words for what happened.
pub fn says(line: &Line) -> (&'static str, String) {
    let (sign, act) = match line.action.as_deref() {
        Some(action) if action == ActionName::image().as_str() => ("picture", "Picture".to_owned()),
        Some(action) => ("zip", format!("Act: {action}")),
        None => ("check", "Charge".to_owned()),
    };
    let gift = line.key.as_deref() == Some("bonus:signup");
    let pack = line.key.as_deref().is_some_and(|key| key.starts_with("pack:"));
    let again = line.key.as_deref().is_some_and(|key| key.starts_with("again:"));
    let (icon, text) = match line.kind {
        TxnKind::Spend => return (sign, act),
        TxnKind::Refund => return ("back", format!("{act} not delivered, returned")),
        TxnKind::Grant if gift => ("card", "Welcome gift"),
        TxnKind::Grant if pack => ("card", "Pack bought"),
        TxnKind::Grant if again => ("card", "Payment came again"),
        TxnKind::Grant => ("card", "Credits given"),
        TxnKind::Expire => ("history", "Credits expired"),
        TxnKind::Clawback => ("alert", "Payment returned"),
        TxnKind::AdjustDown => ("gear", "Taken by the operator"),
        TxnKind::Forfeit => ("close", "Given up at closing"),
        TxnKind::Debt => ("alert", "Owed after a returned payment"),
        TxnKind::Repay => ("check", "Debt repaid"),
        TxnKind::WriteOff => ("check", "Debt forgiven"),
    };
    (icon, text.to_owned())
}

#[cfg(test)]
mod tests {
    use safelight_domain::Credits;

    use super::*;

    fn line(kind: TxnKind, at: &str) -> Line {
        Line {
            seq: 1,
            kind,
            amount: Credits::new(3).unwrap(),
            balance_after: Credits::new(7).unwrap(),
            action: None,
            charge: None,
            render: None,
            generation: None,
            reason: None,
            key: None,
            at: at.parse().unwrap(),
        }
    }

    #[test]
    fn every_kind_says_what_happened_in_words_of_its_own() {
        let said: std::collections::BTreeSet<_> =
            TxnKind::ALL.iter().map(|kind| says(&line(*kind, "2026-01-01T00:00:00Z")).1).collect();
        assert_eq!(said.len(), TxnKind::ALL.len(), "{said:?}");
    }

    #[test]
    fn lines_stand_under_their_day_and_amounts_are_signed() {
        let lines = vec![
            line(TxnKind::Spend, "2026-01-02T10:00:00Z"),
            line(TxnKind::Refund, "2026-01-02T09:00:00Z"),
            line(TxnKind::Debt, "2026-01-01T09:00:00Z"),
        ];
        let days = days(lines, "2026-01-02T12:00:00Z".parse().unwrap());
        let told: Vec<(&str, Vec<i64>)> = days
            .iter()
            .map(|day| (&*day.heading, day.lines.iter().map(|line| line.amount).collect()))
            .collect();
        assert_eq!(told, [("Today", vec![-3, 3]), ("Yesterday", vec![0])]);
    }
}
