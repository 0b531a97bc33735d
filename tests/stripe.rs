//! The same shop with Stripe's adapter over HTTP, against a Stripe on loopback: signed pushes,
//! doubled, reordered and lost; refunds; catching up. `STRIPE_SCHEDULES` sets how many seeds (20).

use std::{env, sync::Arc, time::Duration};

use safelight_adapters_stripe::{NewPrice, Stripe, StripePush, StripeSettings};
use safelight_domain::{Actor, DeliveryState, EventId, OrderId, SignedDuration};
use safelight_ports::{Clock, NoticeRefused};
use safelight_testkit::{
    FixedEntropy,
    people::{Person, ada, grace},
    stripe::{Push, StripeFake, Taken},
};
use safelight_tests::{Dice, Setup, TestStudio, packs};
use safelight_usecases::ReceiveError;
use serde_json::{Value, json};

const KEY: &str = "sk_test_51Fake0123456789";

/// A studio, the Stripe it sells by, and what is under way between them.
struct Shop {
    studio: TestStudio,
    fake: Arc<StripeFake>,
    bought: Vec<(Person, OrderId, u32)>,
    refunds: Vec<String>,
    under_way: Vec<Push>,
    /// Sessions of another product of the same account.
    foreign: Vec<String>,
}

impl Shop {
    async fn open() -> Self {
        let mut setup = Setup::default();
        let clock: Arc<dyn Clock> = setup.clock.clone();
        let fake = Arc::new(StripeFake::start(KEY, clock).expect("a free port"));
        // Nobody listens there: pushes are taken by hand.
        let secret = fake.listen("http://127.0.0.1:9/webhooks/stripe");
        fake.hold();
        let url = fake.url();
        let settings =
            StripeSettings { key: KEY, webhook_secrets: Some(&secret), api_url: Some(&url) };
        let mut config = settings.check().expect("good settings");
        config.limits.pause = Duration::from_millis(2);
        config.limits.pause_max = Duration::from_millis(4);
        let stripe = Stripe::new(&config, Arc::new(FixedEntropy::new())).expect("a client");
        for pack in packs().iter() {
            let product = format!("safelight_{}", pack.name.as_str());
            let product = stripe.make_product(&product, "credits").await.expect("a product").id;
            let (lookup_key, amount) = (pack.price.clone(), pack.money.clone());
            let new = NewPrice { product, lookup_key, amount };
            stripe.make_price(&new).await.expect("a price");
        }
        setup.cashier = Arc::new(stripe);
        setup.push = Arc::new(StripePush::new(&config));
        let studio = TestStudio::with(setup).await;
        let (bought, refunds, under_way) = (Vec::new(), Vec::new(), Vec::new());
        let foreign = Vec::new();
        // What setting up made is no event of a sale.
        let shop = Self { studio, fake, bought, refunds, under_way, foreign };
        for push in shop.fake.take_held() {
            shop.deliver(&push).await;
        }
        shop
    }

    async fn press(&mut self, person: &Person, pack: &str) -> String {
        let (account, email) = (person.account.id, &person.user.email);
        let orders = &self.studio.studio.orders;
        let to_pay = orders.buy(account, email, pack, None, None).await.expect("it opens");
        let order = orders.get(account, to_pay.order).await.expect("it is there").order;
        self.bought.push((person.clone(), order.id, order.credits.get()));
        order.checkout.expect("it was opened")
    }

    /// A session somebody else opens and has paid, with our order's id and metadata in it.
    fn neighbour(&mut self, dice: &mut Dice) {
        if self.bought.is_empty() {
            return;
        }
        let (person, order, _) = &self.bought[dice.roll(self.bought.len())];
        let session = self
            .fake
            .objects("checkout.session")
            .into_iter()
            .find(|session| session["client_reference_id"] == order.to_string().as_str());
        let session = session.expect("it was opened");
        let price = self.fake.objects("price").into_iter().next().expect("a price");
        let metadata =
            json!({ "order": order.to_string(), "account": person.account.id.to_string() });
        let (customer, metadata) = match dice.roll(3) {
            0 => (session["customer"].clone(), metadata),
            1 => (Value::Null, metadata),
            _ => (session["customer"].clone(), json!({})),
        };
        let form = json!({
            "mode": "payment", "customer": customer, "client_reference_id": order.to_string(),
            "line_items": [{ "price": price["id"], "quantity": "1" }], "metadata": metadata,
            "payment_intent_data": { "metadata": metadata },
            "success_url": "https://shop.example/",
        });
        let own = [
            json!({ "amount_total": 100, "amount_subtotal": 100 }),
            json!({ "amount_total": 0, "total_details": { "amount_discount": price["unit_amount"] } }),
            json!({ "currency": "jpy" }),
            json!({}),
        ];
        let id = self.fake.neighbour(&form, &own[dice.roll(own.len())]);
        self.fake.pay(&id);
        self.foreign.push(id);
    }

    async fn deliver(&self, push: &Push) {
        let signature = self.fake.signature(push);
        let inbox = &self.studio.studio.inbox;
        inbox.receive(Some(&signature), String::new(), &push.body).await.expect("it is kept");
        self.fake.taken_in(push);
    }

    async fn work(&self) {
        while self.studio.studio.inbox.run_due().await.expect("it runs") > 0 {}
    }

    async fn step(mut self, dice: &mut Dice) -> Self {
        self.under_way.extend(self.fake.take_held());
        match dice.roll(12) {
            10 | 11 => self.neighbour(dice),
            0 | 1 => {
                let person = [ada(), grace()][dice.roll(2)].clone();
                let checkout = self.press(&person, ["small", "large"][dice.roll(2)]).await;
                match dice.roll(7) {
                    0 => self.fake.decline(&checkout),
                    1 => self.fake.expire(&checkout),
                    2 => self.fake.pay_nothing(&checkout),
                    3 => self.fake.pay_later(&checkout),
                    4 => {
                        self.fake.pay_later(&checkout);
                        self.fake.settle(&checkout);
                    }
                    _ => self.fake.pay(&checkout),
                }
            }
            2 => {
                let paid: Vec<_> =
                    self.fake.taken().into_iter().filter(|one| one.refunded < one.total).collect();
                let some = paid.get(dice.roll(paid.len().max(1)));
                if let Some(Taken { payment: Some(payment), total, refunded, .. }) = some {
                    let left = usize::try_from(total - refunded).expect("few");
                    let minor = (dice.roll(left) + 1) as u64;
                    self.refunds.push(self.fake.refund(payment, Some(minor)));
                }
            }
            3 if !self.refunds.is_empty() => {
                let at = dice.roll(self.refunds.len());
                self.fake.fail_refund(&self.refunds.swap_remove(at));
            }
            4..=7 if !self.under_way.is_empty() => {
                let at = dice.roll(self.under_way.len());
                let push = self.under_way[at].clone();
                if dice.roll(4) > 0 {
                    self.under_way.remove(at);
                }
                self.deliver(&push).await;
                self.work().await;
            }
            8 if !self.under_way.is_empty() => {
                self.under_way.remove(dice.roll(self.under_way.len()));
            }
            _ => return Self { studio: self.studio.restarted(), ..self },
        }
        self
    }

    /// Gifts and packs, less what went back: nothing is spent here.
    fn due(&self, person: &Person) -> u64 {
        let ours = |taken: &&Taken| !self.foreign.contains(&taken.session);
        let mine = |taken: &Taken| {
            let (_, _, credits) = self.bought.iter().find(|(who, order, _)| {
                who.account.id == person.account.id
                    && taken.reference.as_deref() == Some(order.to_string().as_str())
            })?;
            let worth = u64::from(*credits);
            let back = match (&taken.payment, taken.total) {
                (Some(_), total) if total > 0 => (worth * taken.refunded).div_ceil(total),
                _ => 0,
            };
            Some(worth - back)
        };
        let gift = person.gift.as_ref().map_or(0, |gift| u64::from(gift.amount.get()));
        gift + self.fake.taken().iter().filter(ours).filter_map(mine).sum::<u64>()
    }
}

async fn schedule(seed: u64) -> usize {
    let mut dice = Dice::new(seed);
    let mut shop = Shop::open().await;
    for _ in 0..30 {
        shop = shop.step(&mut dice).await;
    }
    shop.studio.setup.clock.advance(SignedDuration::from_mins(20));
    for _ in 0..2 {
        shop.studio.studio.inbox.catch_up().await.expect("Stripe answers");
        shop.work().await;
    }
    for person in [ada(), grace()] {
        let has = shop.studio.balance(person.account.id).await;
        assert_eq!(u64::from(has), shop.due(&person), "seed {seed}: {:?}", person.user.email);
    }
    let load = shop.studio.studio.inbox.load().await.expect("it can be read");
    assert_eq!((load.pending, load.dead, load.parked), (0, 0, 0), "seed {seed}");
    shop.fake.taken().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn any_schedule_over_http_ends_in_what_stripe_says() {
    let seeds = env::var("STRIPE_SCHEDULES").ok().and_then(|n| n.parse().ok()).unwrap_or(20);
    let mut paid = 0;
    for seed in 1..=seeds {
        paid += schedule(seed).await;
    }
    println!("{seeds} schedules, {paid} purchases paid");
    assert!(paid as u64 >= seeds, "too little happened to prove anything");
}

/// Scenario 22: what was proven at receipt can be replayed at any age; an old push sent once more
/// proves nothing.
#[tokio::test(flavor = "multi_thread")]
async fn an_old_push_is_refused_and_a_kept_one_replayed() {
    let mut shop = Shop::open().await;
    let checkout = shop.press(&ada(), "small").await;
    shop.fake.pay(&checkout);
    let pushes = shop.fake.take_held();
    let completed =
        |push: &&Push| String::from_utf8_lossy(&push.body).contains("session.completed");
    let push = pushes.iter().find(completed).expect("the purchase was completed");
    let signature = shop.fake.signature(push);
    let inbox = &shop.studio.studio.inbox;
    inbox.receive(Some(&signature), String::new(), &push.body).await.expect("it is fresh");
    shop.work().await;
    shop.studio.setup.clock.advance(SignedDuration::from_secs(301));
    let again = inbox.receive(Some(&signature), String::new(), &push.body).await;
    assert!(matches!(again, Err(ReceiveError::Refused(NoticeRefused::Stale))), "{again:?}");
    let replayed = inbox
        .replay(&EventId::parse(push.event.clone()).unwrap(), Actor::cli())
        .await
        .expect("it was kept");
    assert_eq!(replayed.state, DeliveryState::Applied);
    assert_eq!(shop.studio.balance(ada().account.id).await, 110);
}
