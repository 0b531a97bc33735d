//! `/admin/audit`: the trail of everybody.

use poem::{Request, Response, handler};
use safelight_domain::{Deed, DeedName, Timestamp};
use safelight_usecases::{Page as Part, TrailFilter};
use serde::Serialize;

use super::link::{ChoiceView, with};
use crate::{
    csv::{Row, file},
    page::ListOf,
    pages::{id, moment},
    problem::Problem,
    query::Query,
    site::Page,
    visitor::{Admin, RecentAdmin},
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
    names: Vec<ChoiceView>,
    actor: String,
    account: String,
    csv: String,
    first: bool,
    next: Option<String>,
}

/// The filter a query asks for. An account that is no id is nobody's, so nothing is found.
fn asked(query: &Query) -> Result<TrailFilter, Problem> {
    let (account, actor) = (query.text("account"), query.text("actor"));
    let names = DeedName::ALL.iter().map(|one| (Some(*one), one.as_str()));
    let names: Vec<_> = std::iter::once((None, "")).chain(names).collect();
    Ok(TrailFilter {
        account: if account.is_empty() { None } else { Some(id(account)?) },
        actor: Some(actor.to_owned()).filter(|actor| !actor.is_empty()),
        name: query.one_of("name", &names)?,
    })
}

/// `GET /admin/audit?name=&actor=&account=&cursor=`
#[handler]
pub async fn show(request: &Request, admin: Admin) -> Result<Page, Problem> {
    let query = Query::of(request, &["name", "actor", "account", "cursor"])?;
    let list = ListOf::all("deeds");
    let after = query.cursor("cursor", list)?;
    let studio = admin.0.studio();
    let filter = asked(&query)?;
    let paged = studio.watch.trail(&filter, Part { after, limit: ROWS }).await?;
    let (name, actor) = (query.text("name"), query.text("actor"));
    let account = query.text("account");
    let here = |path: &str, cursor: &str| {
        let fields = [("name", name), ("actor", actor), ("account", account), ("cursor", cursor)];
        with(path, &fields)
    };
    let any = std::iter::once(ChoiceView::new("", "Any deed", name));
    let now = studio.now();
    let view = AuditView {
        rows: paged.items.iter().map(|deed| RowView::of(deed, now)).collect(),
        names: any
            .chain(DeedName::ALL.iter().map(|one| ChoiceView::plain(one.as_str(), name)))
            .collect(),
        actor: actor.to_owned(),
        account: account.to_owned(),
        csv: here("/admin/audit/deeds.csv", ""),
        first: after.is_none(),
        next: paged.next.map(|cursor| here("/admin/audit", &list.write(cursor))),
    };
    admin.page("admin-audit.html", "Audit", "audit", view).await
}

/// `GET /admin/audit/deeds.csv?name=&actor=&account=`: all that match.
#[handler]
pub async fn deeds(request: &Request, admin: RecentAdmin) -> Result<Response, Problem> {
    let query = Query::of(request, &["name", "actor", "account"])?;
    let filter = asked(&query)?;
    let watch = admin.0.studio().watch.clone();
    let read = move |page| {
        let (watch, filter) = (watch.clone(), filter.clone());
        async move { watch.trail(&filter, page).await }
    };
    let columns = "time,deed,account,actor,subject,before,after,reason,request";
    file("deeds.csv", columns, read, cells, admin.0.download()?).await
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
