//! Checkout Sessions in payment mode (Stripe docs: api/checkout/sessions).

use serde_json::{Value, json};

use super::{
    fields::{metadata, number, optional, required},
    list,
    refused::Refused,
    state::{State, text, whole},
};

pub(super) const CREATE: &[&str] = &[
    "mode",
    "customer",
    "customer_email",
    "customer_creation",
    "client_reference_id",
    "line_items[].price",
    "line_items[].quantity",
    "line_items[].price_data.*",
    "success_url",
    "cancel_url",
    "metadata.*",
    "payment_intent_data.metadata.*",
    "payment_intent_data.description",
    "payment_intent_data.receipt_email",
    "invoice_creation.enabled",
    "invoice_creation.invoice_data.*",
    "allow_promotion_codes",
    "automatic_tax.enabled",
    "customer_update.*",
    "expires_at",
    "locale",
    "billing_address_collection",
    "submit_type",
    "ui_mode",
    "tax_id_collection.*",
    "consent_collection.*",
    "allowed_payment_method_types[]",
    "excluded_payment_method_types[]",
    "adaptive_pricing.*",
];
pub(super) const LIST: &[&str] = &[
    "customer",
    "payment_intent",
    "status",
    "created.*",
    "limit",
    "starting_after",
    "ending_before",
];
/// The least that is charged in US dollars (Stripe docs: minimum charge amounts).
const LEAST_USD: u64 = 50;
/// How long a session is open when nothing else is asked for.
const OPEN_SECONDS: i64 = 86_400;
const OPEN_SECONDS_LEAST: u64 = 1_800;

impl State {
    pub fn create_session(&mut self, form: &Value) -> Result<Value, Refused> {
        let mode = required(form, "mode")?;
        if mode != "payment" {
            let message = format!("The fake opens sessions in payment mode alone, not in {mode}.");
            return Err(Refused::parameter("parameter_invalid_string_enum", "mode", message));
        }
        if !matches!(optional(form, "ui_mode"), None | Some("hosted_page")) {
            let message = "Invalid ui_mode: must be one of hosted_page, embedded_page, or elements";
            return Err(Refused::parameter("parameter_invalid_string_enum", "ui_mode", message));
        }
        let success_url = required(form, "success_url")?;
        let customer = optional(form, "customer");
        if let Some(id) = customer.filter(|id| self.find_of("customer", id).is_none()) {
            return Err(Refused::no_such_for("customer", "customer", id));
        }
        self.check_tax(form, customer)?;
        let (items, total, currency) = self.items(form)?;
        if currency == "usd" && (1..LEAST_USD).contains(&total) {
            let message =
                "The Checkout Session's total amount due must add up to at least $0.50 usd";
            return Err(Refused::request("amount_too_small", message));
        }
        let expires_at = self.lapse(form)?;
        let id = self.new_id(if self.live { "cs_live" } else { "cs_test" });
        let url = format!("{}/pay/{id}", self.url);
        let zero = json!({ "amount_discount": 0, "amount_shipping": 0, "amount_tax": 0 });
        Ok(self.keep(json!({
            "id": id, "object": "checkout.session", "mode": "payment", "status": "open",
            "payment_status": "unpaid", "ui_mode": "hosted_page", "url": url,
            "amount_subtotal": total, "amount_total": total, "currency": currency,
            "total_details": zero, "cancel_url": optional(form, "cancel_url"),
            "success_url": success_url, "client_reference_id": optional(form, "client_reference_id"),
            "customer": customer, "customer_email": optional(form, "customer_email"),
            "customer_details": null, "expires_at": expires_at, "invoice": null,
            "metadata": metadata(&json!({}), &form["metadata"]), "payment_intent": null,
            "payment_link": null, "setup_intent": null, "subscription": null,
            "payment_method_types": ["card"],
            "invoice_creation": { "enabled": form["invoice_creation"]["enabled"] == "true" },
            // Not Stripe's: what is told of it is taken out on the way.
            "_items": items, "_intent_metadata": form["payment_intent_data"].get("metadata"),
        })))
    }

    fn check_tax(&self, form: &Value, customer: Option<&str>) -> Result<(), Refused> {
        let taxed = form["automatic_tax"]["enabled"] == "true";
        let found = customer.and_then(|id| self.find(id));
        let placed = found.is_none_or(|customer| customer["address"].is_object());
        if taxed && !placed && form["customer_update"]["address"] != "auto" {
            let message = "Automatic tax calculation in Checkout requires a valid address on the \
                           Customer. Add a valid address to the Customer or set either \
                           `customer_update[address]` to 'auto' or `customer_update[shipping]` to \
                           'auto' to save the address entered in Checkout to the Customer.";
            return Err(Refused::request("customer_tax_location_invalid", message));
        }
        Ok(())
    }

    fn items(&self, form: &Value) -> Result<(Value, u64, String), Refused> {
        let items = form["line_items"].as_array().filter(|items| !items.is_empty());
        let items = items.ok_or_else(|| Refused::missing("line_items"))?;
        let mut lines = Vec::new();
        let (mut total, mut currency) = (0, None);
        for (at, item) in items.iter().enumerate() {
            let param = format!("line_items[{at}][price]");
            let id = optional(item, "price").ok_or_else(|| Refused::missing(&param))?;
            let price = self.find_of("price", id);
            let price = price.ok_or_else(|| Refused::no_such_for(&param, "price", id))?;
            let product = self.find(text(price, "product"));
            if price["active"] != true || product.is_none_or(|p| p["active"] != true) {
                let message = format!(
                    "The price specified is inactive. This field only accepts active prices. ({id})"
                );
                return Err(Refused::parameter("price_inactive", &param, message));
            }
            if price["type"] == "recurring" {
                let message = "You specified `payment` mode but passed a recurring price. Either \
                               switch to `subscription` mode or use only one-time prices.";
                return Err(Refused::parameter("parameter_invalid", &param, message));
            }
            if *currency.get_or_insert(text(price, "currency")) != text(price, "currency") {
                let message = "All prices must be of one currency.";
                return Err(Refused::parameter("parameter_invalid", &param, message));
            }
            let quantity = number(item, "quantity")?.unwrap_or(1).max(1);
            let amount = whole(price, "unit_amount") * quantity;
            total += amount;
            lines.push(json!({
                "id": format!("li_{at}"), "object": "item", "amount_total": amount,
                "currency": price["currency"], "description": product.map(|p| &p["name"]),
                "price": price, "quantity": quantity,
            }));
        }
        Ok((lines.into(), total, currency.unwrap_or("usd").to_owned()))
    }

    fn lapse(&self, form: &Value) -> Result<i64, Refused> {
        let Some(asked) = number(form, "expires_at")? else { return Ok(self.now + OPEN_SECONDS) };
        let now = u64::try_from(self.now).unwrap_or(0);
        let bounds = now + OPEN_SECONDS_LEAST..=now + OPEN_SECONDS.unsigned_abs();
        if !bounds.contains(&asked) {
            let message = "The `expires_at` timestamp must be between 30 minutes and 24 hours from \
                           Checkout Session creation.";
            return Err(Refused::parameter("parameter_invalid", "expires_at", message));
        }
        Ok(asked.cast_signed())
    }

    /// Lapses what is past its hour, as Stripe does by itself.
    pub fn lapse_sessions(&mut self) {
        let now = self.now;
        let is_over = |session: &&Value| {
            session["status"] == "open"
                && session["expires_at"].as_i64().is_some_and(|at| at <= now)
        };
        let over = self.of_kind("checkout.session").filter(is_over);
        let over: Vec<_> = over.map(|session| text(session, "id").to_owned()).collect();
        for id in over {
            self.lapse_session(&id);
        }
    }

    pub fn lapse_session(&mut self, id: &str) -> Value {
        let session = self.set(id, &json!({ "status": "expired", "url": null }));
        self.emit("checkout.session.expired", &told(&session));
        session
    }

    pub fn expire_session(&mut self, id: &str) -> Result<Value, Refused> {
        let session = self.find_session(id)?;
        if session["status"] != "open" {
            let message = format!(
                "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout \
                 Session has a status of {}.",
                text(&session, "status")
            );
            return Err(Refused::request("invalid_state", message));
        }
        Ok(told(&self.lapse_session(id)))
    }

    pub fn find_session(&self, id: &str) -> Result<Value, Refused> {
        let found = self.find_of("checkout.session", id).cloned();
        found.ok_or_else(|| Refused::no_such("checkout.session", id))
    }

    pub fn list_sessions(&self, query: &Value) -> Result<Value, Refused> {
        let all = self.of_kind("checkout.session").rev();
        let mut page = list::page("/v1/checkout/sessions", query, all, |session| {
            let as_asked = |name| list::asks(query, name, session);
            ["customer", "payment_intent", "status"].into_iter().all(as_asked)
        })?;
        for session in page["data"].as_array_mut().into_iter().flatten() {
            *session = told(session);
        }
        Ok(page)
    }

    pub fn list_items(&self, id: &str) -> Result<Value, Refused> {
        let items = &self.find_session(id)?["_items"];
        let url = format!("/v1/checkout/sessions/{id}/line_items");
        Ok(json!({ "object": "list", "url": url, "has_more": false, "data": items }))
    }
}

/// A session without what is the fake's own.
pub(super) fn told(session: &Value) -> Value {
    let mut session = session.clone();
    if let Some(members) = session.as_object_mut() {
        members.retain(|name, _| !name.starts_with('_'));
    }
    session
}
