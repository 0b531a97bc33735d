//! What the studio may rely on, whoever takes the cards.

use std::sync::Arc;

use async_trait::async_trait;
use safelight_ports::Money;
use safelight_testkit::contract::payments::Buyer;

use super::Bench;

safelight_testkit::payments_contract!({
    let bench = Bench::new();
    bench.on_sale().await;
    (Arc::clone(&bench.stripe), bench)
});

#[async_trait]
impl Buyer for Bench {
    async fn on_sale(&self) -> (String, Money) {
        ("pack_500".to_owned(), Money { minor: 1_999, currency: "usd".to_owned() })
    }

    async fn pay(&self, checkout: &str) {
        self.fake.pay(checkout);
    }

    async fn let_lapse(&self, checkout: &str) {
        self.fake.expire(checkout);
    }
}
