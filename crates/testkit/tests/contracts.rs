//! The fakes keep the contracts they check others by.

use std::sync::Arc;

use async_trait::async_trait;
use safelight_ports::Money;
use safelight_testkit::{
    FakePayments, ManualClock, MemoryStorage, ScriptedProvider, contract::payments::Buyer,
};

mod memory_storage {
    use super::{Arc, MemoryStorage};
    safelight_testkit::storage_contract!((Arc::new(MemoryStorage::new()), ()));
}

mod scripted_provider {
    use super::{Arc, ScriptedProvider};
    safelight_testkit::provider_contract!({
        let provider = Arc::new(ScriptedProvider::new());
        provider.hold();
        let held = Arc::clone(&provider);
        (provider, move || held.release())
    });
}

/// Pays at the fake.
struct Payer(Arc<FakePayments>);

#[async_trait]
impl Buyer for Payer {
    async fn on_sale(&self) -> (String, Money) {
        ("pack_500".to_owned(), Money::price(1_999, "usd").unwrap())
    }

    async fn pay(&self, checkout: &str) {
        self.0.pay(checkout);
    }

    async fn let_lapse(&self, checkout: &str) {
        self.0.expire(checkout);
    }
}

mod fake_payments {
    use super::{Arc, FakePayments, ManualClock, Money, Payer};
    safelight_testkit::payments_contract!({
        let price = [("pack_500", Money::price(1_999, "usd").unwrap())];
        let payments = Arc::new(FakePayments::new(Arc::new(ManualClock::new()), &price));
        (Arc::clone(&payments), Payer(payments))
    });
}
