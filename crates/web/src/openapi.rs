//! The API's document, generated from the very types that answer.

use poem::{Endpoint, Request, Response, Result};
use poem_openapi::{ExternalDocumentObject, OpenApiService};
use serde_json::{Value, json};

use crate::{About, api};

/// Where the API lives.
pub const PREFIX: &str = "/api/v1";

/// The API as routes.
pub fn service(about: &About) -> OpenApiService<api::All, ()> {
    let title = format!("{} API", about.brand);
    let reference = ExternalDocumentObject::new(format!("{}/api", about.app_url));
    OpenApiService::new(api::all(), title, about.version.clone())
        .description(api::DESCRIPTION)
        .external_document(reference)
        .server(about.app_url.clone())
        .url_prefix(PREFIX)
}

/// The document, for tools and for `safelight openapi`.
pub fn openapi_json(about: &About) -> String {
    format!("{:#}", document(about))
}

/// The document as a value.
pub fn document(about: &About) -> Value {
    // What we wrote ourselves is JSON; were it not, an empty document fails every test.
    let mut document = serde_json::from_str(&service(about).spec()).unwrap_or_default();
    refuse_unknown_members(&mut document);
    let schemas = &mut document["components"]["schemas"];
    offer(&mut schemas["GenerationBody"], "model", &about.models);
    offer(&mut schemas["ConsumeBody"], "action", &about.actions);
    mend(&mut document);
    document
}

/// Bodies refuse members nobody knows; poem has no way to say so.
fn refuse_unknown_members(document: &mut Value) {
    let schemas = document["components"]["schemas"].as_object_mut().into_iter().flatten();
    for (_, schema) in schemas.filter(|(name, _)| name.ends_with("Body")) {
        schema["additionalProperties"] = json!(false);
    }
}

/// Says which words a member takes, which the operator decides.
fn offer(body: &mut Value, member: &str, words: &[String]) {
    if !words.is_empty() {
        body["properties"][member]["enum"] = json!(words);
    }
}

/// What poem cannot say. What may be null and is one of some words may be null only when null is one
/// of them (OpenAPI 3.0.3, "nullable"). Bounds are floats, which cannot name the largest seed.
fn mend(part: &mut Value) {
    match part {
        Value::Array(items) => items.iter_mut().for_each(mend),
        Value::Object(members) => {
            let nullable = members.get("nullable") == Some(&Value::Bool(true));
            if let Some(Value::Array(words)) = members.get_mut("enum").filter(|_| nullable) {
                words.push(Value::Null);
            }
            if members.remove("exclusiveMaximum").is_some() {
                members.insert("maximum".to_owned(), json!(u64::MAX));
            }
            members.values_mut().for_each(mend);
        }
        _ => {}
    }
}

/// `/api/openapi.json`.
pub struct Served(String);

impl Served {
    /// Serves `document`.
    pub fn of(document: &Value) -> Self {
        Self(document.to_string())
    }
}

impl Endpoint for Served {
    type Output = Response;

    async fn call(&self, _request: Request) -> Result<Response> {
        Ok(Response::builder().content_type("application/json").body(self.0.clone()))
    }
}
