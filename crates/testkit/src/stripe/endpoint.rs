//! Webhook endpoints (Stripe docs: api/webhook_endpoints). The secret is told once.

use serde_json::{Value, json};

use super::{
    fields::{metadata, optional, required, texts, truth},
    list,
    refused::Refused,
    state::State,
};

pub(super) const CREATE: &[&str] =
    &["url", "enabled_events[]", "api_version", "description", "metadata.*", "connect"];
pub(super) const UPDATE: &[&str] =
    &["url", "enabled_events[]", "disabled", "description", "metadata.*"];

/// Whether an endpoint is told of events of that type.
pub(super) fn hears(endpoint: &Value, kind: &str) -> bool {
    let mut kinds = endpoint["enabled_events"].as_array().into_iter().flatten();
    kinds.any(|own| own == kind || own == "*")
}

impl State {
    pub fn create_endpoint(&mut self, form: &Value) -> Result<Value, Refused> {
        let url = required(form, "url")?.to_owned();
        let events = texts(form, "enabled_events");
        if events.is_empty() {
            return Err(Refused::missing("enabled_events"));
        }
        if self.live && !url.starts_with("https://") {
            let message = "Invalid URL: URL must be HTTPS in live mode.";
            return Err(Refused::parameter("url_invalid", "url", message));
        }
        let id = self.new_id("we");
        let secret = format!("whsec_{id}");
        let mut endpoint = self.keep(json!({
            "id": id, "object": "webhook_endpoint", "url": url, "enabled_events": events,
            "api_version": optional(form, "api_version"), "status": "enabled",
            "description": optional(form, "description"),
            "metadata": metadata(&json!({}), &form["metadata"]),
        }));
        self.office.learn(&id, &secret);
        endpoint["secret"] = secret.into();
        Ok(endpoint)
    }

    pub fn update_endpoint(&mut self, id: &str, form: &Value) -> Result<Value, Refused> {
        let none = || Refused::no_such("webhook_endpoint", id);
        self.find_of("webhook_endpoint", id).ok_or_else(none)?;
        let mut change = json!({});
        if let Some(url) = optional(form, "url") {
            change["url"] = url.into();
        }
        let events = texts(form, "enabled_events");
        if !events.is_empty() {
            change["enabled_events"] = events.into();
        }
        if let Some(disabled) = truth(form, "disabled")? {
            change["status"] = if disabled { "disabled" } else { "enabled" }.into();
        }
        Ok(self.set(id, &change))
    }

    pub fn delete_endpoint(&mut self, id: &str) -> Result<Value, Refused> {
        let none = || Refused::no_such("webhook_endpoint", id);
        self.find_of("webhook_endpoint", id).ok_or_else(none)?;
        self.set(id, &json!({ "deleted": true, "status": "disabled" }));
        Ok(json!({ "id": id, "object": "webhook_endpoint", "deleted": true }))
    }

    pub fn list_endpoints(&self, query: &Value) -> Result<Value, Refused> {
        let all = self.of_kind("webhook_endpoint").rev();
        list::page("/v1/webhook_endpoints", query, all, |_| true)
    }
}
