//! The adapter against a fake Stripe: every method, every failure, every push.

mod calls;
mod checkout;
mod contract;
mod push;
mod refusals;
mod retries;
mod setup;
mod undelivered;

use std::{sync::Arc, time::Duration};

use safelight_adapters_stripe::{Stripe, StripeConfig, StripeSettings};
use safelight_domain::OrderId;
use safelight_ports::{Ids, Money, NewCheckout, Payments};
use safelight_testkit::{FixedEntropy, ManualClock, SeqIds, people::ada, stripe::StripeFake};

const KEY: &str = "sk_test_51Fake0123456789";

/// A fake, an adapter that talks to it, and the clock both go by.
struct Bench {
    fake: StripeFake,
    stripe: Arc<Stripe>,
    clock: Arc<ManualClock>,
    ids: SeqIds,
}

impl Bench {
    fn new() -> Self {
        Self::with_key(KEY)
    }

    fn with_key(key: &str) -> Self {
        let clock = Arc::new(ManualClock::new());
        let fake = StripeFake::start(key, clock.clone()).unwrap();
        let stripe = Arc::new(stripe(&config(key, &fake.url(), None)));
        Self { fake, stripe, clock, ids: SeqIds::new() }
    }

    /// Something on sale for 19.99 dollars under the lookup key `pack_500`.
    async fn on_sale(&self) -> String {
        let product = self.stripe.make_product("safelight_pack_500", "500 credits").await.unwrap();
        let amount = Money { minor: 1_999, currency: "usd".to_owned() };
        let new = safelight_adapters_stripe::NewPrice {
            product: product.id,
            lookup_key: "pack_500".to_owned(),
            amount,
        };
        self.stripe.make_price(&new).await.unwrap().id
    }

    /// A purchase Ada may open.
    async fn new_checkout(&self) -> NewCheckout {
        let price = self.on_sale().await;
        let (account, email) = (ada().account.id, ada().user.email);
        NewCheckout {
            order: OrderId(self.ids.next()),
            account,
            customer: self.stripe.customer(account, &email).await.unwrap(),
            price,
            success_url: "http://127.0.0.1:8080/ok?id={CHECKOUT_SESSION_ID}&x=a b".to_owned(),
            cancel_url: "http://127.0.0.1:8080/no".to_owned(),
        }
    }

    /// A purchase Ada opened.
    async fn opened(&self) -> String {
        self.stripe.open(&self.new_checkout().await).await.unwrap().id
    }

    /// A purchase Ada paid, and its payment.
    async fn paid(&self) -> (String, String) {
        let id = self.opened().await;
        self.fake.pay(&id);
        let payment = self.stripe.checkout(&id).await.unwrap().payment.unwrap();
        (id, payment)
    }
}

/// A configuration that does not wait long.
fn config(key: &str, api_url: &str, webhook_secrets: Option<&str>) -> StripeConfig {
    let settings = StripeSettings { key, api_url: Some(api_url), webhook_secrets };
    let mut config = settings.check().unwrap();
    config.limits.connect = Duration::from_secs(2);
    config.limits.call = Duration::from_secs(5);
    config.limits.pause = Duration::from_millis(2);
    config.limits.pause_max = Duration::from_millis(4);
    config
}

fn stripe(config: &StripeConfig) -> Stripe {
    Stripe::new(config, Arc::new(FixedEntropy::new())).unwrap()
}
