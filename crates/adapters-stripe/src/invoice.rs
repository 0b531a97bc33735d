//! Invoices in every shape from acacia to endive: read the new places first, then the old ones,
//! whatever version they say they are of (real ones carry both).

use std::collections::BTreeMap;

use safelight_domain::{Money, Timestamp};
use safelight_ports::PaymentError;
use serde_json::json;

use crate::{Stripe, call::Call, object::Object};

const WHAT: &str = "invoice";

/// An invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// Its id.
    pub id: String,
    /// What a buyer reads on it.
    pub number: Option<String>,
    /// Whose it is.
    pub customer: Option<String>,
    /// Why it was written, in Stripe's words, such as `subscription_cycle` or `manual`.
    pub reason: Option<String>,
    /// Whether nothing is owed on it any more.
    pub paid: bool,
    /// Its sum, tax included.
    pub total: Option<Money>,
    /// The subscription behind it, if one is.
    pub subscription: Option<String>,
    /// The subscription's metadata when it was written.
    pub metadata: BTreeMap<String, String>,
    /// Payments for it.
    pub payments: Vec<String>,
    /// What it is made of.
    pub lines: Vec<Line>,
    /// Whether there are more lines than came with it.
    pub has_more_lines: bool,
    /// Its page, where it can be paid and printed.
    pub page: Option<String>,
    /// When it was written.
    pub created_at: Option<Timestamp>,
}

/// A line of an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The price.
    pub price: Option<String>,
    /// The subscription it is for.
    pub subscription: Option<String>,
    /// Whether it stands for a period of a plan, rather than for something put on by hand.
    pub is_plan: bool,
    /// Whether it makes up for a change within a period.
    pub is_proration: bool,
    /// The period it is for.
    pub period: Option<(Timestamp, Timestamp)>,
}

impl Line {
    /// Whether it is what a plan's credits are granted for: a whole period, and no proration.
    pub fn is_period(&self) -> bool {
        self.is_plan && !self.is_proration
    }
}

impl Stripe {
    /// A customer's latest invoices, newest first, at most 100.
    pub async fn invoices(&self, customer: &str, most: u32) -> Result<Vec<Invoice>, PaymentError> {
        let query = json!({ "customer": customer, "limit": most.clamp(1, 100) });
        let found = self.call(Call::get(WHAT, "/v1/invoices", &query)).await?;
        Ok(Object(&found).list(&[""]).filter_map(read).collect())
    }
}

pub(crate) fn read(invoice: Object<'_>) -> Option<Invoice> {
    let text = |places: &[&str]| invoice.text(places).map(str::to_owned);
    let details =
        invoice.at(&["/parent/subscription_details/metadata", "/subscription_details/metadata"]);
    let members = details.and_then(|details| details.0.as_object());
    let metadata = members.into_iter().flatten();
    let word = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let mut payments: Vec<String> = invoice
        .list(&["/payments"])
        .filter_map(|payment| payment.id(&["/payment/payment_intent"]).map(str::to_owned))
        .collect();
    if payments.is_empty() {
        payments.extend(invoice.id(&["/payment_intent"]).map(str::to_owned));
    }
    Some(Invoice {
        id: text(&["/id"])?,
        number: text(&["/number"]),
        customer: invoice.id(&["/customer"]).map(str::to_owned),
        reason: text(&["/billing_reason"]),
        paid: invoice.text(&["/status"]) == Some("paid") || invoice.flag(&["/paid"]) == Some(true),
        total: invoice.money(&["/total"]),
        subscription: invoice
            .id(&["/parent/subscription_details/subscription", "/subscription"])
            .map(str::to_owned),
        metadata: metadata.filter_map(|(key, value)| Some((key.clone(), word(value)?))).collect(),
        payments,
        lines: invoice.list(&["/lines"]).map(line).collect(),
        has_more_lines: invoice.flag(&["/lines/has_more"]).unwrap_or(false),
        page: text(&["/hosted_invoice_url"]),
        created_at: invoice.time(&["/created"]),
    })
}

fn line(line: Object<'_>) -> Line {
    let proration = [
        "/parent/subscription_item_details/proration",
        "/parent/invoice_item_details/proration",
        "/proration",
    ];
    let subscription = [
        "/parent/subscription_item_details/subscription",
        "/parent/invoice_item_details/subscription",
        "/subscription",
    ];
    let is_plan = match line.text(&["/parent/type"]) {
        Some(kind) => kind == "subscription_item_details",
        None => line.text(&["/type"]) == Some("subscription"),
    };
    let price = line.id(&["/pricing/price_details/price", "/price", "/plan"]);
    Line {
        price: price.map(str::to_owned),
        subscription: line.id(&subscription).map(str::to_owned),
        is_plan,
        is_proration: line.flag(&proration).unwrap_or(false),
        period: line.time(&["/period/start"]).zip(line.time(&["/period/end"])),
    }
}
