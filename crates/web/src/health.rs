//! Liveness and readiness.

use std::sync::Arc;

use poem::{
    Response, handler,
    web::{Data, Json},
};
use serde_json::{Value, json};

use crate::{
    Shared,
    problem::{Problem, chain},
};

/// `/healthz`: the process answers.
#[handler]
pub fn live() -> Response {
    Response::builder().content_type("text/plain; charset=utf-8").body("ok")
}

/// `/readyz`: the store answers, with what is going on.
#[handler]
pub async fn ready(Data(shared): Data<&Arc<Shared>>) -> Result<Json<Value>, Problem> {
    let load = shared.web.studio.load().await;
    let load = load.map_err(|error| Problem::unavailable(chain(&error)))?;
    Ok(Json(json!({
        "ready": true,
        "pending": load.pending,
        "live": load.live,
        "overdue": load.overdue,
    })))
}
