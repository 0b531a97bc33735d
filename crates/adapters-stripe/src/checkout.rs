//! Purchases: Stripe's Checkout Sessions in payment mode.

use safelight_domain::{AccountId, OrderId};
use safelight_ports::{
    Checkout, CheckoutItem, CheckoutState, NewCheckout, OpenCheckout, PaymentError,
};
use serde_json::json;

use crate::{
    Stripe,
    call::{self, Call},
    object::Object,
    stripe::lacking,
};

const WHAT: &str = "purchase";
const PATH: &str = "/v1/checkout/sessions";

impl Stripe {
    pub(crate) async fn open_checkout(
        &self,
        new: &NewCheckout,
    ) -> Result<OpenCheckout, PaymentError> {
        // Stripe copies metadata nowhere, so it is set wherever someone will look for it.
        let metadata =
            json!({ "order": new.order.to_string(), "account": new.account.to_string() });
        let form = json!({
            "mode": "payment",
            "customer": new.customer,
            "client_reference_id": new.order.to_string(),
            "line_items": [{ "price": new.price, "quantity": 1 }],
            "success_url": new.success_url,
            "cancel_url": new.cancel_url,
            "metadata": metadata,
            "payment_intent_data": { "metadata": metadata },
        });
        let key = format!("checkout:{}", new.order);
        let opened = self.call(Call::post(WHAT, PATH, &form, &key)).await?;
        let session = Object(&opened);
        Ok(OpenCheckout {
            id: session.text(&["/id"]).ok_or_else(|| lacking("id"))?.to_owned(),
            url: session.text(&["/url"]).ok_or_else(|| lacking("url"))?.to_owned(),
            expires_at: session.time(&["/expires_at"]).ok_or_else(|| lacking("expiry"))?,
        })
    }

    pub(crate) async fn find_checkout(&self, id: &str) -> Result<Checkout, PaymentError> {
        let path = format!("{PATH}/{}", call::id(WHAT, id)?);
        // The payment tells a purchase whose money is on its way from one whose money never came.
        // What was bought tells our purchases from others of the same Stripe account.
        let query = json!({ "expand": ["payment_intent", "line_items"] });
        let found = self.call(Call::get(WHAT, path, &query)).await?;
        read(Object(&found)).ok_or_else(|| lacking("id"))
    }

    pub(crate) async fn find_checkout_of(
        &self,
        payment: &str,
    ) -> Result<Option<Checkout>, PaymentError> {
        let payment = call::id("payment", payment)?;
        // A charge made without a payment intent, as others of the account may make, has no session.
        if !payment.starts_with("pi_") {
            return Ok(None);
        }
        let query = json!({ "payment_intent": payment, "limit": 1 });
        let found = self.call(Call::get(WHAT, PATH, &query)).await?;
        let id = Object(&found).list(&[""]).find_map(|session| session.text(&["/id"]));
        match id {
            Some(id) => self.find_checkout(id).await.map(Some),
            None => Ok(None),
        }
    }

    /// Lapses an open purchase now; one that is no longer open is refused.
    pub async fn expire(&self, id: &str) -> Result<Checkout, PaymentError> {
        let id = call::id(WHAT, id)?;
        let path = format!("{PATH}/{id}/expire");
        let call = Call::post(WHAT, path, &json!({}), &format!("expire:{id}"));
        let lapsed = self.call(call).await?;
        read(Object(&lapsed)).ok_or_else(|| lacking("id"))
    }
}

/// A session as a purchase.
pub(crate) fn read(session: Object<'_>) -> Option<Checkout> {
    let named = |place: &str| session.text(&[place]);
    let part = |place: &str| session.whole(&[place]).unwrap_or(0);
    let tax = part("/total_details/amount_tax");
    Some(Checkout {
        id: session.text(&["/id"])?.to_owned(),
        // Not the reference: other products of the account write their own numbers there.
        order: named("/metadata/order").and_then(|text| text.parse::<OrderId>().ok()),
        account: named("/metadata/account").and_then(|text| text.parse::<AccountId>().ok()),
        customer: session.id(&["/customer"]).map(str::to_owned),
        // Only what is bought once is an order of ours; what is subscribed to is read elsewhere.
        once: session.text(&["/mode"]).is_none_or(|mode| mode == "payment"),
        items: items(session),
        state: state(session),
        payment: session.id(&["/payment_intent"]).map(str::to_owned),
        subtotal: session.whole(&["/amount_subtotal"]),
        discount: part("/total_details/amount_discount"),
        extra: tax.saturating_add(part("/total_details/amount_shipping")),
        total: session.money(&["/amount_total"]),
        live: session.flag(&["/livemode"]),
    })
}

/// What was bought; none when not all of it was told.
fn items(session: Object<'_>) -> Option<Vec<CheckoutItem>> {
    session.at(&["/line_items/data"])?;
    if session.flag(&["/line_items/has_more"]) == Some(true) {
        return None;
    }
    let item = |line: Object<'_>| {
        let price = line.id(&["/price", "/pricing/price_details/price"])?.to_owned();
        Some(CheckoutItem { price, quantity: line.whole(&["/quantity"])? })
    };
    session.list(&["/line_items"]).map(item).collect()
}

fn state(session: Object<'_>) -> CheckoutState {
    let paid = session.text(&["/payment_status"]);
    match (session.text(&["/status"]), paid) {
        (Some("expired"), _) => CheckoutState::Expired,
        // A free one says that nothing is to pay before anybody confirmed it.
        (Some("open"), _) => CheckoutState::Open,
        (_, Some("paid" | "no_payment_required")) => CheckoutState::Paid,
        (Some("complete"), _) => match session.text(&["/payment_intent/status"]) {
            // A payment that failed waits for another card, which nobody will give.
            Some("requires_payment_method" | "canceled") => CheckoutState::Failed,
            _ => CheckoutState::Unpaid,
        },
        _ => CheckoutState::Open,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn how_far_a_session_is() {
        use CheckoutState::{Expired, Failed, Open, Paid, Unpaid};
        for (status, paid, intent, expected) in [
            ("open", "unpaid", json!(null), Open),
            ("open", "no_payment_required", json!(null), Open),
            ("complete", "paid", json!("pi_1"), Paid),
            ("complete", "no_payment_required", json!(null), Paid),
            ("complete", "unpaid", json!("pi_1"), Unpaid),
            ("complete", "unpaid", json!({"id": "pi_1", "status": "processing"}), Unpaid),
            ("complete", "unpaid", json!({"id": "pi_1", "status": "requires_action"}), Unpaid),
            ("complete", "unpaid", json!({"id": "pi_1", "status": "a_new_one"}), Unpaid),
            ("complete", "unpaid", json!({"id": "pi_1", "status": "canceled"}), Failed),
            (
                "complete",
                "unpaid",
                json!({"id": "pi_1", "status": "requires_payment_method"}),
                Failed,
            ),
            ("expired", "unpaid", json!(null), Expired),
            ("a_new_one", "paid", json!("pi_1"), Paid),
            ("a_new_one", "another", json!(null), Open),
        ] {
            let session = json!({
                "id": "cs_1", "status": status, "payment_status": paid, "payment_intent": intent
            });
            assert_eq!(read(Object(&session)).unwrap().state, expected, "{session}");
        }
    }

    #[test]
    fn an_order_is_ours_or_none() {
        let order = "019b76da-a800-7000-8000-000000000000";
        let read = |session| read(Object(&session)).unwrap().order.map(|order| order.to_string());
        let ours = Some(order.to_owned());
        assert_eq!(read(json!({"id": "cs_1", "metadata": {"order": order}})), ours);
        assert_eq!(read(json!({"id": "cs_1", "client_reference_id": order})), None);
        assert_eq!(read(json!({"id": "cs_1", "metadata": {"order": "u_42"}})), None);
    }

    #[test]
    fn a_missing_amount_is_not_zero() {
        let whole = json!({
            "id": "cs_1", "mode": "payment", "livemode": true, "currency": "USD",
            "amount_subtotal": 999, "amount_total": 899,
            "total_details": {"amount_discount": 100, "amount_tax": 0, "amount_shipping": 0},
            "line_items": {"data": [{"price": {"id": "price_1"}, "quantity": 1}], "has_more": false},
        });
        let told = super::read(Object(&whole)).unwrap();
        assert_eq!((told.once, told.live, told.subtotal), (true, Some(true), Some(999)));
        assert_eq!((told.discount, told.extra), (100, 0));
        assert_eq!(told.items.unwrap()[0].price, "price_1");
        for gone in ["amount_total", "currency"] {
            let mut less = whole.clone();
            less.as_object_mut().unwrap().remove(gone);
            assert_eq!(super::read(Object(&less)).unwrap().total, None, "{gone}");
        }
        for (place, odd) in [
            ("amount_total", json!("899")),
            ("amount_total", json!(8.5)),
            ("amount_total", json!(-1)),
        ] {
            let mut other = whole.clone();
            other[place] = odd;
            assert_eq!(super::read(Object(&other)).unwrap().total, None, "{other}");
        }
        let mut more = whole.clone();
        more["line_items"]["has_more"] = json!(true);
        assert_eq!(super::read(Object(&more)).unwrap().items, None);
        let mut unpriced = whole;
        unpriced["line_items"]["data"][0]["price"] = json!(null);
        assert_eq!(super::read(Object(&unpriced)).unwrap().items, None);
    }
}
