//! What a person has, as rows.

use safelight_domain::{ApiKey, Session, Timestamp};
use safelight_usecases::{GenerationStatus, OrderStatus, charged};
use serde::Serialize;

use super::told::ToldView;
use crate::pages::{
    account::device,
    admin::{keys, people::TagView, renders},
    billing, moment,
};

/// A generation: how it went, never what was asked for, which is its owner's.
#[derive(Serialize)]
pub struct GenerationView {
    id: String,
    when: String,
    at: String,
    model: String,
    states: Vec<StateView>,
    credits: u32,
}

/// How one render stands.
#[derive(Serialize)]
struct StateView {
    says: &'static str,
    class: &'static str,
    error: Option<String>,
}

/// A signed-in browser.
#[derive(Serialize)]
pub struct SessionView {
    device: String,
    since: String,
    seen: String,
}

/// An API key.
#[derive(Serialize)]
pub struct KeyView {
    id: String,
    name: String,
    last4: String,
    state: TagView,
    used: Option<String>,
}

/// An order, and what the provider said of it when it was asked.
#[derive(Serialize)]
pub struct OrderView {
    order: billing::OrderView,
    mode: &'static str,
    told: Option<ToldView>,
}

impl GenerationView {
    pub fn of(status: &GenerationStatus, now: Timestamp) -> Self {
        let made = &status.generation;
        let state = |render: &safelight_domain::RenderStatus| StateView {
            says: render.render.state.as_str(),
            class: renders::class(render.render.state),
            error: render.render.error.clone(),
        };
        Self {
            id: made.id.to_string(),
            when: moment::minute(made.created_at, now),
            at: made.created_at.to_string(),
            model: made.order.model.0.clone(),
            states: status.renders.iter().map(state).collect(),
            credits: charged(status).get(),
        }
    }
}

impl SessionView {
    pub fn of(session: &Session, now: Timestamp) -> Self {
        Self {
            device: device::name(&session.device),
            since: moment::date(session.created_at).unwrap_or_default(),
            seen: moment::ago(session.seen_at, now),
        }
    }
}

impl KeyView {
    pub fn of(key: &ApiKey, now: Timestamp) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name.clone(),
            last4: key.last4.clone(),
            state: keys::state(key, now),
            used: key.last_used_at.map(|at| moment::ago(at, now)),
        }
    }
}

impl OrderView {
    pub fn of(status: &OrderStatus, told: Option<ToldView>, now: Timestamp) -> Self {
        let mode = status.order.mode.as_str();
        Self { order: billing::OrderView::new(status, now), mode, told }
    }
}
