//! Invoices of sessions that ask for one (Stripe docs: post-payment invoices).

use serde_json::{Value, json};

use super::{
    list,
    refused::Refused,
    state::{State, text},
};

pub(super) const LIST: &[&str] = &[
    "customer",
    "status",
    "subscription",
    "created.*",
    "collection_method",
    "limit",
    "starting_after",
    "ending_before",
];

impl State {
    /// Writes the invoice of a session, if it is to have one. It is paid as the session is; no
    /// subscription is behind it.
    pub fn bill(&mut self, session: &Value) {
        if session["invoice_creation"]["enabled"] != true || session["payment_status"] == "unpaid" {
            return;
        }
        let id = self.new_id("in");
        let payments = session["payment_intent"].as_str().map(|intent| {
            let payment = json!({ "type": "payment_intent", "payment_intent": intent });
            json!({ "object": "invoice_payment", "status": "paid", "payment": payment })
        });
        let invoice = self.keep(json!({
            "id": id, "object": "invoice", "billing_reason": "manual", "status": "paid",
            "currency": session["currency"], "customer": session["customer"],
            "number": format!("FAKE-{}", &id[id.len() - 4..]), "parent": null,
            "total": session["amount_total"], "amount_paid": session["amount_total"],
            "hosted_invoice_url": format!("{}/invoices/{id}", self.url),
            "invoice_pdf": format!("{}/invoices/{id}/pdf", self.url),
            "lines": { "object": "list", "has_more": false, "data": session["_items"] },
            "payments": { "object": "list", "has_more": false,
                "data": payments.into_iter().collect::<Vec<_>>() },
        }));
        self.set(text(session, "id"), &json!({ "invoice": id }));
        self.emit("invoice.paid", &invoice);
    }

    pub fn list_invoices(&self, query: &Value) -> Result<Value, Refused> {
        list::page("/v1/invoices", query, self.of_kind("invoice").rev(), |invoice| {
            let as_asked = |name| list::asks(query, name, invoice);
            as_asked("customer") && as_asked("status") && list::born(query, invoice)
        })
    }
}
