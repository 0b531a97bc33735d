//! `/admin/tasks`: what the studio found and only a person can settle.

use poem::{Request, handler};
use safelight_domain::{Task, Timestamp};
use safelight_usecases::{Page as Part, Tasks};
use serde::Serialize;

use super::link::{ChoiceView, with};
use crate::{
    page::ListOf, pages::moment, problem::Problem, query::Query, site::Page, visitor::Admin,
};

/// Tasks on a page.
const ROWS: u16 = 50;

/// A task as a row, and at the head of its own page.
#[derive(Serialize)]
pub struct TaskView {
    pub id: String,
    pub kind: &'static str,
    pub title: &'static str,
    pub account: Option<String>,
    pub subject: String,
    pub says: String,
    pub at: String,
    pub when: String,
    pub done: Option<String>,
}

#[derive(Serialize)]
struct TasksView {
    rows: Vec<TaskView>,
    which: Vec<ChoiceView>,
    first: bool,
    next: Option<String>,
}

/// `GET /admin/tasks?which=&cursor=`: those to be done, or with `which=all` the others too.
#[handler]
pub async fn show(request: &Request, admin: Admin) -> Result<Page, Problem> {
    let query = Query::of(request, &["which", "cursor"])?;
    let list_of = ListOf::all("tasks");
    let after = query.cursor("cursor", list_of)?;
    let (which, word) =
        query.one_of("which", &[((Tasks::ToDo, ""), ""), ((Tasks::All, "all"), "all")])?;
    let studio = admin.0.studio();
    let paged = studio.tasks.list(which, Part { after, limit: ROWS }).await?;
    let now = studio.now();
    let here = |cursor: &str| with("/admin/tasks", &[("which", word), ("cursor", cursor)]);
    let view = TasksView {
        rows: paged.items.iter().map(|task| TaskView::of(task, now)).collect(),
        which: vec![ChoiceView::new("", "To do", word), ChoiceView::new("all", "All", word)],
        first: after.is_none(),
        next: paged.next.map(|cursor| here(&list_of.write(cursor))),
    };
    admin.page("admin-tasks.html", "Tasks", "tasks", view).await
}

impl TaskView {
    /// The view of a task.
    pub fn of(task: &Task, now: Timestamp) -> Self {
        use safelight_domain::TaskKind::{PaidNotDelivered, PaidTwice};
        Self {
            id: task.id.to_string(),
            kind: task.kind.as_str(),
            title: match task.kind {
                PaidNotDelivered => "Paid, and not delivered",
                PaidTwice => "Paid twice",
            },
            account: task.account_id.map(|id| id.to_string()),
            subject: task.subject.clone(),
            says: task.says.clone(),
            at: task.created_at.to_string(),
            when: moment::minute(task.created_at, now),
            done: task.done_at.map(|at| moment::minute(at, now)),
        }
    }
}
