//! The queue: submit, status, result, cancel (fal docs: queue, inference API).

use std::time::Duration;

use safelight_domain::Timestamp;
use serde_json::{Value, json};

use super::{
    Account, Shared, State, answer, media,
    request::{Phase, Request},
    schema,
};
use crate::{Received, Reply};

/// What an address of the queue asks for.
enum Route<'a> {
    Submit(&'a str),
    Status(&'a str, &'a str),
    Result(&'a str, &'a str),
    Cancel(&'a str, &'a str),
    KeySet,
    Nothing,
}

/// Reads an address. Requests are found under their app and under their whole endpoint, with and
/// without a slash at the end; `/response` is another name of the result.
fn route<'a>(method: &str, path: &'a str) -> Route<'a> {
    if (method, path) == ("GET", "/.well-known/jwks.json") {
        return Route::KeySet;
    }
    let path = path.trim_matches('/');
    match (method, path.split_once("/requests/")) {
        ("POST", None) => Route::Submit(path),
        (_, Some((endpoint, rest))) => match (method, rest.split_once('/')) {
            ("GET", None | Some((_, "response"))) => {
                Route::Result(endpoint, rest.trim_end_matches("/response"))
            }
            ("GET", Some((id, "status"))) => Route::Status(endpoint, id),
            ("PUT", Some((id, "cancel"))) => Route::Cancel(endpoint, id),
            _ => Route::Nothing,
        },
        _ => Route::Nothing,
    }
}

impl Shared {
    pub(super) fn serve_queue(&self, received: &Received) -> Reply {
        let route = route(&received.method, &received.path);
        if let Route::KeySet = route {
            return Reply::json(200, &self.state().signing.jwks());
        }
        if let Some(refusal) = self.refusal(received) {
            return answer(refusal).reply("-");
        }
        match route {
            Route::Submit(endpoint) if schema::knows(endpoint) => self.submit(endpoint, received),
            Route::Submit(_) => answer("noapp").reply("-"),
            Route::Status(endpoint, id) => {
                let now = self.clock.now();
                self.about(endpoint, id, |state, request| state.status(request, received, now))
            }
            Route::Result(endpoint, id) => self.about(endpoint, id, State::result),
            Route::Cancel(endpoint, id) => self.cancel(endpoint, id),
            Route::KeySet | Route::Nothing => {
                Reply::json(405, &json!({"detail": "Method Not Allowed"}))
            }
        }
    }

    fn refusal(&self, received: &Received) -> Option<&'static str> {
        let right = received.header("authorization") == Some(&format!("Key {}", self.key));
        match self.state().account {
            Account::Revoked => Some("badkey"),
            _ if !right => Some("badkey"),
            Account::Locked => Some("locked"),
            Account::Good => None,
        }
    }

    fn about(&self, endpoint: &str, id: &str, say: impl Fn(&State, &Request) -> Reply) -> Reply {
        let mut state = self.state();
        match state.requests.find(endpoint, id).cloned() {
            Some(request) if request.is_dark() => answer("ingress503").reply("-"),
            Some(request) => say(&state, &request),
            None => Reply::json(404, &json!({"status": "NOT_FOUND"})),
        }
    }

    fn cancel(&self, endpoint: &str, id: &str) -> Reply {
        let mut state = self.state();
        let (status, said) = match state.requests.find(endpoint, id) {
            None => (404, "NOT_FOUND"),
            Some(request) if request.phase() == Phase::Completed => (400, "ALREADY_COMPLETED"),
            Some(request) => {
                request.cancel();
                (202, "CANCELLATION_REQUESTED")
            }
        };
        Reply::json(status, &json!({"status": said}))
    }

    fn submit(&self, endpoint: &str, received: &Received) -> Reply {
        let body: Value = serde_json::from_slice(&received.body).unwrap_or_default();
        let seconds = received.header("x-fal-request-timeout").and_then(|text| text.parse().ok());
        let start_within = seconds.map(Duration::from_secs_f64);
        let mut state = self.state();
        let told = super::Directions::of_body(&body);
        if let Some(name) = told.get("answer") {
            return answer(name).reply("-");
        }
        let webhook = received.parameter("fal_webhook");
        let request = state.requests.accept(endpoint, body, webhook, start_within).clone();
        let reply = state.accepted(&request);
        drop(state);
        if told.say_of("push", "early") {
            self.push_now(&request.id);
        }
        reply
    }
}

impl State {
    fn urls(&self, request: &Request) -> Value {
        let strange = request.directions.say("strange-urls");
        let base = if strange { &self.media_url } else { &self.queue_url };
        let url = format!("{base}/{}/requests/{}", request.app(), request.id);
        json!({
            "request_id": request.id,
            "response_url": url,
            "status_url": format!("{url}/status"),
            "cancel_url": format!("{url}/cancel"),
        })
    }

    fn accepted(&self, request: &Request) -> Reply {
        let told = &request.directions;
        let mut body = self.urls(request);
        body["status"] = "IN_QUEUE".into();
        body["queue_position"] = self.requests.position(request).into();
        if told.say("lost") {
            Reply::HangUp
        } else if told.say("silent") {
            Reply::Silence
        } else if told.say("moved") {
            let url = format!("{}/steal", self.media_url);
            Reply::json(307, &json!({})).with("location", url)
        } else if told.say("garbled") {
            Reply::new(200, "application/json", r#"{"status":"IN_QUEUE","requ"#)
        } else if told.say("nameless") {
            Reply::json(200, &json!({"status": "IN_QUEUE"}))
        } else if told.say("brief") {
            Reply::json(200, &json!({"request_id": request.id, "gateway_request_id": request.id}))
        } else {
            Reply::json(200, &body).with("x-fal-request-id", request.id.clone())
        }
    }

    fn status(&self, request: &Request, received: &Received, now: Timestamp) -> Reply {
        let mut body = self.urls(request);
        let logged = matches!(received.parameter("logs").as_deref(), Some("1" | "true"));
        if request.phase() != Phase::InQueue {
            let line = json!({
                "message": "Generating image...",
                "level": "INFO",
                "source": "USER",
                "timestamp": now.to_string(),
            });
            body["logs"] = if logged { json!([line]) } else { Value::Null };
            body["metrics"] = json!({});
        }
        let (code, status) = match request.phase() {
            Phase::InQueue => {
                body["queue_position"] = self.requests.position(request).into();
                (202, "IN_QUEUE")
            }
            Phase::InProgress => (202, "IN_PROGRESS"),
            Phase::Completed => {
                body["metrics"] = json!({"inference_time": 0.05});
                if let Some(failure) = request.failure().filter(|f| f.is_infrastructure()) {
                    body["error"] = failure.body()["detail"].clone();
                    body["error_type"] = failure.kind.into();
                }
                (200, "COMPLETED")
            }
        };
        body["status"] = status.into();
        Reply::json(code, &body).with("x-fal-request-id", request.id.clone())
    }

    fn result(&self, request: &Request) -> Reply {
        if request.phase() != Phase::Completed {
            return answer("early400").reply(&request.id);
        }
        if let Some(failure) = request.failure() {
            return failure.reply(&request.id);
        }
        let count = request.said("num_images").unwrap_or(1);
        Reply::json(200, &self.output(request))
            .with("x-fal-request-id", request.id.clone())
            .with("X-Fal-Billable-Units", count.to_string())
    }

    /// The model's output. FLUX.2 pro, flex and max tell no flags (fal client types).
    pub(super) fn output(&self, request: &Request) -> Value {
        let told = &request.directions;
        let count = if told.say("empty") { 0 } else { request.said("num_images").unwrap_or(1) };
        let base = told.get("at").map(str::to_owned);
        let base = base.unwrap_or_else(|| format!("{}/files/lion", self.media_url));
        let (width, height) = media::pixels(&request.body);
        let images: Vec<Value> = (0..count)
            .map(|n| {
                let url = format!("{base}/{}-{n}.jpeg", request.id);
                json!({"url": url, "width": width, "height": height, "content_type": "image/jpeg"})
            })
            .collect();
        // Seeds use the whole range, beyond what a signed number or a double can hold.
        let seed = request.said("seed").unwrap_or(17_454_220_438_242_315_174);
        if ["flux-2-pro", "flux-2-flex", "flux-2-max"].iter().any(|s| request.app().ends_with(s)) {
            return json!({"images": images, "seed": seed});
        }
        let flags: Vec<bool> = (0..count).map(|n| media::is_flagged(request, n)).collect();
        json!({
            "images": images,
            "timings": {"inference": 0.05},
            "seed": seed,
            "has_nsfw_concepts": flags,
            "prompt": request.body["prompt"],
        })
    }
}
