//! A studio that sells, and the acts of a buyer.

use std::ops::Deref;

use safelight_domain::{AccountId, Delivery, DeliveryState, EventId, OrderId};
use safelight_ports::{Notice, OrderStatus, Page, Reads};
use safelight_testkit::people::{Person, ada};
use safelight_tests::TestStudio;
use safelight_usecases::Error;

/// Everything of a list, as far as any test here fills one.
pub const ALL: Page = Page { after: None, limit: 100 };

pub struct Shop(pub TestStudio);

impl Deref for Shop {
    type Target = TestStudio;

    fn deref(&self) -> &TestStudio {
        &self.0
    }
}

impl Shop {
    pub async fn open() -> Self {
        Self(TestStudio::open().await)
    }

    /// The process died and was started again.
    pub fn restarted(self) -> Self {
        Self(self.0.restarted())
    }

    /// Presses "buy"; answers the order and the provider's purchase.
    pub async fn press(&self, person: &Person, pack: &str) -> (OrderId, String) {
        let (account, email) = (person.account.id, &person.user.email);
        let to_pay = self.studio.orders.buy(account, email, pack, None, None).await.unwrap();
        let order = self.order(account, to_pay.order).await.order;
        (to_pay.order, order.checkout.expect("it was opened"))
    }

    /// Ada buys 100 credits for 9.99 and pays; nobody was told of it yet. Answers the order, the
    /// purchase and the payment.
    pub async fn paid(&self) -> (OrderId, String, String) {
        let (order, checkout) = self.press(&ada(), "small").await;
        self.setup.payments.pay(&checkout);
        let payment = format!("pi_{checkout}");
        (order, checkout, payment)
    }

    /// The same, and told: Ada has 110 credits.
    pub async fn bought(&self) -> (OrderId, String) {
        let (order, _, payment) = self.paid().await;
        self.tell_all().await;
        assert_eq!(self.credits().await, (110, 0));
        (order, payment)
    }

    /// Delivers one event, as often as it is called.
    pub async fn deliver(&self, notice: &Notice) {
        let (signature, body) = self.setup.payments.push(notice);
        self.studio.inbox.receive(Some(signature), String::new(), &body).await.unwrap();
        self.setup.payments.delivered(&notice.id);
    }

    /// Delivers one event and lets the inbox work.
    pub async fn tell(&self, notice: &Notice) {
        self.deliver(notice).await;
        self.work().await;
    }

    /// Delivers what has happened since, in order.
    pub async fn tell_all(&self) {
        for notice in self.setup.payments.notices() {
            self.tell(&notice).await;
        }
    }

    pub async fn work(&self) {
        self.studio.inbox.run_due().await.unwrap();
    }

    /// Ada's balance and debt.
    pub async fn credits(&self) -> (u32, u32) {
        let balance = self.studio.ledger.balance(ada().account.id).await.unwrap();
        (balance.credits.get(), balance.debt.get())
    }

    /// Ada spends so many credits on something that is not a picture: two at a time.
    pub async fn spend(&self, times: u32) -> Result<(), Error> {
        for _ in 0..times {
            let action = safelight_domain::ActionName::parse("export").unwrap();
            let actor = safelight_domain::Actor::system();
            self.studio.ledger.consume(ada().account.id, action, None, actor).await?;
        }
        Ok(())
    }

    pub async fn order(&self, account: AccountId, id: OrderId) -> OrderStatus {
        self.studio.orders.get(account, id).await.unwrap()
    }

    /// How many grants Ada's journal has besides her gift.
    pub async fn grants(&self) -> usize {
        let lines = self.studio.ledger.lines(ada().account.id, ALL).await.unwrap().items;
        let packs = lines
            .iter()
            .filter(|line| line.key.as_deref().is_some_and(|key| key.starts_with("pack:")));
        packs.count()
    }

    pub async fn delivery(&self, event: &str) -> Delivery {
        let found = self.store.delivery(&EventId::parse(event).unwrap()).await.unwrap();
        found.unwrap_or_else(|| panic!("{event} was not kept"))
    }

    pub async fn state(&self, event: &str) -> DeliveryState {
        self.delivery(event).await.state
    }
}
