//! Pushes: proven, then read only for what they are about. Classic events carry the object,
//! thin ones name it; both come here (Stripe docs: event destinations).

use safelight_domain::Timestamp;
use safelight_outbound::Secret;
use safelight_ports::{Notice, NoticeRefused, PaymentPush, Topic};
use serde_json::Value;

use crate::{
    Stripe, StripeConfig,
    object::Object,
    signature::{Unproven, verify},
};

/// The longest id or type that is believed to be one.
const NAME_MAX: usize = 255;

/// Proves and reads pushes; needs the webhook secrets alone.
#[derive(Debug, Clone)]
pub struct StripePush(Vec<Secret<String>>);

impl StripePush {
    /// With the secrets of a configuration.
    pub fn new(config: &StripeConfig) -> Self {
        Self(config.webhook_secrets.clone())
    }
}

impl PaymentPush for StripePush {
    fn verify(
        &self,
        signature: Option<&str>,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Notice, NoticeRefused> {
        let header = signature.ok_or(NoticeRefused::Unsigned)?;
        let secrets = self.0.iter().map(|secret| secret.reveal().as_str());
        verify(secrets, header, body, now).map_err(|unproven| match unproven {
            Unproven::Unsigned => NoticeRefused::Unsigned,
            Unproven::Stale => NoticeRefused::Stale,
            Unproven::Forged => NoticeRefused::Forged,
        })?;
        let event: Value = serde_json::from_slice(body).map_err(|_| NoticeRefused::Unreadable)?;
        read(&event, body.to_vec()).ok_or(NoticeRefused::Unreadable)
    }
}

impl PaymentPush for Stripe {
    fn verify(
        &self,
        signature: Option<&str>,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Notice, NoticeRefused> {
        self.push.verify(signature, body, now)
    }
}

/// An event whose text is `body`; none when it is no event.
pub(crate) fn read(event: &Value, body: Vec<u8>) -> Option<Notice> {
    let event = Object(event);
    let is_name = |text: &&str| {
        (1..=NAME_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
    };
    let kind = event.text(&["/type"]).filter(is_name)?;
    // What a classic endpoint is told as `x`, a thin one is told as `v1.x`: one thing to us, with
    // one id, so that two destinations for one studio are no two events.
    let kind = kind.strip_prefix("v1.").unwrap_or(kind);
    Some(Notice {
        id: event.text(&["/snapshot_event", "/id"]).filter(is_name)?.to_owned(),
        kind: kind.to_owned(),
        topic: topic(kind, event),
        customer: customer(kind, event).map(str::to_owned),
        api_version: event.text(&["/api_version"]).map(str::to_owned),
        live: event.flag(&["/livemode"]).unwrap_or(false),
        created_at: event.time(&["/created"])?,
        body,
    })
}

/// What to ask for. The object itself is not believed, its ids are.
fn topic(kind: &str, event: Object<'_>) -> Topic {
    let own = event.id(&["/data/object", "/related_object"]);
    let places = ["/data/object/payment_intent", "/data/object/charge"];
    // A refund that names neither gives back no payment: a customer's balance, as others may keep.
    let is_refund = event.text(&["/data/object/object"]) == Some("refund");
    let payment = || event.id(&places).or(own.filter(|_| !is_refund));
    let named = |id: Option<&str>, topic: fn(String) -> Topic| {
        id.map_or(Topic::Other, |id| topic(id.to_owned()))
    };
    match kind {
        "customer.deleted" => named(own, Topic::CustomerGone),
        "charge.refunded" | "charge.refund.updated" => named(payment(), Topic::Payment),
        _ if kind.starts_with("checkout.session.") => named(own, Topic::Checkout),
        _ if kind.starts_with("refund.") || kind.starts_with("charge.dispute.") => {
            named(payment(), Topic::Payment)
        }
        _ => Topic::Other,
    }
}

fn customer<'a>(kind: &str, event: Object<'a>) -> Option<&'a str> {
    let is_customer = matches!(kind, "customer.created" | "customer.updated" | "customer.deleted");
    let own = if is_customer { event.id(&["/data/object", "/related_object"]) } else { None };
    own.or_else(|| event.id(&["/data/object/customer"]))
}
