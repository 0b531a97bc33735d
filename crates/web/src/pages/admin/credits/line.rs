//! A line of somebody's journal, on the page and in the file.

use safelight_domain::TxnKind;
use safelight_usecases::BookLine;
use serde::Serialize;

use super::word;
use crate::{csv::Row, pages::billing::line, site::thousands};

/// One row of the table.
#[derive(Serialize)]
pub struct RowView {
    account: String,
    seq: String,
    kind: &'static str,
    says: String,
    reason: Option<String>,
    actor: String,
    /// Signed, for what moves the balance.
    credits: String,
    balance: u32,
    at: String,
    when: String,
}

impl RowView {
    pub fn of(found: BookLine) -> Self {
        let BookLine { account, actor, line } = found;
        let (_, says) = line::says(&line);
        Self {
            account: account.to_string(),
            seq: thousands(line.seq.into()),
            kind: word(line.kind),
            says,
            credits: signed(line.kind, line.amount.get()),
            balance: line.balance_after.get(),
            reason: line.reason,
            actor: actor.0,
            at: line.at.to_string(),
            when: line.at.strftime("%-d %b %Y %H:%M").to_string(),
        }
    }
}

/// `+12` and `−3`; what moves only the debt has no sign.
fn signed(kind: TxnKind, amount: u32) -> String {
    let amount = i64::from(amount);
    match kind.sign() {
        1 => format!("+{}", thousands(amount)),
        0 => thousands(amount),
        _ => thousands(-amount),
    }
}

/// The cells of its line in the file.
pub fn cells(found: &BookLine, row: &mut Row<'_>) {
    let BookLine { account, actor, line } = found;
    let (_, says) = line::says(line);
    row.plain(account);
    row.plain(line.seq);
    row.plain(line.at);
    row.plain(line.kind.as_str());
    row.text(&says);
    row.text(line.reason.as_deref().unwrap_or_default());
    row.text(&actor.0);
    row.plain(i64::from(line.kind.sign()) * i64::from(line.amount.get()));
    row.plain(line.balance_after.get());
}
