//! Which call does what.

use serde_json::Value;

use super::{
    account, charge,
    checkout::{self, told},
    customer, endpoint, event,
    fields::check,
    intent, invoice, list, price, product, refund,
    refused::Refused,
    state::State,
};

type Pairs = [(String, String)];

impl State {
    /// Does what a call asks. `pairs` are of the query, or of the body.
    pub fn act(
        &mut self,
        method: &str,
        path: &str,
        pairs: &Pairs,
        form: &Value,
    ) -> Result<Value, Refused> {
        let known = |known: &[&str]| check(pairs, known);
        let place: Vec<&str> = path.trim_start_matches("/v1/").split('/').collect();
        match (method, place.as_slice()) {
            ("GET", ["account"]) => known(&[]).map(|()| Self::account()),
            ("GET", ["customers"]) => {
                known(customer::LIST).and_then(|()| self.list_customers(form))
            }
            ("POST", ["customers"]) => {
                known(customer::CREATE).and_then(|()| self.create_customer(form))
            }
            ("GET", ["customers", id]) => known(&[]).and_then(|()| self.find_customer(id)),
            ("POST", ["customers", id]) => {
                known(customer::CREATE).and_then(|()| self.update_customer(id, form))
            }
            ("DELETE", ["customers", id]) => self.delete_customer(id),
            ("GET", ["products"]) => known(product::LIST).and_then(|()| self.list_products(form)),
            ("POST", ["products"]) => {
                known(product::CREATE).and_then(|()| self.create_product(form))
            }
            ("POST", ["products", id]) => {
                known(product::CREATE).and_then(|()| self.update_product(id, form))
            }
            ("GET", ["prices"]) => known(price::LIST).and_then(|()| self.list_prices(form)),
            ("POST", ["prices"]) => known(price::CREATE).and_then(|()| self.create_price(form)),
            ("POST", ["prices", id]) => {
                known(price::UPDATE).and_then(|()| self.update_price(id, form))
            }
            ("GET", ["checkout", "sessions"]) => {
                known(checkout::LIST).and_then(|()| self.list_sessions(form))
            }
            ("POST", ["checkout", "sessions"]) => known(checkout::CREATE)
                .and_then(|()| self.create_session(form))
                .map(|session| told(&session)),
            ("GET", ["checkout", "sessions", id]) => {
                known(&[]).and_then(|()| self.find_session(id)).map(|session| told(&session))
            }
            ("GET", ["checkout", "sessions", id, "line_items"]) => {
                known(&list::KNOWN).and_then(|()| self.list_items(id))
            }
            ("POST", ["checkout", "sessions", id, "expire"]) => {
                known(&[]).and_then(|()| self.expire_session(id))
            }
            ("GET", ["payment_intents"]) => {
                known(intent::LIST).and_then(|()| self.list_intents(form))
            }
            ("GET", ["charges"]) => known(charge::LIST).and_then(|()| self.list_charges(form)),
            ("GET", ["refunds"]) => known(refund::LIST).and_then(|()| self.list_refunds(form)),
            ("POST", ["refunds"]) => known(refund::CREATE).and_then(|()| self.create_refund(form)),
            ("GET", ["invoices"]) => known(invoice::LIST).and_then(|()| self.list_invoices(form)),
            ("GET", ["events"]) => known(event::LIST).and_then(|()| self.list_events(form)),
            ("GET", ["webhook_endpoints"]) => {
                known(&list::KNOWN).and_then(|()| self.list_endpoints(form))
            }
            ("POST", ["webhook_endpoints"]) => {
                known(endpoint::CREATE).and_then(|()| self.create_endpoint(form))
            }
            ("POST", ["webhook_endpoints", id]) => {
                known(endpoint::UPDATE).and_then(|()| self.update_endpoint(id, form))
            }
            ("DELETE", ["webhook_endpoints", id]) => self.delete_endpoint(id),
            ("POST", ["billing_portal", "sessions"]) => {
                known(account::PORTAL).and_then(|()| self.open_portal(form))
            }
            ("GET", ["billing_portal", "configurations"]) => Ok(self.list_portals()),
            ("GET", [kinds, id]) => known(&[]).and_then(|()| self.by_id(kinds, id)),
            _ => Err(no_such_url(method, path)),
        }
    }

    fn by_id(&self, kinds: &str, id: &str) -> Result<Value, Refused> {
        let kind = match kinds {
            "products" => "product",
            "prices" => "price",
            "payment_intents" => "payment_intent",
            "charges" => "charge",
            "refunds" => "refund",
            "disputes" => "dispute",
            "invoices" => "invoice",
            "events" => "event",
            "webhook_endpoints" => "webhook_endpoint",
            _ => return Err(no_such_url("GET", &format!("/v1/{kinds}/{id}"))),
        };
        self.find_of(kind, id).cloned().ok_or_else(|| Refused::no_such(kind, id))
    }
}

fn no_such_url(method: &str, path: &str) -> Refused {
    let message = format!("Unrecognized request URL ({method}: {path}).");
    Refused::other(404, "invalid_request_error", message)
}
