//! The account itself, and its customer portal (Stripe docs: api/accounts, api/customer_portal).

use serde_json::{Value, json};

use super::{
    fields::{optional, required},
    refused::Refused,
    state::State,
};

pub(super) const PORTAL: &[&str] =
    &["customer", "return_url", "configuration", "locale", "flow_data.*", "on_behalf_of"];

impl State {
    pub fn account() -> Value {
        json!({
            "id": "acct_Fake000000000001", "object": "account", "default_currency": "usd",
            "country": "US", "charges_enabled": true, "payouts_enabled": true,
            "details_submitted": true,
        })
    }

    pub fn open_portal(&mut self, form: &Value) -> Result<Value, Refused> {
        let customer = required(form, "customer")?;
        if self.find_of("customer", customer).is_none() {
            return Err(Refused::no_such_for("customer", "customer", customer));
        }
        if !self.portal {
            let message = "No configuration provided and your test mode default configuration has \
                           not been created. Provide a configuration or create your default by \
                           saving your customer portal settings in test mode at \
                           https://dashboard.stripe.com/test/settings/billing/portal.";
            return Err(Refused::request("portal_configuration_missing", message));
        }
        let id = self.new_id("bps");
        let url = format!("{}/portal/{id}", self.url);
        Ok(self.keep(json!({
            "id": id, "object": "billing_portal.session", "customer": customer, "url": url,
            "return_url": optional(form, "return_url"), "flow": null,
        })))
    }

    pub fn list_portals(&self) -> Value {
        let own = json!({
            "id": "bpc_Fake000000000001", "object": "billing_portal.configuration",
            "active": true, "is_default": true,
        });
        let data: Vec<_> = self.portal.then_some(own).into_iter().collect();
        let url = "/v1/billing_portal/configurations";
        json!({ "object": "list", "url": url, "has_more": false, "data": data })
    }
}
