//! `/admin/webhooks/{event}`: one notice as it came, what became of it, and what would.

use poem::{Request, Response, handler, web::Path};
use safelight_domain::{Delivery, DeliveryState, EventId, Mark, PaymentMode};
use safelight_usecases::{Error, Rehearsal, chain};
use serde::Serialize;

use super::{confirm, effect, link::with, reason, webhooks::EffectView};
use crate::{
    form::Form,
    pages::moment,
    problem::Problem,
    query::Query,
    site::{Page, see_other},
    visitor::{Admin, RecentAdmin},
};

/// What acting on it would come to.
#[derive(Serialize)]
struct RehearsalView {
    account: Option<String>,
    outcome: String,
    steps: Vec<String>,
}

#[derive(Serialize)]
struct WebhookView {
    event: String,
    kind: String,
    state: &'static str,
    live: bool,
    mode: Option<&'static str>,
    api_version: Option<String>,
    created: String,
    received: String,
    attempts: u32,
    next: Option<String>,
    error: Option<String>,
    effect: Option<EffectView>,
    headers: String,
    pretty: Option<String>,
    body: String,
    /// Whether it was just acted on.
    replayed: bool,
    rehearsal: Option<RehearsalView>,
    confirm: Option<String>,
}

/// `GET /admin/webhooks/{event}`
#[handler]
pub async fn show(
    request: &Request,
    admin: Admin,
    Path(event): Path<String>,
) -> Result<Page, Problem> {
    let replayed = Query::of(request, &["replayed"])?.get("replayed").is_some();
    let delivery = admin.0.studio().inbox.get(&named(event)?).await?;
    page(&admin, &delivery, replayed, None).await
}

/// `POST /admin/webhooks/{event}/rehearse`: tells what acting on it would do, and does nothing.
#[handler]
pub async fn rehearse(admin: Admin, Path(event): Path<String>) -> Result<Page, Problem> {
    let event = named(event)?;
    let inbox = &admin.0.studio().inbox;
    let delivery = inbox.get(&event).await?;
    let rehearsal = RehearsalView::of(inbox.rehearse(&event).await, &delivery);
    page(&admin, &delivery, false, Some(rehearsal)).await
}

/// `POST /admin/webhooks/{event}/replay`
#[handler]
pub async fn replay(
    admin: RecentAdmin,
    Path(event): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let by = reason::by(&admin, &form)?;
    let delivery = admin.0.studio().inbox.replay(&named(event)?, by).await?;
    let place = format!("/admin/webhooks/{}", delivery.event.as_str());
    Ok(see_other(&with(&place, &[("replayed", "1")])))
}

/// The notice an address names; what cannot be an id is not found.
fn named(text: String) -> Result<EventId, Problem> {
    EventId::parse(text).map_err(|_| Problem::not_found())
}

async fn page(
    admin: &Admin,
    delivery: &Delivery,
    replayed: bool,
    rehearsal: Option<RehearsalView>,
) -> Result<Page, Problem> {
    let studio = admin.0.studio();
    let now = studio.now();
    let body = String::from_utf8_lossy(&delivery.body).into_owned();
    let pretty = serde_json::from_slice::<serde_json::Value>(&delivery.body);
    let view = WebhookView {
        event: delivery.event.as_str().to_owned(),
        kind: delivery.kind.clone(),
        state: delivery.state.as_str(),
        live: delivery.live,
        mode: studio.orders.mode().map(PaymentMode::as_str),
        api_version: delivery.api_version.clone(),
        created: moment::minute(delivery.created_at, now),
        received: moment::minute(delivery.received_at, now),
        attempts: delivery.attempts,
        next: delivery.next_at.map(|at| moment::minute(at, now)),
        error: delivery.last_error.clone(),
        effect: delivery.effect.map(EffectView::of),
        headers: delivery.headers.clone(),
        pretty: pretty.and_then(|value| serde_json::to_string_pretty(&value)).ok(),
        body,
        replayed,
        rehearsal,
        confirm: confirm::first(admin, &format!("/admin/webhooks/{}", delivery.event.as_str())),
    };
    admin.page("admin-webhook.html", "Webhook", "webhooks", view).await
}

impl RehearsalView {
    fn of(rehearsed: Result<Rehearsal, Error>, delivery: &Delivery) -> Self {
        match rehearsed {
            Ok(Rehearsal { account_id, mark, writes }) => Self {
                account: account_id.map(|id| id.to_string()),
                outcome: outcome(mark.as_ref(), delivery.state),
                steps: writes.iter().filter_map(effect::words).collect(),
            },
            Err(error) => Self {
                account: None,
                outcome: format!("It could not be done now: {}.", chain(&error)),
                steps: Vec::new(),
            },
        }
    }
}

fn outcome(mark: Option<&Mark>, state: DeliveryState) -> String {
    let (word, why) = match mark {
        Some(Mark::Applied) => ("applied", None),
        Some(Mark::Ignored(why)) => ("ignored", Some(why)),
        Some(Mark::Parked(why)) => ("parked", Some(why)),
        Some(Mark::Dead(why)) => ("dead", Some(why)),
        Some(Mark::Later { error, .. }) => ("pending", Some(error)),
        Some(Mark::Again(_)) | None => ("pending", None),
    };
    let becomes = if word == state.as_str() { "stays" } else { "becomes" };
    let why = why.map(|why| format!(": {why}")).unwrap_or_default();
    format!("It {becomes} {word}{why}.")
}
