//! Refunds: some or all of a charge, for good or failing later (Stripe docs: api/refunds).

use serde_json::{Value, json};

use super::{
    fields::{metadata, number, optional},
    list,
    refused::Refused,
    state::{State, text, whole},
};

pub(super) const CREATE: &[&str] = &[
    "payment_intent",
    "charge",
    "amount",
    "reason",
    "metadata.*",
    "instructions_email",
    "refund_application_fee",
    "reverse_transfer",
];
pub(super) const LIST: &[&str] =
    &["payment_intent", "charge", "created.*", "limit", "starting_after", "ending_before"];
const REASONS: [&str; 3] = ["duplicate", "fraudulent", "requested_by_customer"];

impl State {
    pub fn create_refund(&mut self, form: &Value) -> Result<Value, Refused> {
        let charge = match (optional(form, "payment_intent"), optional(form, "charge")) {
            (Some(id), _) => {
                if self.find_of("payment_intent", id).is_none() {
                    return Err(Refused::no_such_for("payment_intent", "payment_intent", id));
                }
                let message = "This PaymentIntent does not have a successful charge to refund.";
                let none = || Refused::request("payment_intent_unexpected_state", message);
                self.paid_charge(id).ok_or_else(none)?
            }
            (None, Some(id)) => {
                let found = self.find_of("charge", id);
                found.ok_or_else(|| Refused::no_such_for("charge", "charge", id))?
            }
            (None, None) => return Err(Refused::missing("payment_intent")),
        };
        if let Some(reason) = optional(form, "reason").filter(|reason| !REASONS.contains(reason)) {
            let message = format!("Invalid reason: must be one of {}", REASONS.join(", "));
            let message = format!("{message}, not {reason}");
            return Err(Refused::parameter("parameter_invalid_string_enum", "reason", message));
        }
        let left = whole(charge, "amount_captured") - whole(charge, "amount_refunded");
        let id = text(charge, "id");
        if left == 0 {
            let message = format!("Charge {id} has already been refunded.");
            return Err(Refused::request("charge_already_refunded", message));
        }
        let amount = number(form, "amount")?.unwrap_or(left);
        if amount == 0 || amount > left {
            let message = format!(
                "Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
            );
            return Err(Refused::parameter("amount_too_large", "amount", message));
        }
        let (charge, reason) = (charge.clone(), optional(form, "reason"));
        let metadata = metadata(&json!({}), &form["metadata"]);
        Ok(self.give_back(&charge, amount, reason, &metadata))
    }

    fn give_back(
        &mut self,
        charge: &Value,
        amount: u64,
        reason: Option<&str>,
        metadata: &Value,
    ) -> Value {
        let id = self.new_id("re");
        let refund = self.keep(json!({
            "id": id, "object": "refund", "amount": amount, "charge": charge["id"],
            "currency": charge["currency"], "metadata": metadata,
            "payment_intent": charge["payment_intent"], "reason": reason, "status": "succeeded",
        }));
        let charge = self.count_refunds(text(charge, "id"));
        self.emit("refund.created", &refund);
        self.emit("charge.refunded", &charge);
        refund
    }

    /// Sets what has gone back of a charge: refunds that failed do not count.
    fn count_refunds(&mut self, charge: &str) -> Value {
        let counts = |refund: &&Value| {
            text(refund, "charge") == charge
                && !matches!(text(refund, "status"), "failed" | "canceled")
        };
        let sum: u64 = self.of_kind("refund").filter(counts).map(|r| whole(r, "amount")).sum();
        let whole = whole(self.find(charge).unwrap_or(&Value::Null), "amount_captured");
        self.set(charge, &json!({ "amount_refunded": sum, "refunded": sum == whole }))
    }

    /// The bank sends a refund back: the money is the seller's again.
    pub fn fail_refund(&mut self, id: &str) -> Result<Value, Refused> {
        let refund = self.find_of("refund", id).ok_or_else(|| Refused::no_such("refund", id))?;
        if refund["status"] == "failed" {
            return Err(Refused::request("invalid_state", "It has failed before."));
        }
        let charge = text(refund, "charge").to_owned();
        let why = json!({ "status": "failed", "failure_reason": "lost_or_stolen_card" });
        let refund = self.set(id, &why);
        self.count_refunds(&charge);
        self.emit("refund.updated", &refund);
        self.emit("refund.failed", &refund);
        Ok(refund)
    }

    pub fn list_refunds(&self, query: &Value) -> Result<Value, Refused> {
        list::page("/v1/refunds", query, self.of_kind("refund").rev(), |refund| {
            let as_asked = |name| list::asks(query, name, refund);
            as_asked("payment_intent") && as_asked("charge") && list::born(query, refund)
        })
    }
}
