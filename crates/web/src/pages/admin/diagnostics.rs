//! `/admin/diagnostics`: the doctor, in the browser.

use poem::{Request, handler, http::StatusCode};
use serde::Serialize;

use super::{confirm, mask::masked};
use crate::{
    checkup::{Check, Level},
    problem::Problem,
    query::Query,
    site::Page,
    visitor::{Admin, RecentAdmin},
};

const DOCS: &str = include_str!("../../../../../docs/doctor.md");

#[derive(Serialize)]
struct CheckView {
    id: String,
    level: &'static str,
    class: &'static str,
    says: String,
    document: Option<String>,
}

#[derive(Default, Serialize)]
struct DiagnosticsView {
    /// Whether there is somebody to ask.
    available: bool,
    /// Whether somebody else is asking right now.
    busy: bool,
    /// Whether it was asked.
    ran: bool,
    /// What is wrong, then the rest.
    wrong: Vec<CheckView>,
    right: Vec<CheckView>,
    support: String,
    confirm: Option<String>,
}

/// `GET /admin/diagnostics`
#[handler]
pub async fn show(request: &Request, admin: Admin) -> Result<Page, Problem> {
    Query::of(request, &[])?;
    page(&admin, DiagnosticsView::default()).await
}

/// `POST /admin/diagnostics/run`: one at a time, for it asks others and reads the file.
#[handler]
pub async fn run(admin: RecentAdmin) -> Result<Page, Problem> {
    let shared = admin.0.shared().clone();
    let admin = Admin(admin.0);
    let doctor = shared.web.doctor.clone().ok_or_else(Problem::not_found)?;
    let Ok(_alone) = shared.checkup.try_lock() else {
        let view = DiagnosticsView { busy: true, ..DiagnosticsView::default() };
        return Ok(page(&admin, view).await?.status(StatusCode::CONFLICT));
    };
    page(&admin, DiagnosticsView::of(&doctor.look().await)).await
}

async fn page(admin: &Admin, view: DiagnosticsView) -> Result<Page, Problem> {
    let available = admin.0.shared().web.doctor.is_some();
    let confirm = confirm::first(admin, "/admin/diagnostics");
    let view = DiagnosticsView { available, confirm, ..view };
    admin.page("admin-diagnostics.html", "Diagnostics", "diagnostics", view).await
}

impl DiagnosticsView {
    fn of(checks: &[Check]) -> Self {
        let line = |check: &Check| {
            let level = word(check.level).0;
            format!("{level:<4}  {:<22} {}", check.id, masked(&check.says))
        };
        let support: Vec<_> = checks.iter().map(line).collect();
        let (wrong, right): (Vec<_>, Vec<_>) =
            checks.iter().partition(|check| matches!(check.level, Level::Fail | Level::Warn));
        let views = |checks: Vec<&Check>| checks.into_iter().map(CheckView::of).collect();
        Self {
            ran: true,
            wrong: views(wrong),
            right: views(right),
            support: support.join("\n"),
            ..Self::default()
        }
    }
}

impl CheckView {
    fn of(check: &Check) -> Self {
        let (level, class) = word(check.level);
        let (id, says) = (check.id.clone(), check.says.clone());
        Self { document: section(&id), id, level, class, says }
    }
}

fn word(level: Level) -> (&'static str, &'static str) {
    match level {
        Level::Ok => ("ok", "ok"),
        Level::Info => ("info", "quiet"),
        Level::Warn => ("warn", "warn"),
        Level::Fail => ("fail", "bad"),
    }
}

/// What docs/doctor.md says of a check.
fn section(id: &str) -> Option<String> {
    let sections = DOCS.split("\n## ").skip(1).filter_map(|section| section.split_once('\n'));
    let mut sections = sections.into_iter().filter(|(title, _)| title.trim() == id);
    sections.next().map(|(_, text)| text.trim().replace('\n', " "))
}

#[cfg(test)]
mod tests {
    use super::section;

    #[test]
    fn a_check_leads_to_its_section() {
        assert!(section("wal").unwrap().len() > 20);
        assert_eq!(section("nothing"), None);
    }
}
