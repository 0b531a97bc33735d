//! `/admin/tasks/{id}`: one task, the payment it is about, and how to settle it.

use poem::{Request, Response, handler, web::Path};
use safelight_domain::{By, PaymentMode, Task, TaskId};
use serde::Serialize;

use super::{confirm, reason, tasks::TaskView};
use crate::{
    form::Form,
    pages::id,
    problem::Problem,
    query::Query,
    site::{Page, see_other},
    visitor::{Admin, RecentAdmin},
};

#[derive(Serialize)]
struct TaskPageView {
    task: TaskView,
    /// The payment at the provider, where it has pages.
    payment: Option<String>,
    /// Whether the payment can be sent back from here.
    refundable: bool,
    confirm: Option<String>,
}

/// `GET /admin/tasks/{id}`
#[handler]
pub async fn show(
    request: &Request,
    admin: Admin,
    Path(task): Path<String>,
) -> Result<Page, Problem> {
    Query::of(request, &[])?;
    let studio = admin.0.studio();
    let task = studio.tasks.get(id::<TaskId>(&task)?).await?;
    let mode = studio.tasks.mode();
    let view = TaskPageView {
        payment: mode.and_then(|mode| page_of(&task, mode)),
        refundable: mode.is_some() && task.done_at.is_none() && is_payment(&task.subject),
        confirm: confirm::first(&admin, &format!("/admin/tasks/{}", task.id)),
        task: TaskView::of(&task, studio.now()),
    };
    admin.page("admin-task.html", "Task", "tasks", view).await
}

/// `POST /admin/tasks/{id}/done`: somebody settled it, in the way the reason tells.
#[handler]
pub async fn done(
    admin: RecentAdmin,
    Path(task): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let (task, by) = asked(&admin, &task, &form).await?;
    admin.0.studio().tasks.done(task, by).await?;
    Ok(see_other(&format!("/admin/tasks/{task}")))
}

/// `POST /admin/tasks/{id}/refund`: sends the whole payment back, once, and settles the task.
#[handler]
pub async fn refund(
    admin: RecentAdmin,
    Path(task): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let (task, by) = asked(&admin, &task, &form).await?;
    admin.0.studio().tasks.refund(task, by).await?;
    Ok(see_other(&format!("/admin/tasks/{task}")))
}

/// The task that an act is about, which must exist, and who acts for which reason.
async fn asked(admin: &RecentAdmin, task: &str, form: &Form) -> Result<(TaskId, By), Problem> {
    let task = id::<TaskId>(task)?;
    admin.0.studio().tasks.get(task).await?;
    Ok((task, reason::by(admin, form)?))
}

/// Whether money came: a purchase that was free has no payment.
fn is_payment(subject: &str) -> bool {
    !subject.starts_with("cs_")
}

/// Where the payment is looked at (Stripe: the dashboard's pages of payments).
fn page_of(task: &Task, mode: PaymentMode) -> Option<String> {
    let plain = task.subject.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !plain || !is_payment(&task.subject) {
        return None;
    }
    let subject = &task.subject;
    match mode {
        PaymentMode::Live => Some(format!("https://dashboard.stripe.com/payments/{subject}")),
        PaymentMode::Test => Some(format!("https://dashboard.stripe.com/test/payments/{subject}")),
        PaymentMode::Play => None,
    }
}
