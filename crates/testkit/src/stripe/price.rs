//! Prices and their lookup keys (Stripe docs: api/prices). An amount never changes.

use serde_json::{Value, json};

use super::{
    fields::{metadata, number, optional, required, texts, truth},
    list,
    refused::Refused,
    state::{State, text},
};

pub(super) const CREATE: &[&str] = &[
    "currency",
    "unit_amount",
    "product",
    "product_data.*",
    "recurring.*",
    "lookup_key",
    "transfer_lookup_key",
    "metadata.*",
    "nickname",
    "active",
    "tax_behavior",
    "billing_scheme",
];
pub(super) const UPDATE: &[&str] =
    &["active", "lookup_key", "transfer_lookup_key", "metadata.*", "nickname", "tax_behavior"];
pub(super) const LIST: &[&str] = &[
    "lookup_keys[]",
    "active",
    "product",
    "currency",
    "type",
    "recurring.*",
    "created.*",
    "limit",
    "starting_after",
    "ending_before",
];
/// Stripe docs: list all prices.
const LOOKUP_KEYS_MAX: usize = 10;

impl State {
    pub fn create_price(&mut self, form: &Value) -> Result<Value, Refused> {
        let currency = required(form, "currency")?.to_ascii_lowercase();
        if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_lowercase()) {
            let message = format!("Invalid currency: {currency}");
            return Err(Refused::parameter("parameter_invalid_string", "currency", message));
        }
        let amount = number(form, "unit_amount")?.ok_or_else(|| Refused::missing("unit_amount"))?;
        let product = match (optional(form, "product"), form.get("product_data")) {
            (Some(id), _) if self.find_of("product", id).is_some() => id.to_owned(),
            (Some(id), _) => return Err(Refused::no_such_for("product", "product", id)),
            (None, Some(data)) => text(&self.create_product(data)?, "id").to_owned(),
            (None, None) => return Err(Refused::missing("product")),
        };
        let key = self.take_lookup_key(form, "")?;
        let interval = form["recurring"]["interval"].as_str();
        let recurring =
            interval.map(|interval| json!({ "interval": interval, "interval_count": 1 }));
        let id = self.new_id("price");
        let price = self.keep(json!({
            "id": id, "object": "price", "active": truth(form, "active")?.unwrap_or(true),
            "billing_scheme": "per_unit", "currency": currency, "custom_unit_amount": null,
            "lookup_key": key, "metadata": metadata(&json!({}), &form["metadata"]),
            "nickname": optional(form, "nickname"), "product": product, "recurring": recurring,
            "tiers_mode": null, "type": if recurring.is_some() { "recurring" } else { "one_time" },
            "unit_amount": amount, "unit_amount_decimal": amount.to_string(),
        }));
        self.emit("price.created", &price);
        Ok(price)
    }

    /// The lookup key the form asks for, taken from the price that had it if that is asked for too.
    fn take_lookup_key(&mut self, form: &Value, own: &str) -> Result<Option<String>, Refused> {
        let Some(key) = optional(form, "lookup_key") else { return Ok(None) };
        let holder = self.of_kind("price").find(|price| text(price, "lookup_key") == key);
        let holder = holder.map(|price| text(price, "id").to_owned()).filter(|id| id != own);
        match holder {
            None => {}
            Some(holder) if truth(form, "transfer_lookup_key")? == Some(true) => {
                let robbed = self.set(&holder, &json!({ "lookup_key": null }));
                self.emit("price.updated", &robbed);
            }
            Some(holder) => {
                let message = format!(
                    "A price (`{holder}`) already uses that lookup key. You must update the \
                     `lookup_key` on it or set `transfer_lookup_key` to `true`."
                );
                return Err(Refused::request("resource_already_exists", message));
            }
        }
        Ok(Some(key.to_owned()))
    }

    pub fn update_price(&mut self, id: &str, form: &Value) -> Result<Value, Refused> {
        let price = self.find_of("price", id).ok_or_else(|| Refused::no_such("price", id))?;
        let mut change = json!({ "metadata": metadata(&price["metadata"], &form["metadata"]) });
        if let Some(active) = truth(form, "active")? {
            change["active"] = active.into();
        }
        if let Some(key) = self.take_lookup_key(form, id)? {
            change["lookup_key"] = key.into();
        }
        let price = self.set(id, &change);
        self.emit("price.updated", &price);
        Ok(price)
    }

    pub fn list_prices(&self, query: &Value) -> Result<Value, Refused> {
        let keys = texts(query, "lookup_keys");
        if keys.len() > LOOKUP_KEYS_MAX {
            let message = "You can only look up 10 lookup keys at once.";
            return Err(Refused::parameter("parameter_invalid", "lookup_keys", message));
        }
        list::page("/v1/prices", query, self.of_kind("price").rev(), |price| {
            let named = keys.is_empty() || keys.iter().any(|key| text(price, "lookup_key") == key);
            let as_asked = |name| list::asks(query, name, price);
            named && ["active", "product", "currency", "type"].into_iter().all(as_asked)
        })
    }
}
