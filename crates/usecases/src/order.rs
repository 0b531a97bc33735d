//! Orders: packs are bought here, and here an order becomes what the provider says of it.

use std::sync::Arc;

use safelight_domain::{
    AccountId, Change, Email, Invalid, Key, LotId, OrderId, OrderState, OrderStep, PackOrder,
    Paying, PaymentMode, Refusal,
};
use safelight_domain::{Changes, Timestamp};
use safelight_ports::{
    Checkout, CheckoutState, Fault, NewCheckout, OrderStatus, Page, Paged, Payment, PaymentError,
    Payments, Price,
};

use crate::{Error, Terms, World, generation::body_hash};

/// Where somebody who buys is sent to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToPay {
    /// The order.
    pub order: OrderId,
    /// Where to pay: a secret of the buyer's.
    pub url: String,
}

/// What the payment provider says of an order, when it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Nobody takes payments.
    Dormant,
    /// Whoever takes payments now moves another's money than the order did.
    Elsewhere(PaymentMode),
    /// The order was never opened there.
    NeverOpened,
    /// It knows no such purchase, or no such payment.
    Unknown,
    /// The purchase, and its payment once there is one.
    Purchase(Box<(Checkout, Option<Payment>)>),
}

/// Sells packs.
#[derive(Clone)]
pub struct Orders {
    world: Arc<World>,
    terms: Arc<Terms>,
}

impl Orders {
    pub(crate) fn new(world: Arc<World>, terms: Arc<Terms>) -> Self {
        Self { world, terms }
    }

    /// Whether anything can be bought: there are packs, and somebody who takes payments.
    pub fn is_selling(&self) -> bool {
        self.world.payments.is_some() && !self.terms.packs.is_empty()
    }

    /// Records an order of the pack called `pack` and opens it with whoever takes payments. The
    /// same key answers the same order. `return_to` is where the buyer was, a path of ours.
    pub async fn buy(
        &self,
        account: AccountId,
        email: &Email,
        pack: &str,
        return_to: Option<String>,
        key: Option<Key>,
    ) -> Result<ToPay, Error> {
        let pack = self.terms.packs.pack(pack)?;
        let payments = self.payments()?;
        let order = PackOrder {
            id: OrderId(self.world.ids.next()),
            account_id: account,
            mode: payments.mode(),
            pack: pack.name.clone(),
            credits: pack.credits,
            expires_days: pack.expires_days,
            money: pack.money.clone(),
            return_to,
            state: OrderState::Open,
            checkout: None,
            lapses_at: None,
            payment: None,
            captured: 0,
            refunded: 0,
            receipt_url: None,
            created_at: self.world.clock.now(),
            settled_at: None,
        };
        let hash = body_hash(["buy", pack.name.as_str()]);
        let id = order.id;
        let changes = Changes::of(account, vec![Change::OpenOrder(order)]).about(id.0);
        let receipt = self.world.store.commit(changes.keyed(key.map(|key| (key, hash)))).await?;
        self.pay(account, email, receipt.subject.map_or(id, OrderId)).await
    }

    /// Where an order that is open is paid; the same place each time.
    pub async fn pay(
        &self,
        account: AccountId,
        email: &Email,
        id: OrderId,
    ) -> Result<ToPay, Error> {
        let order = self.get(account, id).await?.order;
        let lapsed = order.lapses_at.is_some_and(|lapses| lapses <= self.world.clock.now());
        let payments = self.payments()?;
        if order.state != OrderState::Open || lapsed || order.mode != payments.mode() {
            return Err(Refusal::Stale.into());
        }
        let price = self.price(payments, &order).await?;
        let customer = self.customer(payments, account, email).await?;
        let back = |place: &str| format!("{}/billing/{place}?order={id}", self.terms.app_url);
        let new = NewCheckout {
            order: id,
            account,
            customer,
            price: price.id,
            success_url: back("return"),
            cancel_url: back("cancel"),
        };
        let opened = match payments.open(&new).await {
            Err(PaymentError::NotFound(_)) => {
                // Most likely the customer was deleted there: the next press makes a new one.
                self.commit(account, vec![Change::Customer(payments.mode(), None)]).await?;
                return Err(Fault::passing("payments", "the customer is no more").into());
            }
            opened => opened.map_err(trouble)?,
        };
        let step = OrderStep::Opened { checkout: opened.id, lapses_at: opened.expires_at };
        match self.commit(account, vec![Change::MoveOrder(id, step)]).await {
            // It was paid meanwhile, in another tab.
            Ok(()) | Err(Error::Refused(Refusal::Stale)) => {}
            Err(error) => return Err(error),
        }
        Ok(ToPay { order: id, url: opened.url })
    }

    /// The price that is charged: the one that was shown, or none.
    async fn price(&self, payments: &dyn Payments, order: &PackOrder) -> Result<Price, Error> {
        let pack = self.terms.packs.pack(order.pack.as_str())?;
        let found = payments.prices(std::slice::from_ref(&pack.price)).await.map_err(trouble)?;
        let price = found.into_iter().find(|price| price.active);
        match price {
            Some(price) if price.amount == order.money => Ok(price),
            Some(_) => Err(Fault::lasting("payments", "its price is not the one shown").into()),
            None => Err(Fault::lasting("payments", "it has no such price").into()),
        }
    }

    async fn customer(
        &self,
        payments: &dyn Payments,
        account: AccountId,
        email: &Email,
    ) -> Result<String, Error> {
        let mode = payments.mode();
        if let Some(known) = self.world.reads.customer(account, mode).await? {
            return Ok(known);
        }
        let customer = payments.customer(account, email).await.map_err(trouble)?;
        self.commit(account, vec![Change::Customer(mode, Some(customer.clone()))]).await?;
        Ok(customer)
    }

    /// One order.
    pub async fn get(&self, account: AccountId, id: OrderId) -> Result<OrderStatus, Error> {
        self.world.reads.order(account, id).await?.ok_or(Refusal::NotFound.into())
    }

    /// Orders, newest first.
    pub async fn list(&self, account: AccountId, page: Page) -> Result<Paged<OrderStatus>, Error> {
        Ok(self.world.reads.orders(account, page).await?)
    }

    /// Asks the provider once about an order, as a notice would, and answers how it stands: a
    /// buyer who comes back need not wait for the notice.
    pub async fn settle(&self, account: AccountId, id: OrderId) -> Result<OrderStatus, Error> {
        let status = self.get(account, id).await?;
        let order = &status.order;
        let payments = self.payments()?;
        if let (true, Some(checkout)) = (order.state.is_waiting(), &order.checkout)
            && order.mode == payments.mode()
        {
            let told = payments.checkout(checkout).await.map_err(trouble)?;
            match self.follow(payments, order, &told).await {
                // The notice was quicker.
                Ok(()) | Err(Error::Refused(Refusal::Stale)) => {}
                Err(error) => return Err(error),
            }
        }
        self.get(account, id).await
    }

    /// Whose money moves; nobody's payments are taken when none.
    pub fn mode(&self) -> Option<PaymentMode> {
        self.world.payments.as_ref().map(|payments| payments.mode())
    }

    /// Asks the provider how it sees an order, and records nothing.
    pub async fn told(&self, account: AccountId, id: OrderId) -> Result<Told, Error> {
        let order = self.get(account, id).await?.order;
        let Some(payments) = self.world.payments.as_deref() else { return Ok(Told::Dormant) };
        if order.mode != payments.mode() {
            return Ok(Told::Elsewhere(payments.mode()));
        }
        let Some(checkout) = &order.checkout else { return Ok(Told::NeverOpened) };
        let told = async {
            let checkout = payments.checkout(checkout).await?;
            let payment = match &checkout.payment {
                Some(payment) => Some(payments.payment(payment).await?),
                None => None,
            };
            Ok(Told::Purchase(Box::new((checkout, payment))))
        };
        match told.await {
            Err(PaymentError::NotFound(_)) => Ok(Told::Unknown),
            told => told.map_err(trouble),
        }
    }

    /// Brings an order to what the provider says of its purchase and its payment. Whoever calls it,
    /// however often: one grant, and as much taken back as has gone back.
    pub(crate) async fn follow(
        &self,
        payments: &dyn Payments,
        order: &PackOrder,
        told: &Checkout,
    ) -> Result<(), Error> {
        let list = self.brought_to(payments, order, told).await?;
        if list.is_empty() { Ok(()) } else { self.commit(order.account_id, list).await }
    }

    /// The changes that do that; they may be committed any number of times.
    pub(crate) async fn brought_to(
        &self,
        payments: &dyn Payments,
        order: &PackOrder,
        told: &Checkout,
    ) -> Result<Vec<Change>, Error> {
        let id = order.id;
        let checkout = told.id.clone();
        let lot = || LotId(self.world.ids.next());
        let mut list = Vec::new();
        let mut step = |state: OrderState, step| {
            if order.state.may_become(state) {
                list.push(Change::MoveOrder(id, step));
            }
        };
        match told.state {
            CheckoutState::Open => {}
            CheckoutState::Unpaid => step(OrderState::Unpaid, OrderStep::Unpaid { checkout }),
            CheckoutState::Failed => step(OrderState::Failed, OrderStep::Failed),
            CheckoutState::Expired => step(OrderState::Expired, OrderStep::Expired),
            CheckoutState::Paid => {
                let paid = match &told.payment {
                    Some(payment) => Some(payments.payment(payment).await.map_err(trouble)?),
                    None => None,
                };
                let payment = paid.as_ref().map(|paid| (paid.id.clone(), paid.captured.minor));
                let by = Paying { checkout, payment };
                list.push(Change::PayOrder { order: id, by, lot: lot() });
                if let Some(paid) = paid {
                    let (refunded, receipt_url) = (paid.refunded_minor, paid.receipt_url);
                    list.push(Change::Reverse { order: id, refunded, receipt_url, lot: lot() });
                }
            }
        }
        Ok(list)
    }

    /// Orders that were opened before `before` and of which nothing was heard since.
    pub(crate) async fn waiting(&self, before: Timestamp) -> Result<Vec<PackOrder>, Error> {
        let mode = self.payments()?.mode();
        Ok(self.world.reads.waiting_orders(mode, before, 500).await?)
    }

    pub(crate) fn payments(&self) -> Result<&dyn Payments, Error> {
        self.world.payments.as_deref().ok_or_else(|| {
            Invalid::new("pack", "nothing can be bought: no payments are set up").into()
        })
    }

    async fn commit(&self, account: AccountId, list: Vec<Change>) -> Result<(), Error> {
        self.world.store.commit(Changes::of(account, list)).await?;
        Ok(())
    }
}

/// What the payment provider would not do is ours to mend, not the buyer's.
pub(crate) fn trouble(error: PaymentError) -> Error {
    match error {
        PaymentError::Fault(fault) => fault.into(),
        error => Fault::lasting("payments", error).into(),
    }
}
