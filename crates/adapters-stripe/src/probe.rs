//! Tries the settings out, for the operator. Reads, and changes nothing.

use safelight_domain::{Pack, Timestamp};
use safelight_outbound::{
    Outcome::{self, Failed, Passed, Skipped, Warning},
    Step,
};
use safelight_ports::{PaymentError, PaymentMode, Payments, chain};
use serde_json::json;

use crate::{
    Stripe, VERSION,
    call::Call,
    minimum::below_minimum,
    object::Object,
    setup::{amiss, is_of, push_url, unreachable},
};

/// What is tried once the key is accepted.
const AFTER_THE_KEY: [(&str, &str); 6] = [
    ("stripe-prices", "sell every pack at its price"),
    ("stripe-minimum", "charge as little as every pack costs"),
    ("stripe-endpoint", "push to this studio"),
    ("stripe-secret", "sign what it pushes"),
    ("stripe-events", "reach this studio lately"),
    ("stripe-currency", "hold money in the packs' currency"),
];

impl Stripe {
    /// Looks whether these packs can be sold by a studio at `app_url`. A handful of reads.
    pub async fn probe(&self, packs: &[Pack], app_url: &str, now: Timestamp) -> Vec<Step> {
        let key = self.accepts(app_url).await;
        let go_on = !matches!(key, Failed(_));
        let mut steps = vec![Step { id: "stripe-key", name: "accept the key", outcome: key }];
        let outcomes = if go_on {
            [
                self.sells(packs).await,
                charges(packs),
                self.pushes(app_url).await,
                self.signs(app_url),
                self.reaches(now).await,
                self.holds(packs).await,
            ]
        } else {
            [Skipped, Skipped, Skipped, Skipped, Skipped, Skipped]
        };
        let named = AFTER_THE_KEY.into_iter().zip(outcomes);
        steps.extend(named.map(|((id, name), outcome)| Step { id, name, outcome }));
        steps
    }

    async fn accepts(&self, app_url: &str) -> Outcome {
        let looked = self.call(Call::get("price", "/v1/prices", &json!({ "limit": 1 }))).await;
        if let Err(error) = looked {
            return Failed(said(&error));
        }
        match (self.mode, app_url.starts_with("https://")) {
            (PaymentMode::Live, true) => Passed("live mode".to_owned()),
            (PaymentMode::Live, false) => {
                Warning("live mode, and APP_URL is not https: real cards on a trial?".to_owned())
            }
            (_, true) => Warning(
                "test mode, and APP_URL is https: buyers pay with nobody's money".to_owned(),
            ),
            (_, false) => Passed("test mode".to_owned()),
        }
    }

    async fn sells(&self, packs: &[Pack]) -> Outcome {
        if packs.is_empty() {
            return Warning("no packs are on sale; add some under [packs]".to_owned());
        }
        let names: Vec<_> = packs.iter().map(|pack| pack.price.clone()).collect();
        let prices = match self.prices(&names).await {
            Ok(prices) => prices,
            Err(error) => return Failed(said(&error)),
        };
        let wrong = packs
            .iter()
            .filter_map(|pack| amiss(pack, prices.iter().find(|price| is_of(price, pack))));
        let wrong: Vec<_> = wrong.collect();
        if wrong.is_empty() {
            return Passed(format!("{} on sale", packs.len()));
        }
        Failed(format!("{}; run safelight stripe setup", wrong.join("; ")))
    }

    async fn pushes(&self, app_url: &str) -> Outcome {
        let url = push_url(app_url);
        let endpoints = match self.endpoints().await {
            Ok(endpoints) => endpoints,
            // A restricted key need not see endpoints to take payments.
            Err(error) => return Warning(format!("it cannot be looked at: {}", said(&error))),
        };
        let Some(endpoint) = endpoints.iter().find(|endpoint| endpoint.url == url) else {
            return match unreachable(self, app_url) {
                Some(why) => Warning(why),
                None => Failed(format!("no endpoint for {url}; run safelight stripe setup")),
            };
        };
        let lacks = endpoint.lacks();
        if !endpoint.enabled {
            return Failed(format!("{} is disabled; run safelight stripe setup", endpoint.id));
        }
        if !lacks.is_empty() {
            let lacks = lacks.join(", ");
            return Failed(format!("{} lacks {lacks}; run safelight stripe setup", endpoint.id));
        }
        match endpoint.api_version.as_deref() {
            Some(VERSION) => Passed(format!("{} in {VERSION}", endpoint.id)),
            // What is pushed is only a hint, and read in every version: nothing is lost.
            Some(other) => {
                Warning(format!("{} writes {other}, and we ask in {VERSION}", endpoint.id))
            }
            None => Warning(format!("{} writes the account's own version", endpoint.id)),
        }
    }

    fn signs(&self, app_url: &str) -> Outcome {
        if self.hears {
            return Passed(String::new());
        }
        let says = "STRIPE_WEBHOOK_SECRET is not set, so every push is refused; what was missed is \
                    found nightly, or by safelight webhooks catch-up";
        match unreachable(self, app_url) {
            Some(_) => Warning(says.to_owned()),
            None => Failed(says.to_owned()),
        }
    }

    async fn reaches(&self, now: Timestamp) -> Outcome {
        let (last, missed) = match (self.last_event().await, self.undelivered(None).await) {
            (Ok(last), Ok(missed)) => (last, missed),
            (Err(error), _) | (_, Err(error)) => {
                return Warning(format!("it cannot be looked at: {}", said(&error)));
            }
        };
        let at = last.as_ref().and_then(|event| Object(event).time(&["/created"]));
        let Some(at) = at else {
            return Passed("nothing happened there in thirty days".to_owned());
        };
        let minutes = now.duration_since(at).as_mins();
        let count = missed.notices.len();
        if count == 0 {
            return Passed(format!("the last event is {minutes} min old"));
        }
        let more = if missed.next.is_some() { " or more" } else { "" };
        Warning(format!("{count}{more} events were not taken; run safelight webhooks catch-up"))
    }

    /// A price in another currency than the account's is converted at payout, at a cost.
    async fn holds(&self, packs: &[Pack]) -> Outcome {
        let account = match self.call(Call::get("account", "/v1/account", &json!({}))).await {
            Ok(account) => account,
            Err(error) => return Warning(format!("it cannot be looked at: {}", said(&error))),
        };
        let account = Object(&account);
        if account.flag(&["/charges_enabled"]) == Some(false) && self.mode == PaymentMode::Live {
            return Failed("the account may not charge yet; finish its activation".to_owned());
        }
        let own = account.text(&["/default_currency"]).unwrap_or_default();
        let other = packs.iter().find(|pack| pack.money.currency != own);
        match other.filter(|_| !own.is_empty()) {
            Some(pack) => {
                let (name, currency) = (pack.name.as_str(), &pack.money.currency);
                Warning(format!("packs.{name} is in {currency}, the account in {own}"))
            }
            None => Passed(own.to_owned()),
        }
    }
}

/// Whether each pack costs what Stripe charges at least.
fn charges(packs: &[Pack]) -> Outcome {
    let low: Vec<_> = packs.iter().filter_map(below_minimum).collect();
    if low.is_empty() { Passed(String::new()) } else { Failed(low.join("; ")) }
}

fn said(error: &PaymentError) -> String {
    chain(error)
}
