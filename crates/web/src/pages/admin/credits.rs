//! `/admin/credits`: everybody's journal, and what all of it comes to.

mod line;
mod search;

use poem::{Request, Response, handler};
use safelight_domain::TxnKind;
use safelight_usecases::{Cursor, Moved, Page as Part};
use serde::Serialize;

use self::{
    line::{RowView, cells},
    search::{Search, SearchView},
};
use super::link::with;
use crate::{
    csv::file,
    problem::Problem,
    site::{Page, thousands},
    visitor::{Admin, RecentAdmin},
};

/// Lines on a page.
const ROWS: u16 = 50;

#[derive(Serialize)]
struct CreditsView {
    /// What was moved since the first line, by why.
    totals: Vec<(&'static str, String)>,
    search: SearchView,
    rows: Vec<RowView>,
    /// Where older lines are.
    next: Option<String>,
    csv: String,
}

/// `GET /admin/credits?account=&kind=&cursor=`; an account is named by its id or an address.
#[handler]
pub async fn show(request: &Request, admin: Admin) -> Result<Page, Problem> {
    let studio = admin.0.studio();
    let search = Search::of(request, &["account", "kind", "cursor"], studio).await?;
    let list = search.list();
    let page = Part { after: search.cursor, limit: ROWS };
    let found = match search.filter {
        Some(filter) => studio.overview.lines(filter, page).await?,
        None => safelight_usecases::Paged { items: Vec::new(), next: None },
    };
    let place = |path: &str, cursor: Option<Cursor>| {
        let cursor = cursor.map(|cursor| list.write(cursor)).unwrap_or_default();
        let fields = [("account", &*search.account), ("kind", search.kind()), ("cursor", &cursor)];
        with(path, &fields)
    };
    let view = CreditsView {
        totals: totals(studio.overview.moved().await?),
        rows: found.items.into_iter().map(RowView::of).collect(),
        next: found.next.map(|cursor| place("/admin/credits", Some(cursor))),
        csv: place("/admin/credits/lines.csv", None),
        search: search.view(),
    };
    admin.page("admin-credits.html", "Credits", "credits", view).await
}

/// `GET /admin/credits/lines.csv?account=&kind=`: all of them.
#[handler]
pub async fn lines(request: &Request, admin: RecentAdmin) -> Result<Response, Problem> {
    let studio = admin.0.studio();
    let filter = Search::of(request, &["account", "kind"], studio).await?;
    let filter = filter.filter.ok_or_else(Problem::not_found)?;
    let overview = studio.overview.clone();
    let read = move |page| {
        let overview = overview.clone();
        async move { overview.lines(filter, page).await }
    };
    let columns = "account,line,time,kind,what,reason,by,credits,balance";
    file("lines.csv", columns, read, cells, admin.0.download()?).await
}

fn totals(moved: Moved) -> Vec<(&'static str, String)> {
    let whole = |number: u64| thousands(i64::try_from(number).unwrap_or(i64::MAX));
    let left = thousands(i64::try_from(moved.left()).unwrap_or(i64::MAX));
    let owing = moved.owed.saturating_sub(moved.repaid + moved.forgiven);
    vec![
        ("Sold", whole(moved.sold)),
        ("Granted", whole(moved.granted)),
        ("Spent", whole(moved.spent)),
        ("Refunded", whole(moved.refunded)),
        ("Expired", whole(moved.expired)),
        ("Taken back", whole(moved.taken + moved.repaid)),
        ("In balances", left),
        ("Owing", whole(owing)),
    ]
}

/// A kind as people say it.
fn word(kind: TxnKind) -> &'static str {
    match kind {
        TxnKind::Grant => "Grant",
        TxnKind::Refund => "Refund",
        TxnKind::Spend => "Spend",
        TxnKind::Expire => "Expiry",
        TxnKind::Clawback => "Clawback",
        TxnKind::AdjustDown => "Taken",
        TxnKind::Forfeit => "Forfeit",
        TxnKind::Debt => "Debt",
        TxnKind::Repay => "Repayment",
        TxnKind::WriteOff => "Write-off",
    }
}
