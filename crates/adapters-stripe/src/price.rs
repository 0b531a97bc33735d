//! Prices, by id or by lookup key.

use safelight_ports::{PaymentError, Price};
use serde_json::json;

use crate::{
    Stripe,
    call::{self, Call},
    object::Object,
};

const WHAT: &str = "price";
/// Lookup keys a call takes (Stripe docs: list all prices).
const KEYS_A_CALL: usize = 10;

impl Stripe {
    pub(crate) async fn find_prices(&self, names: &[String]) -> Result<Vec<Price>, PaymentError> {
        let mut prices = Vec::new();
        let mut keys = Vec::new();
        for name in names {
            let found = if name.starts_with("price_") { self.price(name).await? } else { None };
            match found {
                Some(price) => prices.push(price),
                // A key may look like an id.
                None => keys.push(name),
            }
        }
        for keys in keys.chunks(KEYS_A_CALL) {
            let query = json!({ "lookup_keys": keys, "limit": 100, "expand": ["data.product"] });
            let found = self.call(Call::get(WHAT, "/v1/prices", &query)).await?;
            prices.extend(Object(&found).list(&[""]).filter_map(read));
        }
        Ok(prices)
    }

    async fn price(&self, id: &str) -> Result<Option<Price>, PaymentError> {
        let Ok(id) = call::id(WHAT, id) else { return Ok(None) };
        let query = json!({ "expand": ["product"] });
        match self.call(Call::get(WHAT, format!("/v1/prices/{id}"), &query)).await {
            Ok(found) => Ok(read(Object(&found))),
            Err(PaymentError::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// A price with a fixed amount; others (tiers, fractions of a cent, pay what you want) cannot be
/// shown on a page, so they are as good as absent.
pub(crate) fn read(price: Object<'_>) -> Option<Price> {
    Some(Price {
        id: price.text(&["/id"])?.to_owned(),
        lookup_key: price.text(&["/lookup_key"]).map(str::to_owned),
        amount: price.money(&["/unit_amount"])?,
        interval: price.text(&["/recurring/interval"]).map(str::to_owned),
        // What an archived product costs cannot be bought either.
        active: price.flag(&["/active"]).unwrap_or(true)
            && price.flag(&["/product/active"]).unwrap_or(true),
    })
}
