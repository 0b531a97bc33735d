//! Liveness and readiness.

use std::sync::Arc;

use poem::{
    Response, handler,
    http::header,
    web::{Data, Json},
};
use serde_json::{Value, json};

use crate::{
    Shared,
    problem::{Problem, Slug, chain},
};

/// When to look again at a studio that is not ready, in seconds.
const SOON: &str = "5";

/// `/healthz`: the process answers.
#[handler]
pub fn live() -> Response {
    Response::builder().content_type("text/plain; charset=utf-8").body("ok")
}

/// `/readyz`: the writer and the store answer and every driver was heard of, with what is going on.
/// A clock that is doubted is told and keeps nobody out.
#[handler]
pub async fn ready(Data(shared): Data<&Arc<Shared>>) -> Result<Json<Value>, Problem> {
    let ready = shared.web.studio.ready().await;
    let ready = ready.map_err(|error| Problem::unavailable(chain(&error)))?;
    let unwell = ready.unwell();
    if !unwell.is_empty() {
        let says =
            format!("these tasks do not run: {}; what is recorded is safe", unwell.join(", "));
        return Err(Problem::new(Slug::Unavailable, says).with(header::RETRY_AFTER, SOON));
    }
    let mut body = json!({
        "ready": true,
        "pending": ready.load.pending,
        "live": ready.load.live,
        "overdue": ready.load.overdue,
    });
    if let Some(doubt) = ready.clock.doubt {
        let seconds = doubt.ahead.as_secs();
        body["paused"] = json!(format!(
            "the clock is {seconds} seconds ahead of what is sure: nothing lapses, is purged, \
             closed or forgotten until it agrees, or until safelight clock accept"
        ));
    }
    Ok(Json(body))
}
