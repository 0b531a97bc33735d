//! `/admin/audit`: the trail of everybody.

use poem::{Request, Response, handler};
use safelight_domain::{Deed, Timestamp};
use safelight_usecases::{Cursor, Page as Part};
use serde::Serialize;

use crate::{
    csv::{Row, file},
    form::Form,
    pages::moment,
    problem::Problem,
    site::Page,
    visitor::{Admin, RecentAdmin},
    wire::Wire,
};

/// Deeds on a page.
const ROWS: u16 = 50;

#[derive(Serialize)]
pub(super) struct RowView {
    name: &'static str,
    account: Option<String>,
    actor: String,
    change: Option<String>,
    at: String,
    when: String,
}

#[derive(Serialize)]
struct AuditView {
    rows: Vec<RowView>,
    next: Option<String>,
}

/// `GET /admin/audit?cursor=`
#[handler]
pub async fn show(request: &Request, admin: Admin) -> Result<Page, Problem> {
    let query = Form::parse(request.uri().query().unwrap_or_default().as_bytes());
    let after = query.get("cursor").map(Cursor::read).transpose()?;
    let studio = admin.0.studio();
    let paged = studio.accounts.trail(None, Part { after, limit: ROWS }).await?;
    let now = studio.now();
    let view = AuditView {
        rows: paged.items.iter().map(|deed| RowView::of(deed, now)).collect(),
        next: paged.next.map(|cursor| format!("/admin/audit?cursor={}", cursor.write())),
    };
    admin.page("admin-audit.html", "Audit", "audit", view).await
}

/// `GET /admin/audit/deeds.csv`: all of it.
#[handler]
pub async fn deeds(admin: RecentAdmin) -> Result<Response, Problem> {
    let accounts = admin.0.studio().accounts.clone();
    let read = move |page| {
        let accounts = accounts.clone();
        async move { accounts.trail(None, page).await }
    };
    let columns = "time,deed,account,actor,subject,before,after,reason,request";
    file("deeds.csv", columns, read, cells).await
}

fn cells(deed: &Deed, row: &mut Row<'_>) {
    row.plain(deed.at);
    row.plain(deed.name.as_str());
    row.plain(deed.account_id.map(|id| id.to_string()).unwrap_or_default());
    row.text(&deed.by.actor.0);
    row.plain(deed.subject.map(|id| id.to_string()).unwrap_or_default());
    for text in [&deed.before, &deed.after, &deed.by.reason, &deed.by.request] {
        row.text(text.as_deref().unwrap_or_default());
    }
}

impl RowView {
    pub(super) fn of(deed: &Deed, now: Timestamp) -> Self {
        let change = match (&deed.before, &deed.after) {
            (Some(before), Some(after)) => Some(format!("{before} to {after}")),
            (before, after) => before.clone().or_else(|| after.clone()),
        };
        let told: Vec<_> = change.into_iter().chain(deed.by.reason.clone()).collect();
        Self {
            name: deed.name.as_str(),
            account: deed.account_id.map(|id| id.to_string()),
            actor: deed.by.actor.0.clone(),
            change: Some(told.join(" · ")).filter(|text| !text.is_empty()),
            at: deed.at.to_string(),
            when: moment::minute(deed.at, now),
        }
    }
}
