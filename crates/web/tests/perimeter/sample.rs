//! What is sent to each acting route so that, from whoever may, it works.

use serde_json::{Value, json};

use crate::things::Things;

/// The body of a request.
#[derive(Debug, Clone)]
pub enum Sample {
    Nothing,
    Form(Vec<(&'static str, String)>),
    Json(Value),
}

impl Sample {
    /// The body for a route; an empty form, or an empty object, for one that is not named here.
    pub fn of(method: &str, path: &str, things: &Things) -> Self {
        let form = |fields: &[(&'static str, &str)]| {
            Self::Form(fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect())
        };
        // Names nobody else has, and an address no mail went to yet.
        let name = format!("Named {}", things.folder);
        let address = format!("{}@example.com", things.folder);
        match (method, path) {
            ("GET" | "HEAD" | "DELETE", _) => Self::Nothing,
            ("POST", "/api/v1/generations") => {
                Self::Json(json!({ "prompt": "a fox", "size": "square", "seed": "1" }))
            }
            ("POST", "/api/v1/quote") => Self::Json(json!({ "prompt": "a fox", "count": 2 })),
            ("POST", "/api/v1/credits/consume") => Self::Json(json!({ "action": "export" })),
            ("POST", "/api/v1/folders") | ("PATCH", "/api/v1/folders/{id}") => {
                Self::Json(json!({ "name": name }))
            }
            ("PATCH", "/api/v1/images/{id}") => Self::Json(json!({ "liked": true })),
            (_, path) if path.starts_with("/api/") => Self::Json(json!({})),
            (_, "/sign-in" | "/account/address") => form(&[("email", &address)]),
            (_, "/sign-in/code") => form(&[("challenge", "x"), ("code", "0000-0000")]),
            (_, "/studio") => form(&[("prompt", "a fox"), ("size", "square"), ("seed", "1")]),
            (_, "/gallery/bulk") => form(&[("act", "like"), ("image", &things.image)]),
            (_, "/folders" | "/folders/{id}/rename") => form(&[("name", &name)]),
            (_, "/folders/{id}/move" | "/images/{id}/move") => form(&[("folder_id", "")]),
            (_, "/images/{id}/like") => form(&[("liked", "true")]),
            (_, "/account/keys") => form(&[("name", "deploy"), ("scope", "library")]),
            (_, "/billing/buy") => form(&[("pack", "small")]),
            (_, "/admin/webhooks/replay") => form(&[("event", &things.event), ("reason", "late")]),
            (_, "/admin/users/{id}/adjust") => {
                form(&[("direction", "give"), ("amount", "1"), ("reason", "a test")])
            }
            (_, "/admin/users/{id}/ask") => form(&[("order", &things.order)]),
            (_, path) if path.starts_with("/admin/") => form(&[("reason", "a test")]),
            // Who leaves is asked first whether they are sure: an account that is gone could try
            // nothing else here.
            _ => form(&[]),
        }
    }

    /// Puts it into a request.
    pub fn into(self, request: poem::RequestBuilder) -> poem::Request {
        match self {
            Self::Nothing => request.finish(),
            Self::Form(fields) => {
                let mut body = form_urlencoded::Serializer::new(String::new());
                body.extend_pairs(fields);
                request.content_type("application/x-www-form-urlencoded").body(body.finish())
            }
            Self::Json(value) => request.content_type("application/json").body(value.to_string()),
        }
    }
}
