//! The whole ledger as CSV.

use poem::{Response, handler};
use safelight_domain::Line;

use super::line;
use crate::{
    csv::{Row, file},
    problem::Problem,
    visitor::Member,
};

/// `GET /billing/ledger.csv`: newest first.
#[handler]
pub async fn ledger(member: Member) -> Result<Response, Problem> {
    let (ledger, account) = (member.studio().ledger.clone(), member.account());
    let read = move |page| {
        let ledger = ledger.clone();
        async move { ledger.lines(account, page).await }
    };
    file("ledger.csv", "line,time,what,reason,credits,balance", read, row, member.download()?).await
}

fn row(line: &Line, cells: &mut Row<'_>) {
    let (_, says) = line::says(line);
    cells.plain(line.seq);
    cells.plain(line.at);
    cells.text(&says);
    cells.text(line.reason.as_deref().unwrap_or_default());
    cells.plain(i64::from(line.kind.sign()) * i64::from(line.amount.get()));
    cells.plain(line.balance_after.get());
}
