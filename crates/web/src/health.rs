//! Liveness and readiness.

use std::sync::Arc;

use poem::{
    IntoResponse, Response, handler,
    http::StatusCode,
    web::{Data, Json},
};
use serde_json::json;

use crate::{
    Shared,
    problem::{Problem, chain},
};

/// `/healthz`: the process answers.
#[handler]
pub fn live() -> Response {
    Response::builder().content_type("text/plain; charset=utf-8").body("ok")
}

/// `/readyz`: the writer and the store answer and every driver was heard of, with what is going on.
/// A clock that is doubted is told and keeps nobody out.
#[handler]
pub async fn ready(Data(shared): Data<&Arc<Shared>>) -> Result<Response, Problem> {
    let ready = shared.web.studio.ready().await;
    let ready = ready.map_err(|error| Problem::unavailable(chain(&error)))?;
    let unwell = ready.unwell();
    let mut body = json!({
        "ready": unwell.is_empty(),
        "pending": ready.load.pending,
        "live": ready.load.live,
        "overdue": ready.load.overdue,
    });
    if !unwell.is_empty() {
        body["unwell"] = json!(unwell);
    }
    if let Some(doubt) = ready.clock.doubt {
        let seconds = doubt.ahead.as_secs();
        body["paused"] = json!(format!(
            "the clock is {seconds} seconds ahead of what is sure: nothing lapses, is purged, \
             closed or forgotten until it agrees, or until safelight clock accept"
        ));
    }
    let status = if unwell.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    Ok(Json(body).with_status(status).into_response())
}
