//! Every failure fal documents, by a name of ours: status, headers, body.

use serde_json::{Value, json};

use crate::Reply;

/// A documented failure.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The name used in directions.
    pub name: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The kind fal gives it, empty when it gives none.
    pub kind: &'static str,
    shape: Shape,
}

#[derive(Debug, Clone, Copy)]
enum Shape {
    /// `{"detail":[{"loc":..,"msg":..,"type":..}]}` (fal docs: errors).
    Model(&'static str),
    /// `{"detail":"..","error_type":".."}` and a header (fal docs: request errors).
    Infrastructure(&'static str),
    /// `{"detail":".."}`.
    Plain(&'static str),
    /// `{"detail":"..","type":".."}`.
    Typed(&'static str),
    /// `{"status":"NOT_FOUND"}`.
    NotFound,
    /// The ingress answers instead of fal: HTML, and no request id.
    Ingress,
}

const fn failure(name: &'static str, status: u16, kind: &'static str, shape: Shape) -> Answered {
    Answered { name, status, kind, shape }
}

/// All of them.
pub(super) const ALL: &[Answered] = {
    use Shape::{Infrastructure, Ingress, Model, NotFound, Plain, Typed};
    &[
        failure("policy", 422, "content_policy_violation", Model("prompt")),
        failure("nomedia", 422, "no_media_generated", Model("")),
        failure("missing", 422, "missing", Model("prompt")),
        failure("missing-v1", 422, "value_error.missing", Model("prompt")),
        failure("toolarge", 422, "less_than_equal", Model("num_images")),
        failure("literal", 422, "literal_error", Model("safety_tolerance")),
        failure("unsupported", 422, "feature_not_supported", Model("")),
        failure("download", 422, "file_download_error", Model("image_url")),
        failure("toosmall", 422, "image_too_small", Model("image_url")),
        failure("string422", 422, "", Plain("Prompt must be non-empty")),
        failure("novel422", 422, "moon_phase_unfavourable", Model("prompt")),
        failure("model500", 500, "internal_server_error", Model("")),
        failure("generation504", 504, "generation_timeout", Model("")),
        failure("downstream400", 400, "downstream_service_error", Model("")),
        failure("downstream500", 500, "downstream_service_unavailable", Model("")),
        failure("start504", 504, "request_timeout", Infrastructure("Request timed out")),
        failure("startup504", 504, "startup_timeout", Infrastructure("Startup timed out")),
        failure("scheduling503", 503, "runner_scheduling_failure", Infrastructure("No runner")),
        failure("runner503", 503, "runner_disconnected", Infrastructure("Runner disconnected")),
        failure("runner502", 502, "runner_incomplete_response", Infrastructure("Incomplete")),
        failure("runner500", 500, "runner_server_error", Infrastructure("Runner failed")),
        failure("internal500", 500, "internal_error", Infrastructure("Internal error")),
        failure(
            "cancelled",
            499,
            "client_cancelled",
            Infrastructure("Request cancelled by the client."),
        ),
        failure("disconnected", 499, "client_disconnected", Infrastructure("Client went away")),
        failure("bad400", 400, "bad_request", Infrastructure("Invalid timeout header")),
        failure("early400", 400, "", Plain("Request is still in progress")),
        failure("plain500", 500, "", Plain("Internal Server Error")),
        failure("busy", 429, "concurrent_requests_limit", Typed("Too many concurrent requests")),
        failure("expired", 404, "", NotFound),
        failure("noapp", 404, "", Plain("Application \"flux-nope\" not found")),
        failure("badkey", 401, "", Plain("invalid key credentials")),
        failure("payment402", 402, "", Plain("Payment required")),
        failure(
            "locked",
            403,
            "",
            Plain(
                "User is locked. Reason: Exhausted balance. Top up your balance at \
                 fal.ai/dashboard/billing.",
            ),
        ),
        failure("forbidden", 403, "", Plain("Forbidden")),
        failure("ingress502", 502, "", Ingress),
        failure("ingress503", 503, "", Ingress),
        failure("ingress504", 504, "", Ingress),
    ]
};

/// The failure of that name.
///
/// # Panics
/// When there is none: a test that misspells a direction must not pass.
pub fn answer(name: &str) -> &'static Answered {
    ALL.iter().find(|failure| failure.name == name).unwrap_or_else(|| panic!("no answer {name}"))
}

impl Answered {
    /// Its JSON.
    pub fn body(&self) -> Value {
        match self.shape {
            Shape::Model(field) => {
                let loc = if field.is_empty() { json!(["body"]) } else { json!(["body", field]) };
                let url = format!("https://docs.fal.ai/errors/#{}", self.kind);
                json!({"detail": [{"loc": loc, "msg": "It failed", "type": self.kind, "url": url}]})
            }
            Shape::Infrastructure(detail) => json!({"detail": detail, "error_type": self.kind}),
            Shape::Plain(detail) => json!({"detail": detail}),
            Shape::Typed(detail) => json!({"detail": detail, "type": self.kind}),
            Shape::NotFound => json!({"status": "NOT_FOUND"}),
            Shape::Ingress => Value::Null,
        }
    }

    /// Whether fal's own machinery failed: then the status tells the error too (fal docs: queue).
    pub(super) fn is_infrastructure(&self) -> bool {
        matches!(self.shape, Shape::Infrastructure(_))
    }

    /// The whole answer, about the request `id`.
    pub(super) fn reply(&self, id: &str) -> Reply {
        if let Shape::Ingress = self.shape {
            let html = "<html><head><title>Bad Gateway</title></head>\
                        <body><center>nginx</center></body></html>";
            return Reply::new(self.status, "text/html", html);
        }
        let reply = Reply::json(self.status, &self.body()).with("x-fal-request-id", id);
        match self.kind {
            "request_timeout" => {
                reply.with("X-Fal-Error-Type", self.kind).with("X-Fal-Request-Timeout-Type", "user")
            }
            "concurrent_requests_limit" => reply.with("X-Fal-needs-retry", "1"),
            kind if self.is_infrastructure() => reply.with("X-Fal-Error-Type", kind),
            _ => reply,
        }
    }
}
