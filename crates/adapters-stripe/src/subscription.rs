//! Subscriptions in every shape from acacia to endive.

use safelight_domain::Timestamp;
use safelight_ports::PaymentError;
use serde_json::json;

use crate::{
    Stripe,
    call::{self, Call},
    object::Object,
    stripe::lacking,
};

const WHAT: &str = "subscription";

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub customer: Option<String>,
    /// How it stands, in Stripe's words, such as `active` or `past_due`; new words may come.
    pub status: String,
    /// The prices subscribed to.
    pub prices: Vec<String>,
    /// The period that runs: of all items, the last start and the first end.
    pub period: Option<(Timestamp, Timestamp)>,
    /// When it ends or ended, if that is known.
    pub ends_at: Option<Timestamp>,
    /// Whether its end was asked for: by its flag, or by a date alone, as the portal does since
    /// 2025.
    pub is_ending: bool,
}

impl Stripe {
    /// A subscription by its id.
    pub async fn subscription(&self, id: &str) -> Result<Subscription, PaymentError> {
        let path = format!("/v1/subscriptions/{}", call::id(WHAT, id)?);
        let found = self.call(Call::get(WHAT, path, &json!({}))).await?;
        read(Object(&found)).ok_or_else(|| lacking("id"))
    }
}

pub(crate) fn read(subscription: Object<'_>) -> Option<Subscription> {
    let items = || subscription.list(&["/items"]);
    let starts = items().filter_map(|item| item.time(&["/current_period_start"]));
    let ends = items().filter_map(|item| item.time(&["/current_period_end"]));
    let start = starts.max().or_else(|| subscription.time(&["/current_period_start"]));
    let end = ends.min().or_else(|| subscription.time(&["/current_period_end"]));
    let at_end = subscription.flag(&["/cancel_at_period_end"]) == Some(true);
    let ends_at = subscription.time(&["/ended_at", "/cancel_at"]);
    let prices = items().filter_map(|item| item.id(&["/price", "/plan"]).map(str::to_owned));
    Some(Subscription {
        id: subscription.text(&["/id"])?.to_owned(),
        customer: subscription.id(&["/customer"]).map(str::to_owned),
        status: subscription.text(&["/status"]).unwrap_or("unknown").to_owned(),
        prices: prices.collect(),
        period: start.zip(end),
        ends_at: ends_at.or(if at_end { end } else { None }),
        is_ending: at_end || subscription.at(&["/cancel_at"]).is_some(),
    })
}
