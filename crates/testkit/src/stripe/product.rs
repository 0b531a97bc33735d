//! Products (Stripe docs: api/products). The id may be the caller's own.

use serde_json::{Value, json};

use super::{
    fields::{metadata, optional, required, truth},
    list,
    refused::Refused,
    state::State,
};

pub(super) const CREATE: &[&str] = &[
    "id",
    "name",
    "active",
    "description",
    "metadata.*",
    "images[]",
    "statement_descriptor",
    "tax_code",
    "unit_label",
    "url",
    "shippable",
    "default_price_data.*",
    "marketing_features[].name",
];
pub(super) const LIST: &[&str] =
    &["active", "ids[]", "created.*", "url", "limit", "starting_after", "ending_before"];

impl State {
    pub fn create_product(&mut self, form: &Value) -> Result<Value, Refused> {
        let name = required(form, "name")?;
        let id = match optional(form, "id") {
            Some(id) if self.find(id).is_some() => {
                let message = format!("Product already exists: {id}");
                return Err(Refused::request("resource_already_exists", message));
            }
            Some(id) => id.to_owned(),
            None => self.new_id("prod"),
        };
        let product = self.keep(json!({
            "id": id, "object": "product", "name": name,
            "active": truth(form, "active")?.unwrap_or(true),
            "description": optional(form, "description"), "default_price": null,
            "images": form.get("images").cloned().unwrap_or_else(|| json!([])),
            "metadata": metadata(&json!({}), &form["metadata"]), "type": "service",
        }));
        self.emit("product.created", &product);
        Ok(product)
    }

    pub fn update_product(&mut self, id: &str, form: &Value) -> Result<Value, Refused> {
        let product = self.find_of("product", id).ok_or_else(|| Refused::no_such("product", id))?;
        let mut change = json!({ "metadata": metadata(&product["metadata"], &form["metadata"]) });
        for name in ["name", "description", "default_price"] {
            if let Some(value) = form.get(name) {
                change[name] = value.clone();
            }
        }
        if let Some(active) = truth(form, "active")? {
            change["active"] = active.into();
        }
        let product = self.set(id, &change);
        self.emit("product.updated", &product);
        Ok(product)
    }

    pub fn list_products(&self, query: &Value) -> Result<Value, Refused> {
        list::page("/v1/products", query, self.of_kind("product").rev(), |product| {
            list::asks(query, "active", product) && list::born(query, product)
        })
    }
}
