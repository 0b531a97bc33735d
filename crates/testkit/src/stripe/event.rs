//! Events that can be asked for (Stripe docs: api/events, process undelivered events).

use serde_json::Value;

use super::{
    fields::{optional, texts, truth},
    list,
    refused::Refused,
    state::{State, text},
};

pub(super) const LIST: &[&str] = &[
    "type",
    "types[]",
    "delivery_success",
    "created.*",
    "limit",
    "starting_after",
    "ending_before",
];
const TYPES_MAX: usize = 20;

impl State {
    pub fn list_events(&self, query: &Value) -> Result<Value, Refused> {
        let types = texts(query, "types");
        if types.len() > TYPES_MAX {
            let message = "You may pass up to 20 types.";
            return Err(Refused::parameter("parameter_invalid", "types", message));
        }
        if !types.is_empty() && optional(query, "type").is_some() {
            let message = "You may pass either type or types, but not both.";
            return Err(Refused::parameter("parameter_invalid", "types", message));
        }
        let delivered = truth(query, "delivery_success")?;
        list::page("/v1/events", query, self.of_kind("event").rev(), |event| {
            let (id, kind) = (text(event, "id"), text(event, "type"));
            (types.is_empty() || types.iter().any(|own| own == kind))
                && list::asks(query, "type", event)
                && delivered.is_none_or(|asked| self.office.is_delivered(id) == asked)
                && list::born(query, event)
        })
    }
}
