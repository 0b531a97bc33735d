//! Payments of sessions: what a buyer, a card network and a bank do (Stripe docs: how
//! PaymentIntents and delayed payment methods work).

use serde_json::{Value, json};

use super::{
    checkout::told,
    list,
    refused::Refused,
    state::{State, text, whole},
};

pub(super) const LIST: &[&str] =
    &["customer", "created.*", "limit", "starting_after", "ending_before"];

impl State {
    /// The payment of a session, made when somebody first tries to pay.
    fn intent_of(&mut self, session: &Value) -> String {
        if let Some(id) = session["payment_intent"].as_str() {
            return id.to_owned();
        }
        let id = self.new_id("pi");
        let intent = self.keep(json!({
            "id": id, "object": "payment_intent", "amount": session["amount_total"],
            "amount_received": 0, "currency": session["currency"], "customer": session["customer"],
            "capture_method": "automatic_async", "latest_charge": null, "last_payment_error": null,
            "metadata": session["_intent_metadata"].as_object().cloned().unwrap_or_default(),
            "status": "requires_payment_method",
        }));
        self.set(text(session, "id"), &json!({ "payment_intent": id }));
        self.emit("payment_intent.created", &intent);
        id
    }

    fn open_session(&mut self, id: &str) -> Result<Value, Refused> {
        self.lapse_sessions();
        let session = self.find_session(id)?;
        if session["status"] == "open" {
            return Ok(session);
        }
        let message = format!("The session is {}.", text(&session, "status"));
        Err(Refused::request("invalid_state", message))
    }

    /// The session is over for the buyer.
    fn complete(&mut self, id: &str, payment_status: &str) -> Value {
        let email = self.find(id).and_then(|session| session["customer"].as_str());
        let email = email.and_then(|id| self.find(id)).map(|customer| customer["email"].clone());
        let session = self.set(
            id,
            &json!({
                "status": "complete", "payment_status": payment_status, "url": null,
                "customer_details": { "email": email },
            }),
        );
        self.bill(&session);
        let session = self.find(id).cloned().unwrap_or(session);
        self.emit("checkout.session.completed", &told(&session));
        session
    }

    /// The buyer pays by card, and the money is there.
    pub fn pay(&mut self, id: &str) -> Result<Value, Refused> {
        let session = self.open_session(id)?;
        if session["amount_total"] == 0 {
            return Ok(self.complete(id, "no_payment_required"));
        }
        let intent = self.intent_of(&session);
        self.succeed(&intent);
        Ok(self.complete(id, "paid"))
    }

    /// The buyer has a code that makes it free.
    pub fn pay_nothing(&mut self, id: &str) -> Result<Value, Refused> {
        let session = self.open_session(id)?;
        let discount = json!({
            "amount_discount": session["amount_total"], "amount_shipping": 0, "amount_tax": 0,
        });
        self.set(id, &json!({ "amount_total": 0, "total_details": discount }));
        Ok(self.complete(id, "no_payment_required"))
    }

    /// The buyer pays by a way that takes days.
    pub fn pay_later(&mut self, id: &str) -> Result<Value, Refused> {
        let session = self.open_session(id)?;
        let intent = self.intent_of(&session);
        let intent = self.set(&intent, &json!({ "status": "processing" }));
        self.emit("payment_intent.processing", &intent);
        Ok(self.complete(id, "unpaid"))
    }

    /// The card is declined: the session stays open.
    pub fn decline(&mut self, id: &str) -> Result<Value, Refused> {
        let session = self.open_session(id)?;
        let intent = self.intent_of(&session);
        self.fail(&intent, "card_declined", "Your card was declined.");
        self.find_session(id)
    }

    fn awaited(&self, id: &str) -> Result<(Value, String), Refused> {
        let session = self.find_session(id)?;
        let intent = text(&session, "payment_intent").to_owned();
        let waits = self.find(&intent).is_some_and(|intent| intent["status"] == "processing");
        if waits {
            return Ok((session, intent));
        }
        Err(Refused::request("invalid_state", "No money is on its way."))
    }

    /// The money that was on its way is there.
    pub fn settle(&mut self, id: &str) -> Result<Value, Refused> {
        let (_, intent) = self.awaited(id)?;
        self.succeed(&intent);
        let session = self.set(id, &json!({ "payment_status": "paid" }));
        self.emit("checkout.session.async_payment_succeeded", &told(&session));
        Ok(session)
    }

    /// The money that was on its way never came.
    pub fn bounce(&mut self, id: &str) -> Result<Value, Refused> {
        let (session, intent) = self.awaited(id)?;
        self.fail(&intent, "payment_method_provider_decline", "The bank declined.");
        self.emit("checkout.session.async_payment_failed", &told(&session));
        Ok(session)
    }

    fn succeed(&mut self, intent: &str) {
        let charge = self.new_charge(intent, true);
        let amount = whole(self.find(intent).unwrap_or(&Value::Null), "amount");
        let intent = self.set(
            intent,
            &json!({
                "status": "succeeded", "amount_received": amount, "latest_charge": charge["id"],
                "last_payment_error": null,
            }),
        );
        self.emit("charge.succeeded", &charge);
        self.emit("payment_intent.succeeded", &intent);
    }

    fn fail(&mut self, intent: &str, code: &str, message: &str) {
        let charge = self.new_charge(intent, false);
        let error = json!({ "type": "card_error", "code": code, "message": message });
        let intent = self.set(
            intent,
            &json!({
                "status": "requires_payment_method", "latest_charge": charge["id"],
                "last_payment_error": error,
            }),
        );
        self.emit("charge.failed", &charge);
        self.emit("payment_intent.payment_failed", &intent);
    }

    pub fn list_intents(&self, query: &Value) -> Result<Value, Refused> {
        list::page("/v1/payment_intents", query, self.of_kind("payment_intent").rev(), |intent| {
            list::asks(query, "customer", intent) && list::born(query, intent)
        })
    }
}
