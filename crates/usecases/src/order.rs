//! Orders: packs are bought here, and here an order becomes what the provider says of it.

mod brought;
mod proof;
mod refused;

use std::sync::Arc;

use safelight_domain::{
    AccountId, Change, Changes, Email, EventId, Invalid, Key, LotId, Mark, OrderChange, OrderId,
    OrderState, OrderStep, Pack, PackOrder, Paying, PaymentMode, PaymentRefused, Refusal, TaskKind,
    Timestamp,
};
use safelight_ports::{
    Checkout, CheckoutState, CommitError, Fault, NewCheckout, OrderStatus, Page, Paged, Payment,
    PaymentError, Payments, Price,
};

pub(crate) use self::brought::Brought;
use self::proof::{Claim, Proof};
use crate::{Error, Terms, World, generation::body_hash};

/// Waiting orders on a page.
const WAITING: u16 = 200;

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
        // What can be refused is asked first, so that a refusal leaves no order behind.
        let price = self.price(payments, pack).await?;
        let customer = self.customer(payments, account, email).await?;
        let order = PackOrder {
            id: OrderId(self.world.ids.next()),
            account_id: account,
            mode: payments.mode(),
            pack: pack.name.clone(),
            credits: pack.credits,
            expires_days: pack.expires_days,
            money: pack.money.clone(),
            price: Some(price.id),
            customer: Some(customer),
            return_to,
            state: OrderState::Open,
            checkout: None,
            lapses_at: None,
            payment: None,
            captured: 0,
            refunded: 0,
            reason: None,
            receipt_url: None,
            created_at: self.world.clock.now(),
            settled_at: None,
        };
        let hash = body_hash(["buy", pack.name.as_str()]);
        let id = order.id;
        let changes = Changes::of(account, [OrderChange::Open(order)]).about(id.0);
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
        let price = if let Some(price) = &order.price {
            price.clone()
        } else {
            // An order from before prices were recorded.
            let pack = self.terms.packs.pack(order.pack.as_str())?;
            self.price(payments, pack).await?.id
        };
        let customer = match &order.customer {
            Some(customer) => customer.clone(),
            None => self.customer(payments, account, email).await?,
        };
        let back = |place: &str| format!("{}/billing/{place}?order={id}", self.terms.app_url);
        let new = NewCheckout {
            order: id,
            account,
            customer,
            price,
            success_url: back("return"),
            cancel_url: back("cancel"),
        };
        let opened = match payments.open(&new).await {
            Ok(opened) => opened,
            Err(error) => return Err(self.not_opened(&order, error).await?),
        };
        let step = OrderStep::Opened { checkout: opened.id, lapses_at: opened.expires_at };
        match self.commit(account, vec![Change::Order(OrderChange::Move(id, step))]).await {
            // It was paid meanwhile, in another tab.
            Ok(()) | Err(Error::Refused(Refusal::Stale)) => {}
            Err(error) => return Err(error),
        }
        Ok(ToPay { order: id, url: opened.url })
    }

    /// Records what became of an order that the provider did not open, and answers why.
    async fn not_opened(&self, order: &PackOrder, error: PaymentError) -> Result<Error, Error> {
        let Some(why) = refused::purchase(&error) else { return Ok(trouble(error)) };
        let mut list = Vec::new();
        if why == PaymentRefused::CustomerGone {
            // Most likely the customer was deleted there: the next order gets a new one.
            list.push(Change::Order(OrderChange::SetCustomer(order.mode, None)));
        }
        if order.checkout.is_none() {
            list.push(Change::Order(OrderChange::Move(
                order.id,
                OrderStep::Failed(why.to_string()),
            )));
        }
        match self.commit(order.account_id, list).await {
            // It was opened meanwhile, in another tab.
            Ok(()) | Err(Error::Refused(Refusal::Stale)) => Ok(refused::refused(why)),
            Err(error) => Err(error),
        }
    }

    /// The price that is charged: the one that is shown, or none.
    async fn price(&self, payments: &dyn Payments, pack: &Pack) -> Result<Price, Error> {
        let found = payments.prices(std::slice::from_ref(&pack.price)).await.map_err(trouble)?;
        let why = match found.into_iter().find(|price| price.active && price.interval.is_none()) {
            Some(price) if price.amount == pack.money => return Ok(price),
            Some(price) => {
                let (pack, shown) = (pack.name.as_str(), &pack.money);
                tracing::error!(pack, %shown, there = %price.amount, "the price differs at the provider");
                PaymentRefused::PriceDiffers
            }
            None => {
                tracing::error!(pack = pack.name.as_str(), price = pack.price, "no such price");
                PaymentRefused::NoPrice
            }
        };
        Err(refused::refused(why))
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
        let customer = payments.customer(account, email).await.map_err(refused::customer)?;
        self.commit(
            account,
            vec![Change::Order(OrderChange::SetCustomer(mode, Some(customer.clone())))],
        )
        .await?;
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
            match self.ask(payments, order, checkout).await {
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

    /// Asks about an order's own purchase, and brings the order to what is told.
    async fn ask(
        &self,
        payments: &dyn Payments,
        order: &PackOrder,
        checkout: &str,
    ) -> Result<(), Error> {
        let told = payments.checkout(checkout).await.map_err(trouble)?;
        self.follow(payments, order, checkout, &told).await
    }

    async fn follow(
        &self,
        payments: &dyn Payments,
        order: &PackOrder,
        checkout: &str,
        told: &Checkout,
    ) -> Result<(), Error> {
        if told.id != checkout {
            let says = format!("asked about {checkout}, it told about {}", told.id);
            return Err(Fault::lasting("payments", says).into());
        }
        let brought = self.brought_to(payments, order, told).await?;
        if let Mark::Ignored(why) = &brought.mark {
            tracing::warn!(order = %order.id, why, "the purchase is not this order's");
        }
        self.bring(brought, None).await
    }

    /// The order a purchase claims to be of, as we or its metadata name it; proven to be by nothing
    /// yet.
    pub(crate) async fn claimed(&self, told: &Checkout) -> Result<Option<PackOrder>, Error> {
        let mode = self.payments()?.mode();
        if let Some(order) = self.world.reads.order_of_checkout(mode, &told.id).await? {
            return Ok(Some(order));
        }
        let Some(id) = told.order else { return Ok(None) };
        Ok(self.world.reads.any_order(id).await?.filter(|order| order.mode == mode))
    }

    /// The changes that bring an order to what the provider says of its purchase and its payment,
    /// once both are proven to be the order's. They may be committed any number of times: one grant,
    /// and as much taken back as has gone back.
    pub(crate) async fn brought_to(
        &self,
        payments: &dyn Payments,
        order: &PackOrder,
        told: &Checkout,
    ) -> Result<Brought, Error> {
        let opened = order.checkout.as_ref() == Some(&told.id);
        let customer = match &order.customer {
            None if !opened => self.world.reads.customer(order.account_id, order.mode).await?,
            known => known.clone(),
        };
        let claim = Claim { order, customer: customer.as_deref(), told };
        let mut brought = Brought::new(order.clone());
        let proof = claim.purchase();
        if let Some(brought) = brought.unless_ours(&proof)? {
            return Ok(brought);
        }
        let mut step = |state: OrderState, step| {
            if order.state.may_become(state) {
                brought.list.push(Change::Order(OrderChange::Move(order.id, step)));
            }
        };
        match told.state {
            CheckoutState::Open => return Ok(brought),
            CheckoutState::Unpaid => {
                step(OrderState::Unpaid, OrderStep::Unpaid { checkout: told.id.clone() });
                return Ok(brought);
            }
            CheckoutState::Failed => {
                step(OrderState::Failed, OrderStep::Failed("the payment failed".to_owned()));
                return Ok(brought);
            }
            CheckoutState::Expired => {
                step(OrderState::Expired, OrderStep::Expired);
                return Ok(brought);
            }
            CheckoutState::Paid => {}
        }
        let paid = match &told.payment {
            Some(payment) => Some(payments.payment(payment).await.map_err(trouble)?),
            None => None,
        };
        if paid.as_ref().map(|paid| &paid.id) != told.payment.as_ref() {
            let says = "asked about a payment, it told about another";
            return Err(Fault::lasting("payments", says).into());
        }
        if let Some(brought) = brought.unless_ours(&claim.payment(paid.as_ref()))? {
            return Ok(brought);
        }
        if let Some(paid) = &paid {
            let other = self.world.reads.order_of_payment(order.mode, &paid.id).await?;
            if other.is_some_and(|other| other.id != order.id) {
                return Ok(brought.ignored("its payment has paid another order already"));
            }
        }
        brought.returned = paid.as_ref().is_some_and(|paid| {
            paid.captured.minor > 0 && paid.refunded_minor >= paid.captured.minor
        });
        brought.subject = Some(paid.as_ref().map_or(&told.id, |paid| &paid.id).clone());
        if proof == Proof::Second {
            let says = format!(
                "Order {} was opened as another purchase, and {} was paid too. Send the second \
                 payment back.",
                order.id, told.id
            );
            let list = brought.task(TaskKind::PaidTwice, says, &self.world).into_iter().collect();
            return Ok(Brought { list, ..brought.ignored("the order was opened as another") });
        }
        let lot = || LotId(self.world.ids.next());
        let payment = paid.as_ref().map(|paid| (paid.id.clone(), paid.captured.minor));
        let by = Paying { checkout: told.id.clone(), payment };
        brought.list.push(Change::Order(OrderChange::Pay { order: order.id, by, lot: lot() }));
        if let Some(paid) = paid {
            let (refunded, receipt_url) = (paid.refunded_minor, paid.receipt_url);
            let back = Change::Order(OrderChange::Reverse {
                order: order.id,
                refunded,
                receipt_url,
                lot: lot(),
            });
            brought.list.push(back);
        }
        Ok(brought)
    }

    /// Commits what an order is brought to, with the mark of the delivery that led here. What was paid
    /// and cannot be delivered becomes a task for the operator.
    pub(crate) async fn bring(
        &self,
        brought: Brought,
        event: Option<&EventId>,
    ) -> Result<(), Error> {
        let changes = brought.changes(event);
        if changes.is_empty() {
            return Ok(());
        }
        match self.world.store.commit(changes).await {
            Ok(_) => Ok(()),
            Err(CommitError::Refused(refusal)) => {
                match brought.undelivered(&refusal, &self.world) {
                    Some(instead) => {
                        tracing::error!(order = %brought.order.id, %refusal, "paid, and not delivered");
                        self.world.store.commit(instead.changes(event)).await?;
                        Ok(())
                    }
                    None => Err(refusal.into()),
                }
            }
            Err(CommitError::Fault(fault)) => Err(fault.into()),
        }
    }

    /// Orders that were opened before `before` and of which nothing was heard since, those after
    /// `after`, the oldest first.
    pub(crate) async fn waiting(
        &self,
        before: Timestamp,
        after: Option<OrderId>,
    ) -> Result<Vec<OrderId>, Error> {
        let mode = self.payments()?.mode();
        Ok(self.world.reads.waiting_orders(mode, before, after, WAITING).await?)
    }

    /// Asks about one of those that wait.
    pub(crate) async fn ask_again(
        &self,
        payments: &dyn Payments,
        id: OrderId,
    ) -> Result<(), Error> {
        let Some(order) = self.world.reads.any_order(id).await? else { return Ok(()) };
        let Some(checkout) = &order.checkout else { return Ok(()) };
        let told = match payments.checkout(checkout).await {
            // Of another account of ours there, or from before a restore: nothing to mend here.
            Err(PaymentError::NotFound(_)) => {
                tracing::warn!(order = %order.id, "the provider knows no such purchase");
                return Ok(());
            }
            told => told.map_err(trouble)?,
        };
        match self.follow(payments, &order, checkout, &told).await {
            // The notice was quicker.
            Ok(()) | Err(Error::Refused(Refusal::Stale)) => Ok(()),
            Err(error) => Err(error),
        }
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
