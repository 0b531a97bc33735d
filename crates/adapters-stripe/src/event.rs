//! Events Stripe could not deliver, oldest first. Stripe lists the newest first.

use safelight_ports::{PaymentError, Undelivered};
use serde_json::{Value, json};

use crate::{
    Stripe,
    call::{self, Call},
    notice,
    object::Object,
};

/// What the studio acts on, and so what its endpoint is told (Stripe docs: types of events).
pub const EVENTS: [&str; 9] = [
    "charge.refunded",
    "checkout.session.async_payment_failed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.completed",
    "checkout.session.expired",
    "customer.deleted",
    "refund.created",
    "refund.failed",
    "refund.updated",
];

const WHAT: &str = "event";
/// Events a page (Stripe docs: pagination).
const PAGE: u32 = 100;
/// Pages walked back to find the oldest: Stripe keeps events for thirty days.
const PAGES_MAX: u32 = 1_000;

impl Stripe {
    pub(crate) async fn find_undelivered(
        &self,
        after: Option<&str>,
    ) -> Result<Undelivered, PaymentError> {
        let Some(after) = after else { return self.oldest_undelivered().await };
        let after = call::id(WHAT, after)?;
        let found = self.undelivered_page(&json!({ "ending_before": after })).await?;
        Ok(page(&found, Object(&found).flag(&["/has_more"]).unwrap_or(false)))
    }

    /// The last page of those Stripe lists, and with it the first of ours.
    async fn oldest_undelivered(&self) -> Result<Undelivered, PaymentError> {
        let mut found = self.undelivered_page(&json!({})).await?;
        let mut is_newest = true;
        for _ in 0..PAGES_MAX {
            let last = Object(&found).list(&[""]).last().and_then(|event| event.text(&["/id"]));
            let has_more = Object(&found).flag(&["/has_more"]).unwrap_or(false);
            let Some(last) = last.filter(|_| has_more) else { break };
            let next = self.undelivered_page(&json!({ "starting_after": last })).await?;
            // What was the last of a page may have been delivered meanwhile, with all before it.
            if Object(&next).list(&[""]).next().is_none() {
                break;
            }
            (found, is_newest) = (next, false);
        }
        Ok(page(&found, !is_newest))
    }

    async fn undelivered_page(&self, place: &Value) -> Result<Value, PaymentError> {
        let mut query = place.clone();
        query["delivery_success"] = false.into();
        query["types"] = json!(EVENTS);
        query["limit"] = PAGE.into();
        self.call(Call::get(WHAT, "/v1/events", &query)).await
    }

    /// When the newest event of ours happened, delivered or not; none when there is none.
    pub(crate) async fn last_event(&self) -> Result<Option<Value>, PaymentError> {
        let query = json!({ "types": EVENTS, "limit": 1 });
        let found = self.call(Call::get(WHAT, "/v1/events", &query)).await?;
        Ok(Object(&found).list(&[""]).next().map(|event| event.0.clone()))
    }
}

/// A page turned round, and where the next one begins.
fn page(found: &Value, has_more: bool) -> Undelivered {
    let events: Vec<_> = Object(found).list(&[""]).collect();
    let newest = events.first().and_then(|event| event.text(&["/id"])).map(str::to_owned);
    let read = |event: &Object<'_>| notice::read(event.0, event.0.to_string().into_bytes());
    let notices = events.iter().rev().filter_map(read).collect();
    Undelivered { notices, next: newest.filter(|_| has_more) }
}
