//! `/admin/generations/{id}`: one press of somebody's button. What they wrote is shown only to an
//! admin who says why, and that it was read is in the trail.

use poem::{Request, Response, handler, web::Path};
use safelight_domain::{GenerationId, RenderStatus, Timestamp};
use safelight_usecases::GenerationStatus;
use serde::Serialize;

use super::{
    confirm, reason,
    renders::{StateView, Sum, dollars},
};
use crate::{
    form::Form,
    pages::{id, moment},
    problem::Problem,
    query::Query,
    site::{Page, see_other},
    visitor::{Admin, RecentAdmin},
};

/// How much of a generation could be looked at.
const LOOKED: [&str; 2] = ["all", "part"];

#[derive(Serialize)]
struct RenderView {
    id: String,
    state: StateView,
    charge: &'static str,
    price: u32,
    cost: Option<String>,
    attempt: u16,
    request_id: Option<String>,
    next: Option<String>,
    deadline: String,
    ended: Option<String>,
}

/// What somebody wrote.
#[derive(Serialize)]
struct WordsView {
    prompt: String,
    negative: Option<String>,
}

#[derive(Serialize)]
struct GenerationView {
    id: String,
    account: String,
    model: String,
    size: &'static str,
    when: String,
    kept: u64,
    refunded: u64,
    cost: String,
    unfinished: usize,
    renders: Vec<RenderView>,
    words: Option<WordsView>,
    /// Whether it was just looked at, `all` of it or a `part`.
    looked: Option<&'static str>,
    confirm: Option<String>,
}

/// `GET /admin/generations/{id}`
#[handler]
pub async fn show(
    request: &Request,
    admin: Admin,
    Path(path): Path<String>,
) -> Result<Page, Problem> {
    let status = admin.0.studio().watch.generation(id::<GenerationId>(&path)?).await?;
    let query = Query::of(request, &["looked"])?;
    let view = GenerationView::of(&admin, &status);
    let looked = LOOKED.map(|word| (Some(word), word));
    let looked = query.one_of("looked", &[&[(None, "")], &looked[..]].concat())?;
    page(&admin, GenerationView { looked, ..view }).await
}

/// `POST /admin/generations/{id}/reconcile`: looks at what is not over, now.
#[handler]
pub async fn reconcile(
    admin: RecentAdmin,
    Path(path): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let by = reason::by(&admin, &form)?;
    let wanted = id::<GenerationId>(&path)?;
    let all = admin.0.studio().watch.reconcile(wanted, by).await?;
    let looked = LOOKED[usize::from(!all)];
    Ok(see_other(&format!("/admin/generations/{wanted}?looked={looked}")))
}

/// `POST /admin/generations/{id}/words`: shows what somebody wrote, once, and leaves a deed.
#[handler]
pub async fn words(
    admin: RecentAdmin,
    Path(path): Path<String>,
    form: Form,
) -> Result<Page, Problem> {
    let by = reason::by(&admin, &form)?;
    let status = admin.0.studio().watch.words(id::<GenerationId>(&path)?, by).await?;
    let admin = Admin(admin.0);
    let order = &status.generation.order;
    let words = WordsView {
        prompt: order.prompt.as_str().to_owned(),
        negative: order.negative.as_ref().map(|words| words.as_str().to_owned()),
    };
    let view = GenerationView::of(&admin, &status);
    page(&admin, GenerationView { words: Some(words), ..view }).await
}

async fn page(admin: &Admin, view: GenerationView) -> Result<Page, Problem> {
    admin.page("admin-generation.html", "Generation", "generations", view).await
}

impl GenerationView {
    fn of(admin: &Admin, status: &GenerationStatus) -> Self {
        let generation = &status.generation;
        let now = admin.0.studio().now();
        let sum = Sum::of(status);
        Self {
            id: generation.id.to_string(),
            account: generation.account_id.to_string(),
            model: generation.order.model.0.clone(),
            size: generation.order.size.as_str(),
            when: moment::minute(generation.created_at, now),
            kept: sum.kept,
            refunded: sum.refunded,
            cost: dollars(sum.cost_micros),
            unfinished: status.unfinished().count(),
            renders: status.renders.iter().map(|render| RenderView::of(render, now)).collect(),
            words: None,
            looked: None,
            confirm: confirm::first(admin, &format!("/admin/generations/{}", generation.id)),
        }
    }
}

impl RenderView {
    fn of(status: &RenderStatus, now: Timestamp) -> Self {
        let render = &status.render;
        let told = |at: Timestamp| moment::minute(at, now);
        Self {
            id: render.id.to_string(),
            state: StateView::of(status),
            charge: status.charge.as_str(),
            price: status.price.get(),
            cost: render.cost_micros.map(dollars),
            attempt: render.attempt,
            request_id: render.request_id.clone(),
            next: render.next_at.map(told),
            deadline: told(render.deadline),
            ended: render.ended_at.map(told),
        }
    }
}
