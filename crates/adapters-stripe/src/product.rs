//! Products and prices as `stripe setup` makes them.

use safelight_ports::{Money, PaymentError, Price};
use serde_json::json;

use crate::{
    Stripe,
    call::{self, Call},
    object::Object,
    price,
    stripe::lacking,
};

const WHAT: &str = "product";

/// What prices belong to. The id is ours, so that making it twice finds the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Ours, such as `safelight_pack_500`.
    pub id: String,
    /// What a buyer reads.
    pub name: String,
    /// Whether its prices can be bought.
    pub active: bool,
}

/// A price to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPrice {
    /// The product's id.
    pub product: String,
    /// Taken over from the price that has it, if one has.
    pub lookup_key: String,
    /// How much, once.
    pub amount: Money,
}

impl Stripe {
    /// A product by its id.
    pub async fn product(&self, id: &str) -> Result<Option<Product>, PaymentError> {
        let path = format!("/v1/products/{}", call::id(WHAT, id)?);
        match self.call(Call::get(WHAT, path, &json!({}))).await {
            Ok(found) => Ok(read(Object(&found))),
            Err(PaymentError::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes a product.
    pub async fn make_product(&self, id: &str, name: &str) -> Result<Product, PaymentError> {
        let form = json!({ "id": call::id(WHAT, id)?, "name": name });
        let key = format!("product:{id}:{name}");
        let made = self.call(Call::post(WHAT, "/v1/products", &form, &key)).await?;
        read(Object(&made)).ok_or_else(|| lacking("id"))
    }

    /// Puts an archived product on sale again.
    pub async fn revive_product(&self, id: &str) -> Result<Product, PaymentError> {
        let path = format!("/v1/products/{}", call::id(WHAT, id)?);
        let call = Call::post(WHAT, path, &json!({ "active": true }), &self.fresh_key());
        read(Object(&self.call(call).await?)).ok_or_else(|| lacking("id"))
    }

    /// Makes a price that is paid once.
    pub async fn make_price(&self, new: &NewPrice) -> Result<Price, PaymentError> {
        let Money { minor, currency } = &new.amount;
        let form = json!({
            "product": new.product,
            "currency": currency,
            "unit_amount": minor,
            "lookup_key": new.lookup_key,
            "transfer_lookup_key": true,
        });
        // Back to an amount there was before is not the same act again, so the price that has the
        // lookup key now is part of the key.
        let holds = self.find_prices(std::slice::from_ref(&new.lookup_key)).await?;
        let holds = holds.first().map_or("none", |price| price.id.as_str());
        let key = format!("price:{}:{minor}:{currency}:{}:{holds}", new.lookup_key, new.product);
        let made = self.call(Call::post("price", "/v1/prices", &form, &key)).await?;
        price::read(Object(&made)).ok_or_else(|| lacking("amount"))
    }
}

fn read(product: Object<'_>) -> Option<Product> {
    if product.flag(&["/deleted"]) == Some(true) {
        return None;
    }
    Some(Product {
        id: product.text(&["/id"])?.to_owned(),
        name: product.text(&["/name"]).unwrap_or_default().to_owned(),
        active: product.flag(&["/active"]).unwrap_or(true),
    })
}
