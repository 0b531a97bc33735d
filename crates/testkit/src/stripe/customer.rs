//! Customers (Stripe docs: api/customers).

use serde_json::{Value, json};

use super::{
    fields::{metadata, optional},
    list,
    refused::Refused,
    state::State,
};

pub(super) const CREATE: &[&str] = &[
    "email",
    "name",
    "description",
    "phone",
    "metadata.*",
    "preferred_locales[]",
    "tax_exempt",
    "address.*",
    "payment_method",
    "invoice_settings.*",
    "balance",
    "shipping.*",
    "tax.*",
];
pub(super) const LIST: &[&str] =
    &["email", "created.*", "limit", "starting_after", "ending_before"];

impl State {
    pub fn create_customer(&mut self, form: &Value) -> Result<Value, Refused> {
        // Stripe knows more of what an address may be than anybody writes down.
        let odd = |email: &&str| !email.contains('@') || email.ends_with(".invalid");
        if let Some(email) = optional(form, "email").filter(odd) {
            let message = format!("Invalid email address: {email}");
            return Err(Refused::parameter("email_invalid", "email", message));
        }
        let id = self.new_id("cus");
        let customer = self.keep(json!({
            "id": id, "object": "customer",
            "email": optional(form, "email"), "name": optional(form, "name"),
            "description": optional(form, "description"), "phone": optional(form, "phone"),
            "address": form.get("address"), "balance": 0, "currency": null, "delinquent": false,
            "metadata": metadata(&json!({}), &form["metadata"]),
            "preferred_locales": [], "tax_exempt": "none",
        }));
        self.emit("customer.created", &customer);
        Ok(customer)
    }

    pub fn update_customer(&mut self, id: &str, form: &Value) -> Result<Value, Refused> {
        let customer =
            self.find_of("customer", id).ok_or_else(|| Refused::no_such("customer", id))?;
        let mut change = json!({ "metadata": metadata(&customer["metadata"], &form["metadata"]) });
        for name in ["email", "name", "description", "phone", "address"] {
            if let Some(value) = form.get(name) {
                change[name] = if value == "" { Value::Null } else { value.clone() };
            }
        }
        let customer = self.set(id, &change);
        self.emit("customer.updated", &customer);
        Ok(customer)
    }

    pub fn delete_customer(&mut self, id: &str) -> Result<Value, Refused> {
        let customer = self.find_of("customer", id).cloned();
        let customer = customer.ok_or_else(|| Refused::no_such("customer", id))?;
        self.emit("customer.deleted", &customer);
        self.set(id, &json!({ "deleted": true }));
        Ok(json!({ "id": id, "object": "customer", "deleted": true }))
    }

    /// Deleted ones are still found by id, and say so.
    pub fn find_customer(&self, id: &str) -> Result<Value, Refused> {
        match self.find(id).filter(|object| object["object"] == "customer") {
            Some(gone) if gone["deleted"] == true => {
                Ok(json!({ "id": id, "object": "customer", "deleted": true }))
            }
            Some(customer) => Ok(customer.clone()),
            None => Err(Refused::no_such("customer", id)),
        }
    }

    pub fn list_customers(&self, query: &Value) -> Result<Value, Refused> {
        list::page("/v1/customers", query, self.of_kind("customer").rev(), |customer| {
            list::asks(query, "email", customer) && list::born(query, customer)
        })
    }
}
