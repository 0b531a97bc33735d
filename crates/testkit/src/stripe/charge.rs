//! Charges: one an attempt to pay (Stripe docs: api/charges); and disputes of them.

use serde_json::{Value, json};

use super::{
    list,
    refused::Refused,
    state::{State, text},
};

pub(super) const LIST: &[&str] =
    &["customer", "payment_intent", "created.*", "limit", "starting_after", "ending_before"];

impl State {
    /// A charge for all of a payment.
    pub fn new_charge(&mut self, intent: &str, paid: bool) -> Value {
        let id = self.new_id("ch");
        let found = self.find(intent).cloned().unwrap_or_default();
        let amount = &found["amount"];
        let receipt_url = paid.then(|| format!("{}/receipts/{id}", self.url));
        self.keep(json!({
            "id": id, "object": "charge", "amount": amount,
            "amount_captured": if paid { amount.clone() } else { json!(0) }, "amount_refunded": 0,
            "captured": paid, "currency": found["currency"], "customer": found["customer"],
            "disputed": false, "metadata": found["metadata"], "paid": paid,
            "payment_intent": intent, "receipt_url": receipt_url, "refunded": false,
            "status": if paid { "succeeded" } else { "failed" },
            "failure_code": if paid { Value::Null } else { "card_declined".into() },
        }))
    }

    /// The charge that money came by.
    pub fn paid_charge(&self, intent: &str) -> Option<&Value> {
        let mut paid = self.of_kind("charge").filter(|charge| charge["paid"] == true);
        paid.find(|charge| text(charge, "payment_intent") == intent)
    }

    pub fn list_charges(&self, query: &Value) -> Result<Value, Refused> {
        list::page("/v1/charges", query, self.of_kind("charge").rev(), |charge| {
            let as_asked = |name| list::asks(query, name, charge);
            as_asked("customer") && as_asked("payment_intent") && list::born(query, charge)
        })
    }

    /// The buyer's bank takes the money back for now.
    pub fn dispute(&mut self, intent: &str) -> Result<Value, Refused> {
        let charge = self.paid_charge(intent).cloned();
        let charge = charge.ok_or_else(|| Refused::no_such("payment_intent", intent))?;
        let id = self.new_id("du");
        let dispute = self.keep(json!({
            "id": id, "object": "dispute", "amount": charge["amount"], "charge": charge["id"],
            "currency": charge["currency"], "payment_intent": intent, "reason": "fraudulent",
            "status": "needs_response",
        }));
        self.set(text(&charge, "id"), &json!({ "disputed": true }));
        self.emit("charge.dispute.created", &dispute);
        self.emit("charge.dispute.funds_withdrawn", &dispute);
        Ok(dispute)
    }
}
