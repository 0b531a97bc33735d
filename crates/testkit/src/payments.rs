//! Payments in memory, with a buyer and a bank that do as they are told.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use safelight_domain::{
    AccountId, Email, Money, OrderId, PaymentMode, SignedDuration, Timestamp, Topic,
};
use safelight_ports::{
    Checkout, CheckoutItem, CheckoutState, Clock, Fault, NewCheckout, Notice, NoticeRefused,
    OpenCheckout, Payment, PaymentError, PaymentPush, Payments, Price, Undelivered,
};

/// What a push of [`FakePayments`] is signed with.
const SIGNATURE: &str = "signed by the fake";
/// Events on a page of what was not delivered.
const PAGE: usize = 3;

/// A payment provider. Every change makes an event; a test takes it with
/// [`notices`](Self::notices), delivers it as often and as late as it likes, or not at all.
pub struct FakePayments {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    prices: Vec<Price>,
    customers: BTreeMap<AccountId, String>,
    orders: BTreeMap<OrderId, OpenCheckout>,
    checkouts: BTreeMap<String, (Checkout, Money)>,
    payments: BTreeMap<String, Payment>,
    refunds: Vec<(String, String, u64)>,
    keys: BTreeSet<String>,
    events: Vec<Notice>,
    taken: usize,
    delivered: BTreeSet<String>,
    down: bool,
    calls: u64,
    neighbours: BTreeSet<String>,
    loses: bool,
    refuses_customers: Option<&'static str>,
    refuses_openings: Option<&'static str>,
}

impl FakePayments {
    /// A provider in test mode that sells `prices`, each once, by its lookup key.
    pub fn new(clock: Arc<dyn Clock>, prices: &[(&str, Money)]) -> Self {
        let price = |(key, amount): &(&str, Money)| Price {
            id: format!("price_{key}"),
            lookup_key: Some((*key).to_owned()),
            amount: amount.clone(),
            interval: None,
            active: true,
        };
        let prices = prices.iter().map(price).collect();
        Self { clock, state: Mutex::new(State { prices, ..State::default() }) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn called(&self) -> Result<MutexGuard<'_, State>, Fault> {
        let mut state = self.state();
        state.calls += 1;
        if state.down { Err(Fault::passing("payments", "it is down")) } else { Ok(state) }
    }

    /// From now on no call is answered, or all are again.
    pub fn down(&self, down: bool) {
        self.state().down = down;
    }

    /// Calls so far.
    pub fn calls(&self) -> u64 {
        self.state().calls
    }

    /// Events since the last call of this, oldest first.
    pub fn notices(&self) -> Vec<Notice> {
        let mut state = self.state();
        let len = state.events.len();
        let from = std::mem::replace(&mut state.taken, len);
        state.events[from..].to_vec()
    }

    /// The event was taken in: it is not told of as undelivered.
    pub fn delivered(&self, event: &str) {
        self.state().delivered.insert(event.to_owned());
    }

    /// A push of the event as it goes over the wire: a signature and a body.
    pub fn push(&self, notice: &Notice) -> (&'static str, Vec<u8>) {
        (SIGNATURE, notice.id.clone().into_bytes())
    }

    /// The buyer pays at once.
    pub fn pay(&self, checkout: &str) {
        self.confirm(checkout, CheckoutState::Paid, "checkout.session.completed");
    }

    /// The buyer pays by a way that takes days.
    pub fn pay_later(&self, checkout: &str) {
        self.confirm(checkout, CheckoutState::Unpaid, "checkout.session.completed");
    }

    /// The money of a purchase paid later is there.
    pub fn settle(&self, checkout: &str) {
        self.confirm(checkout, CheckoutState::Paid, "checkout.session.async_payment_succeeded");
    }

    /// The money of a purchase paid later never comes.
    pub fn bounce(&self, checkout: &str) {
        self.confirm(checkout, CheckoutState::Failed, "checkout.session.async_payment_failed");
    }

    /// The purchase lapses.
    pub fn expire(&self, checkout: &str) {
        self.confirm(checkout, CheckoutState::Expired, "checkout.session.expired");
    }

    /// The buyer has a code that makes it free.
    pub fn pay_nothing(&self, checkout: &str) {
        let mut state = self.state();
        let (row, _) = state.checkouts.get_mut(checkout).expect("a purchase");
        row.state = CheckoutState::Paid;
        row.discount = row.subtotal.unwrap_or_default();
        row.total = Some(Money { minor: 0, currency: "usd".to_owned() });
        let customer = row.customer.clone();
        let topic = Topic::Checkout(checkout.to_owned());
        self.happened(&mut state, "checkout.session.completed", topic, customer);
    }

    fn confirm(&self, checkout: &str, to: CheckoutState, kind: &str) {
        let mut state = self.state();
        let (row, price) = state.checkouts.get_mut(checkout).expect("a purchase");
        row.state = to;
        let customer = row.customer.clone();
        if to == CheckoutState::Paid {
            let id = format!("pi_{checkout}");
            let amount = price.clone();
            row.payment = Some(id.clone());
            row.total = Some(amount.clone());
            let payment = Payment {
                id: id.clone(),
                captured: amount,
                refunded_minor: 0,
                order: row.order,
                customer: customer.clone(),
                receipt_url: Some(format!("https://pay.example/receipts/{id}")),
                live: Some(false),
            };
            state.payments.insert(id.clone(), payment);
            // It comes as well, and leads to the same purchase.
            self.happened(&mut state, "payment_intent.succeeded", Topic::Other, customer.clone());
        }
        self.happened(&mut state, kind, Topic::Checkout(checkout.to_owned()), customer);
    }

    /// Money goes back from the dashboard; answers the refund's id.
    pub fn send_back(&self, payment: &str, minor: u64) -> String {
        let mut state = self.state();
        let id = format!("re_{}", state.refunds.len() + 1);
        let row = state.payments.get_mut(payment).expect("a payment");
        row.refunded_minor += minor;
        assert!(row.refunded_minor <= row.captured.minor, "no more than was paid");
        let customer = row.customer.clone();
        state.refunds.push((id.clone(), payment.to_owned(), minor));
        let topic = Topic::Payment(payment.to_owned());
        self.happened(&mut state, "charge.refunded", topic, customer);
        id
    }

    /// The bank sends a refund back.
    pub fn fail_refund(&self, refund: &str) {
        let mut state = self.state();
        let at = state.refunds.iter().position(|(id, ..)| id == refund).expect("a refund");
        let (_, payment, minor) = state.refunds.remove(at);
        let row = state.payments.get_mut(&payment).expect("a payment");
        row.refunded_minor -= minor;
        let customer = row.customer.clone();
        self.happened(&mut state, "refund.failed", Topic::Payment(payment), customer);
    }

    /// Something happened that the test makes up; answers the event.
    pub fn emit(&self, kind: &str, topic: Topic, customer: Option<String>) -> Notice {
        let mut state = self.state();
        self.happened(&mut state, kind, topic, customer)
    }

    /// The same in live mode, as from another endpoint's secret.
    pub fn emit_live(&self, kind: &str, topic: Topic) -> Notice {
        let mut state = self.state();
        let mut notice = self.happened(&mut state, kind, topic, None);
        notice.live = true;
        if let Some(last) = state.events.last_mut() {
            last.live = true;
        }
        notice
    }

    /// Somebody else who uses the same provider account made this purchase, and perhaps paid it;
    /// answers the notice about it. The id it is asked for by may be another than it tells.
    pub fn neighbour(&self, id: &str, checkout: Checkout, payment: Option<Payment>) -> Notice {
        let mut state = self.state();
        let customer = checkout.customer.clone();
        let price = Money { minor: checkout.subtotal.unwrap_or(0), currency: "usd".to_owned() };
        state.neighbours.insert(id.to_owned());
        state.checkouts.insert(id.to_owned(), (checkout, price));
        if let Some(payment) = payment {
            state.payments.entry(payment.id.clone()).or_insert(payment);
        }
        let topic = Topic::Checkout(id.to_owned());
        self.happened(&mut state, "checkout.session.completed", topic, customer)
    }

    /// The next openings are done, and the provider's answer is lost on the way.
    pub fn lose_answers(&self, lost: bool) {
        self.state().loses = lost;
    }

    /// From now on customers, or openings, are refused with these codes.
    pub fn refuse(&self, customers: Option<&'static str>, openings: Option<&'static str>) {
        let mut state = self.state();
        (state.refuses_customers, state.refuses_openings) = (customers, openings);
    }

    /// The price's amount changes at the provider.
    pub fn reprice(&self, key: &str, amount: Money) {
        let mut state = self.state();
        let named = |price: &&mut Price| price.lookup_key.as_deref() == Some(key);
        state.prices.iter_mut().find(named).expect("a price").amount = amount;
    }

    /// A purchase as it would be told now.
    pub fn told(&self, checkout: &str) -> Checkout {
        self.state().checkouts[checkout].0.clone()
    }

    /// The purchase that was opened for an order, known here or not.
    pub fn opened(&self, order: OrderId) -> Option<String> {
        self.state().orders.get(&order).map(|open| open.id.clone())
    }

    /// Whether nothing more will happen to a purchase.
    pub fn is_over(&self, checkout: &str) -> bool {
        let state = self.state();
        let (row, _) = &state.checkouts[checkout];
        !matches!(row.state, CheckoutState::Open | CheckoutState::Unpaid)
    }

    /// Whether its money is on its way.
    pub fn is_on_its_way(&self, checkout: &str) -> bool {
        self.state().checkouts[checkout].0.state == CheckoutState::Unpaid
    }

    /// What a purchase costs.
    pub fn price_of(&self, checkout: &str) -> Money {
        self.state().checkouts[checkout].1.clone()
    }

    /// All payments as they are: an oracle's view. What was paid by which purchase, and how much
    /// of it has gone back; none for free ones.
    pub fn paid(&self) -> Vec<(Checkout, Option<Payment>)> {
        let state = self.state();
        let ours = state.checkouts.iter().filter(|(id, _)| !state.neighbours.contains(*id));
        let paid = ours.map(|(_, row)| row).filter(|(row, _)| row.state == CheckoutState::Paid);
        let payment = |row: &Checkout| row.payment.as_ref().map(|id| state.payments[id].clone());
        paid.map(|(row, _)| (row.clone(), payment(row))).collect()
    }

    fn happened(
        &self,
        state: &mut State,
        kind: &str,
        topic: Topic,
        customer: Option<String>,
    ) -> Notice {
        let id = format!("evt_{}", state.events.len() + 1);
        let notice = Notice {
            body: format!("{{\"id\":\"{id}\",\"type\":\"{kind}\"}}").into_bytes(),
            id,
            kind: kind.to_owned(),
            topic,
            customer,
            api_version: None,
            live: false,
            created_at: self.clock.now(),
        };
        state.events.push(notice.clone());
        notice
    }
}

fn refused(code: &str) -> PaymentError {
    PaymentError::Refused { code: code.to_owned(), says: "no".to_owned() }
}

#[async_trait]
impl Payments for FakePayments {
    fn mode(&self) -> PaymentMode {
        PaymentMode::Test
    }

    async fn customer(&self, account: AccountId, _: &Email) -> Result<String, PaymentError> {
        let mut state = self.called()?;
        if let Some(code) = state.refuses_customers {
            return Err(refused(code));
        }
        let customer = state.customers.entry(account).or_insert(format!("cus_{account}"));
        Ok(customer.clone())
    }

    async fn prices(&self, names: &[String]) -> Result<Vec<Price>, PaymentError> {
        let state = self.called()?;
        let wanted = |price: &&Price| {
            names.iter().any(|name| *name == price.id || price.lookup_key.as_ref() == Some(name))
        };
        Ok(state.prices.iter().filter(wanted).cloned().collect())
    }

    async fn open(&self, new: &NewCheckout) -> Result<OpenCheckout, PaymentError> {
        let mut state = self.called()?;
        if let Some(open) = state.orders.get(&new.order) {
            return Ok(open.clone());
        }
        if let Some(code) = state.refuses_openings {
            return Err(refused(code));
        }
        let price = state.prices.iter().find(|price| price.id == new.price);
        let amount = price.ok_or(PaymentError::NotFound("price"))?.amount.clone();
        let id = format!("cs_{}", state.checkouts.len() + 1);
        let checkout = Checkout {
            id: id.clone(),
            order: Some(new.order),
            account: Some(new.account),
            customer: Some(new.customer.clone()),
            once: true,
            items: Some(vec![CheckoutItem { price: new.price.clone(), quantity: 1 }]),
            state: CheckoutState::Open,
            payment: None,
            subtotal: Some(amount.minor),
            discount: 0,
            extra: 0,
            total: Some(amount.clone()),
            live: Some(false),
        };
        let open = OpenCheckout {
            url: format!("https://pay.example/{id}"),
            expires_at: self.clock.now() + SignedDuration::from_hours(24),
            id: id.clone(),
        };
        state.checkouts.insert(id, (checkout, amount));
        state.orders.insert(new.order, open.clone());
        if state.loses {
            return Err(Fault::passing("payments", "the answer was lost").into());
        }
        Ok(open)
    }

    async fn checkout(&self, id: &str) -> Result<Checkout, PaymentError> {
        let state = self.called()?;
        let found = state.checkouts.get(id).map(|(row, _)| row.clone());
        found.ok_or(PaymentError::NotFound("purchase"))
    }

    async fn checkout_of(&self, payment: &str) -> Result<Option<Checkout>, PaymentError> {
        let state = self.called()?;
        let mut rows = state.checkouts.values().map(|(row, _)| row);
        Ok(rows.find(|row| row.payment.as_deref() == Some(payment)).cloned())
    }

    async fn payment(&self, id: &str) -> Result<Payment, PaymentError> {
        let state = self.called()?;
        state.payments.get(id).cloned().ok_or(PaymentError::NotFound("payment"))
    }

    async fn refund(
        &self,
        payment: &str,
        minor: Option<u64>,
        key: &str,
    ) -> Result<(), PaymentError> {
        let all = {
            let mut state = self.called()?;
            if !state.keys.insert(key.to_owned()) {
                return Ok(());
            }
            let row = state.payments.get(payment).ok_or(PaymentError::NotFound("payment"))?;
            row.captured.minor - row.refunded_minor
        };
        let minor = minor.unwrap_or(all);
        if minor > all || minor == 0 {
            let code = "charge_already_refunded".to_owned();
            return Err(PaymentError::Refused { code, says: "not that much is left".to_owned() });
        }
        self.send_back(payment, minor);
        Ok(())
    }

    async fn undelivered(&self, after: Option<&str>) -> Result<Undelivered, PaymentError> {
        let state = self.called()?;
        let lost = state.events.iter().filter(|event| !state.delivered.contains(&event.id));
        let mut notices: Vec<_> = lost
            .skip_while(|event| after.is_some_and(|after| event.id != after))
            .cloned()
            .collect();
        if after.is_some() && !notices.is_empty() {
            notices.remove(0);
        }
        let more = notices.len() > PAGE;
        notices.truncate(PAGE);
        let next = notices.last().filter(|_| more).map(|last| last.id.clone());
        Ok(Undelivered { notices, next })
    }
}

impl PaymentPush for FakePayments {
    fn verify(
        &self,
        signature: Option<&str>,
        body: &[u8],
        _: Timestamp,
    ) -> Result<Notice, NoticeRefused> {
        match signature {
            None => return Err(NoticeRefused::Unsigned),
            Some(SIGNATURE) => {}
            Some(_) => return Err(NoticeRefused::Forged),
        }
        let id = std::str::from_utf8(body).map_err(|_| NoticeRefused::Unreadable)?;
        let state = self.state();
        let known = state.events.iter().find(|event| event.id == id);
        known.cloned().ok_or(NoticeRefused::Unreadable)
    }
}
