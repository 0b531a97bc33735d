//! What a test decides: what buyers and banks do, what goes wrong, and when pushes go out. By
//! method, or by `POST /control/..` for peers that are not written in Rust.

use serde_json::{Value, json};

use super::{
    Delivered, Push, Shared, StripeFake, Treatment, Trouble,
    form::{pairs, tree},
    post::sign,
    refused::Refused,
    state::{State, text, whole},
};
use crate::{Received, Reply};

/// What can be done to a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    Pay,
    Free,
    Later,
    Decline,
    Settle,
    Bounce,
    Expire,
}

impl Deed {
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "pay" => Self::Pay,
            "free" => Self::Free,
            "later" => Self::Later,
            "decline" => Self::Decline,
            "settle" => Self::Settle,
            "bounce" => Self::Bounce,
            "expire" => Self::Expire,
            _ => return None,
        })
    }
}

/// A payment in figures: what an oracle needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The session's id.
    pub session: String,
    /// Our reference in it.
    pub reference: Option<String>,
    /// The payment's id; none for a free one.
    pub payment: Option<String>,
    /// What was to pay, in smallest units.
    pub total: u64,
    /// What has gone back of it.
    pub refunded: u64,
}

impl State {
    pub fn carry_out(&mut self, session: &str, deed: Deed) -> Result<Value, Refused> {
        match deed {
            Deed::Pay => self.pay(session),
            Deed::Free => self.pay_nothing(session),
            Deed::Later => self.pay_later(session),
            Deed::Decline => self.decline(session),
            Deed::Settle => self.settle(session),
            Deed::Bounce => self.bounce(session),
            Deed::Expire => self.expire_session(session),
        }
    }
}

impl StripeFake {
    fn deed(&self, session: &str, deed: Deed) {
        let done = self.shared.state().carry_out(session, deed);
        assert!(done.is_ok(), "{deed:?} of {session}: {:?}", done.err());
    }

    /// The buyer pays by card.
    pub fn pay(&self, session: &str) {
        self.deed(session, Deed::Pay);
    }

    /// The buyer has a code that makes it free.
    pub fn pay_nothing(&self, session: &str) {
        self.deed(session, Deed::Free);
    }

    /// The buyer pays by a way that takes days: see [`Self::settle`] and [`Self::bounce`].
    pub fn pay_later(&self, session: &str) {
        self.deed(session, Deed::Later);
    }

    /// The buyer's card is declined; the session stays open.
    pub fn decline(&self, session: &str) {
        self.deed(session, Deed::Decline);
    }

    /// The money of a session paid later is there.
    pub fn settle(&self, session: &str) {
        self.deed(session, Deed::Settle);
    }

    /// The money of a session paid later never comes.
    pub fn bounce(&self, session: &str) {
        self.deed(session, Deed::Bounce);
    }

    /// A session lapses now.
    pub fn expire(&self, session: &str) {
        self.deed(session, Deed::Expire);
    }

    /// Money goes back from the dashboard, some or all that is left; answers the refund's id.
    pub fn refund(&self, payment: &str, minor: Option<u64>) -> String {
        let form = json!({ "payment_intent": payment, "amount": minor.map(|n| n.to_string()) });
        let made = self.shared.state().create_refund(&form);
        text(&made.expect("a payment with enough left"), "id").to_owned()
    }

    /// The bank sends a refund back.
    pub fn fail_refund(&self, refund: &str) {
        self.shared.state().fail_refund(refund).expect("a refund that did not fail before");
    }

    /// The buyer's bank takes a payment back for now; answers the dispute's id.
    pub fn dispute(&self, payment: &str) -> String {
        text(&self.shared.state().dispute(payment).expect("a payment"), "id").to_owned()
    }

    /// Any event with any object; answers its id.
    pub fn emit(&self, kind: &str, object: &Value) -> String {
        self.shared.state().emit(kind, object)
    }

    /// All that was paid, or free and taken, by the session: an oracle's view.
    pub fn taken(&self) -> Vec<Taken> {
        let state = self.shared.state();
        let is_taken = |session: &&Value| {
            matches!(text(session, "payment_status"), "paid" | "no_payment_required")
        };
        let taken = |session: &Value| {
            let payment = session["payment_intent"].as_str().map(str::to_owned);
            let charge = payment.as_ref().and_then(|intent| state.paid_charge(intent));
            Taken {
                session: text(session, "id").to_owned(),
                reference: session["client_reference_id"].as_str().map(str::to_owned),
                payment: payment.clone().filter(|_| charge.is_some()),
                total: whole(session, "amount_total"),
                refunded: charge.map_or(0, |charge| whole(charge, "amount_refunded")),
            }
        };
        state.of_kind("checkout.session").filter(is_taken).map(taken).collect()
    }

    /// The next calls go wrong, one for each.
    pub fn trouble(&self, troubles: impl IntoIterator<Item = Trouble>) {
        self.shared.state().troubles.extend(troubles);
    }

    /// From now on the API hangs up on everybody, or no more. Buyers and banks go on.
    pub fn down(&self, down: bool) {
        self.shared.state().down = down;
    }

    /// The key may not use this path any more, as a restricted one.
    pub fn forbid(&self, path: &str) {
        self.shared.state().forbidden.insert(path.to_owned());
    }

    /// Whether the customer portal was set up in the dashboard; it is at first.
    pub fn portal(&self, is_set_up: bool) {
        self.shared.state().portal = is_set_up;
    }

    /// A day passes for idempotency keys: they are forgotten.
    pub fn forget_keys(&self) {
        self.shared.state().replays.forget();
    }

    /// Registers an endpoint for all events and answers its secret.
    pub fn listen(&self, url: &str) -> String {
        let form = json!({ "url": url, "enabled_events": ["*"], "api_version": super::VERSION });
        let made = self.shared.state().create_endpoint(&form).expect("an endpoint");
        text(&made, "secret").to_owned()
    }

    /// From now on pushes are held: [`Self::held`] shows them, [`Self::send`] sends one.
    pub fn hold(&self) {
        self.shared.state().office.holding = true;
    }

    /// What is held goes out in order, and what comes later at once.
    pub fn release(&self) {
        self.shared.state().office.release();
    }

    /// What is held, oldest first.
    pub fn held(&self) -> Vec<Push> {
        self.shared.state().office.held.iter().cloned().collect()
    }

    /// What is held, oldest first, and no longer held: whoever takes it sends or loses it.
    pub fn take_held(&self) -> Vec<Push> {
        self.shared.state().office.held.drain(..).collect()
    }

    /// Sends a push now, as often as it is called; answers the status, if there was an answer.
    pub fn send(&self, push: &Push) -> Option<u16> {
        self.shared.deliver(push)
    }

    /// The signature a push has if it is sent now: for receivers that are called, not connected to.
    pub fn signature(&self, push: &Push) -> String {
        sign(&push.secret, self.shared.clock.now().as_second(), &push.body)
    }

    /// A receiver that was called took a push.
    pub fn taken_in(&self, push: &Push) {
        self.shared.state().office.note(push, Some(200));
    }

    /// From now on each push is treated as this says, when it would go out.
    pub fn treat(&self, treat: impl FnMut(&Push) -> Treatment + Send + 'static) {
        self.shared.state().office.treat = Some(Box::new(treat));
    }

    /// Attempts to push so far, in order.
    pub fn deliveries(&self) -> Vec<Delivered> {
        self.shared.state().office.delivered.clone()
    }

    /// Whether no push is on its way (held ones are not).
    pub fn is_idle(&self) -> bool {
        self.shared.state().office.is_idle()
    }
}

impl Shared {
    /// `/control/sessions/ID/DEED`, `/control/refunds/ID/fail`, `/control/payments/ID/dispute`,
    /// `/control/listen` (`url`), `/control/trouble` (`next[]`), `/control/down` (`is`).
    pub(super) fn control(&self, request: &Received) -> Reply {
        let form = tree(&pairs(&request.body));
        let place: Vec<&str> = request.path.trim_start_matches("/control/").split('/').collect();
        let mut state = self.state();
        let done = match place.as_slice() {
            _ if request.method != "POST" => None,
            ["sessions", id, deed] => Deed::parse(deed).map(|deed| state.carry_out(id, deed)),
            ["refunds", id, "fail"] => Some(state.fail_refund(id)),
            ["payments", id, "dispute"] => Some(state.dispute(id)),
            ["listen"] => {
                let form = json!({ "url": form["url"], "enabled_events": ["*"] });
                Some(state.create_endpoint(&form))
            }
            ["trouble"] => {
                let words = super::fields::texts(&form, "next");
                state.troubles.extend(words.iter().filter_map(|word| Trouble::parse(word)));
                Some(Ok(json!({})))
            }
            ["down"] => {
                state.down = form["is"] == "true";
                Some(Ok(json!({})))
            }
            _ => None,
        };
        match done {
            Some(Ok(value)) => Reply::json(200, &value),
            Some(Err(refused)) => Reply::json(409, &json!({ "error": refused.error })),
            None => Reply::json(404, &json!({ "error": "no such control" })),
        }
    }
}
