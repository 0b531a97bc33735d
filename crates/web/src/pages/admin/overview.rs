//! `/admin`: what the studio came to, day by day, and what waits for somebody.

mod credits;
mod money;
mod pictures;
mod section;
mod times;

use poem::{Request, handler};
use safelight_usecases::Studio;
use serde::Serialize;

use self::section::{Section, Span};
use crate::{problem::Problem, query::Query, site::Page, visitor::Admin};

/// Spans that can be looked at, in days; the second is what is shown first.
const SPANS: [u16; 3] = [7, 30, 90];

#[derive(Serialize)]
struct SpanView {
    days: u16,
    current: bool,
}

/// A number with the list it counts.
#[derive(Serialize)]
struct TrayView {
    name: &'static str,
    count: u64,
    href: &'static str,
    /// Whether a person is wanted while there are any.
    wants: bool,
}

#[derive(Serialize)]
struct OverviewView {
    spans: Vec<SpanView>,
    days: u16,
    trays: Vec<TrayView>,
    sections: Vec<Section>,
}

/// `GET /admin?days=7|30|90`
#[handler]
pub async fn show(request: &Request, admin: Admin) -> Result<Page, Problem> {
    let query = Query::of(request, &["days"])?;
    let spans = [(SPANS[1], ""), (SPANS[0], "7"), (SPANS[1], "30"), (SPANS[2], "90")];
    let days = query.one_of("days", &spans)?;
    let studio = admin.0.studio();
    let figures = studio.overview.days(days).await?;
    let trays = trays(studio).await?;
    let span = Span::of(&figures);
    let mut sections = vec![credits::section(&figures, &span), pictures::section(&figures, &span)];
    sections.push(times::section(&figures, &span));
    sections.push(money::sign_ups(&figures, &span));
    sections.push(money::section(&figures, &span));
    let view = OverviewView {
        spans: SPANS.map(|span| SpanView { days: span, current: span == days }).into(),
        days,
        trays: trays.into(),
        sections,
    };
    admin.page("admin-overview.html", "Overview", "overview", view).await
}

/// What waits right now, as the lists it leads to count it.
async fn trays(studio: &Studio) -> Result<[TrayView; 5], Problem> {
    let (renders, inbox) = (studio.load().await?, studio.inbox.load().await?);
    let crowd = studio.people.crowd().await?;
    let unfinished = renders.pending + renders.live;
    let tray = |name, count, href, wants| TrayView { name, count, href, wants };
    Ok([
        tray("Unfinished renders", unfinished, "/admin/generations?show=stuck", false),
        tray("Webhooks pending", inbox.pending, "/admin/webhooks?state=pending", false),
        tray("Webhooks dead", inbox.dead, "/admin/webhooks?state=dead", true),
        tray("Accounts in debt", crowd.in_debt, "/admin/users?standing=debt", true),
        tray("Accounts blocked", crowd.blocked, "/admin/users?standing=blocked", false),
    ])
}
