//! `/admin/webhooks`: every notice of the payment provider, and acting on many once more.

use poem::{Request, Response, handler};
use safelight_domain::{Delivery, DeliveryState, Effect, EventId, PaymentMode, Timestamp};
use safelight_usecases::{DeliveryFilter, Page as Part};
use serde::Serialize;

use super::{
    confirm,
    link::{ChoiceView, with},
    reason,
};
use crate::{
    form::Form,
    page::ListOf,
    pages::moment,
    problem::Problem,
    query::Query,
    site::{Page, see_other},
    visitor::{Admin, RecentAdmin},
};

/// Deliveries on a page: each is read with its body.
const ROWS: u16 = 25;

/// The lines a delivery moved.
#[derive(Debug, Serialize)]
pub struct EffectView {
    account: String,
    lines: String,
}

#[derive(Serialize)]
struct RowView {
    event: String,
    kind: String,
    state: &'static str,
    live: bool,
    attempts: u32,
    error: Option<String>,
    effect: Option<EffectView>,
    at: String,
    when: String,
}

#[derive(Serialize)]
struct WebhooksView {
    rows: Vec<RowView>,
    states: Vec<ChoiceView>,
    kinds: Vec<ChoiceView>,
    pending: u64,
    retried: u64,
    parked: u64,
    dead: u64,
    mode: Option<&'static str>,
    /// How many were just put back.
    put_back: Option<u32>,
    confirm: Option<String>,
    first: bool,
    next: Option<String>,
}

/// `GET /admin/webhooks?state=&kind=&cursor=`
#[handler]
pub async fn show(request: &Request, admin: Admin) -> Result<Page, Problem> {
    let query = Query::of(request, &["state", "kind", "cursor", "put_back"])?;
    let list = ListOf::all("webhooks");
    let after = query.cursor("cursor", list)?;
    let (state, kind) = (query.text("state"), query.text("kind"));
    let states = DeliveryState::ALL.iter().map(|one| (Some(*one), one.as_str()));
    let states: Vec<_> = std::iter::once((None, "")).chain(states).collect();
    let filter = DeliveryFilter {
        state: query.one_of("state", &states)?,
        kind: Some(kind.to_owned()).filter(|kind| !kind.is_empty()),
    };
    let studio = admin.0.studio();
    let paged = studio.watch.deliveries(&filter, Part { after, limit: ROWS }).await?;
    let (load, kinds) = (studio.inbox.load().await?, studio.watch.kinds().await?);
    let now = studio.now();
    let here = |cursor: &str| {
        with("/admin/webhooks", &[("state", state), ("kind", kind), ("cursor", cursor)])
    };
    let every = std::iter::once(ChoiceView::new("", "Any type", kind));
    let view = WebhooksView {
        rows: paged.items.iter().map(|delivery| RowView::of(delivery, now)).collect(),
        states: DeliveryState::ALL
            .map(|one| ChoiceView::plain(one.as_str(), state))
            .into_iter()
            .collect(),
        kinds: every.chain(kinds.iter().map(|one| ChoiceView::plain(one, kind))).collect(),
        pending: load.pending,
        retried: load.retried,
        parked: load.parked,
        dead: load.dead,
        mode: studio.orders.mode().map(PaymentMode::as_str),
        put_back: query.get("put_back").and_then(|count| count.parse().ok()),
        confirm: confirm::first(&admin, &here("")),
        first: after.is_none(),
        next: paged.next.map(|cursor| here(&list.write(cursor))),
    };
    admin.page("admin-webhooks.html", "Webhooks", "webhooks", view).await
}

/// `POST /admin/webhooks/replay`: those that are ticked, or `all=dead`, are due again.
#[handler]
pub async fn replay(admin: RecentAdmin, form: Form) -> Result<Response, Problem> {
    let by = reason::by(&admin, &form)?;
    let inbox = &admin.0.studio().inbox;
    let put_back = if form.text("all") == "dead" {
        inbox.replay_dead(by).await?
    } else {
        let chosen: Vec<_> = form.all("event").flat_map(EventId::parse).collect();
        inbox.replay_all(&chosen, by).await?
    };
    Ok(see_other(&with("/admin/webhooks", &[("put_back", &put_back.to_string())])))
}

impl EffectView {
    /// The view of an effect.
    pub fn of(Effect { account_id, first, last }: Effect) -> Self {
        let lines = match last - first {
            0 => format!("line {first}"),
            _ => format!("lines {first} to {last}"),
        };
        Self { account: account_id.to_string(), lines }
    }
}

impl RowView {
    fn of(delivery: &Delivery, now: Timestamp) -> Self {
        Self {
            event: delivery.event.as_str().to_owned(),
            kind: delivery.kind.clone(),
            state: delivery.state.as_str(),
            live: delivery.live,
            attempts: delivery.attempts,
            error: delivery.last_error.clone(),
            effect: delivery.effect.map(EffectView::of),
            at: delivery.received_at.to_string(),
            when: moment::minute(delivery.received_at, now),
        }
    }
}
