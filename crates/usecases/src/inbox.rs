//! The inbox: every notice of the payment provider is kept, then acted on until it is done.
//!
//! Invariant: a notice only says where to look. Its effect and its mark are one commit, and the
//! effect's keys are of the business, so a notice that comes twice, late, reordered or not at all
//! ends in the same books.

mod catch_up;
mod replay;
mod work;

use std::sync::Arc;

use safelight_domain::{
    Change, Changes, Delivery, DeliveryState, EventChange, EventId, Mark, OrderChange, OrderId,
    PaymentMode, Refusal, SignedDuration, Timestamp, Topic, UnownedEventChange,
};
use safelight_ports::{
    Checkout, DeliveryFilter, Fault, InboxLoad, Notice, NoticeRefused, Page, Paged, Payments, chain,
};
use tokio::sync::Notify;

use crate::{
    Error, Vitals, World,
    order::{Brought, Orders, trouble},
    sweep::Sweep,
    vitals::contain,
};

pub use catch_up::CaughtUp;
pub use replay::Rehearsal;

/// How long a delivery in hand belongs to whoever took it.
const LEASE: SignedDuration = SignedDuration::from_mins(4);
/// How often something that may pass is tried: about a day, with the pauses below.
const TRIES: u32 = 30;
/// How often what will hardly pass is tried: some twenty minutes.
const FEW_TRIES: u32 = 8;
/// The longest pause between two attempts.
const PAUSE: SignedDuration = SignedDuration::from_hours(1);
/// The most of an error worth keeping.
const ERROR_MOST: usize = 500;

/// Keeps and applies notices. Clones share their wake-up call.
#[derive(Clone)]
pub struct Inbox {
    world: Arc<World>,
    orders: Orders,
    wake: Arc<Notify>,
    vitals: Vitals,
    /// Waiting orders that could not be asked about.
    asked: Sweep<OrderId>,
    /// Undelivered events that could not be kept.
    fetched: Sweep<String>,
}

/// What acting on a delivery comes to.
enum Plan {
    /// No order's affair.
    Changes(Changes),
    /// An order is brought to what the provider says.
    Order(Box<Brought>),
}

/// Why a push was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// It proves nothing.
    #[error(transparent)]
    Refused(#[from] NoticeRefused),
    /// It was not kept; it should be sent again.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl Inbox {
    /// The name of the task that drives it.
    pub(crate) const NAME: &'static str = "inbox";

    pub(crate) fn new(world: Arc<World>, orders: Orders, vitals: Vitals) -> Self {
        let (asked, fetched) = (Sweep::new("a waiting order"), Sweep::new("an undelivered event"));
        Self { world, orders, wake: Arc::default(), vitals, asked, fetched }
    }

    /// Proves a push and keeps it. It is on disk when this answers; nothing was done about it yet.
    /// `headers` are those worth keeping, a line each; never the signature.
    pub async fn receive(
        &self,
        signature: Option<&str>,
        headers: String,
        body: &[u8],
    ) -> Result<(), ReceiveError> {
        let push = self.world.payment_push.as_ref().ok_or(Error::Refused(Refusal::NotFound))?;
        let notice = push.verify(signature, body, self.now())?;
        self.keep(notice, headers).await?;
        self.wake.notify_one();
        Ok(())
    }

    async fn keep(&self, notice: Notice, headers: String) -> Result<(), Error> {
        let now = self.now();
        let delivery = Delivery {
            event: EventId::parse(notice.id)?,
            kind: notice.kind,
            topic: notice.topic,
            customer: notice.customer,
            api_version: notice.api_version,
            live: notice.live,
            created_at: notice.created_at,
            received_at: now,
            headers,
            body: notice.body,
            state: DeliveryState::Pending,
            attempts: 0,
            next_at: Some(now),
            last_error: None,
            effect: None,
        };
        self.commit(Changes::unowned([UnownedEventChange::Receive(Box::new(delivery))])).await
    }

    /// Deliveries, newest first; of one state when it is given.
    pub async fn list(
        &self,
        state: Option<DeliveryState>,
        page: Page,
    ) -> Result<Paged<Delivery>, Error> {
        let filter = DeliveryFilter { state, kind: None };
        Ok(self.world.reads.deliveries(&filter, page).await?)
    }

    /// One delivery.
    pub async fn get(&self, event: &EventId) -> Result<Delivery, Error> {
        self.world.reads.delivery(event).await?.ok_or(Refusal::NotFound.into())
    }

    /// How the inbox stands.
    pub async fn load(&self) -> Result<InboxLoad, Error> {
        Ok(self.world.reads.inbox().await?)
    }

    /// Acts on a delivery in hand and marks it, or puts it back with the reason.
    async fn attend(&self, delivery: Delivery) {
        let event = delivery.event.clone();
        // A panic is one delivery's own trouble, like any other that will hardly pass.
        let applied = contain("acting on a notice", self.apply(&delivery)).await;
        let applied = applied.unwrap_or_else(|panicked| Err(Fault::from(panicked).into()));
        let Err(error) = applied else { return };
        let passing = match &error {
            Error::Fault(fault) => fault.retryable,
            Error::Refused(refusal) => *refusal == Refusal::Stale,
        };
        let says: String = chain(&error).chars().take(ERROR_MOST).collect();
        tracing::warn!(event = event.as_str(), kind = delivery.kind, error = says, "not applied");
        let most = if passing { TRIES } else { FEW_TRIES };
        let mark = if delivery.attempts >= most {
            Mark::Dead(says)
        } else {
            Mark::Later { next_at: self.later(pause(delivery.attempts)), error: says }
        };
        if let Err(error) = self.mark(&event, mark).await {
            // Its lease runs out by itself.
            tracing::error!(event = event.as_str(), error = %chain(&error), "not put back");
        }
    }

    async fn apply(&self, delivery: &Delivery) -> Result<(), Error> {
        match self.plan(delivery).await? {
            Plan::Changes(changes) => self.commit(changes).await,
            Plan::Order(brought) => self.orders.bring(*brought, Some(&delivery.event)).await,
        }
    }

    /// What acting on a delivery comes to, by what the provider says now: its effect and its mark.
    async fn plan(&self, delivery: &Delivery) -> Result<Plan, Error> {
        let event = &delivery.event;
        let payments = self.orders.payments()?;
        let ignored = |why: &str| Ok(Plan::Changes(marked(event, Mark::Ignored(why.to_owned()))));
        if delivery.topic == Topic::Other {
            return ignored("nothing the studio acts on");
        }
        if delivery.live != (payments.mode() == PaymentMode::Live) {
            let ours = payments.mode().as_str();
            let theirs = if delivery.live { "live" } else { "test" };
            let says = format!("it is of {theirs} mode and the key is of {ours} mode");
            return Ok(Plan::Changes(marked(event, Mark::Parked(says))));
        }
        let checkout = match &delivery.topic {
            Topic::Other => None,
            Topic::Checkout(id) => {
                let told = payments.checkout(id).await.map_err(trouble)?;
                if told.id != *id {
                    let says = format!("asked about {id}, the provider told about {}", told.id);
                    return ignored(&says);
                }
                Some(told)
            }
            Topic::Payment(id) => self.checkout_of(payments, id).await?,
            Topic::CustomerGone(id) => {
                return self.forget(event, payments.mode(), id).await.map(Plan::Changes);
            }
        };
        let Some(checkout) = checkout else { return ignored("no purchase of ours") };
        match self.orders.claimed(&checkout).await? {
            Some(order) => {
                let brought = self.orders.brought_to(payments, &order, &checkout).await?;
                Ok(Plan::Order(Box::new(brought)))
            }
            None => ignored("no order of ours"),
        }
    }

    async fn checkout_of(
        &self,
        payments: &dyn Payments,
        id: &str,
    ) -> Result<Option<Checkout>, Error> {
        let payment = payments.payment(id).await.map_err(trouble)?.id;
        let mode = payments.mode();
        let known = self.world.reads.order_of_payment(mode, &payment).await?;
        if let Some(checkout) = known.and_then(|order| order.checkout) {
            let told = payments.checkout(&checkout).await.map_err(trouble)?;
            return Ok(Some(told).filter(|told| told.id == checkout));
        }
        let found = payments.checkout_of(&payment).await.map_err(trouble)?;
        Ok(found.filter(|told| told.payment.as_ref() == Some(&payment)))
    }

    /// A customer is no more: the account gets a new one when it buys again.
    async fn forget(&self, event: &EventId, mode: PaymentMode, id: &str) -> Result<Changes, Error> {
        let Some(account) = self.world.reads.account_of_customer(mode, id).await? else {
            return Ok(marked(event, Mark::Ignored("no customer of ours".to_owned())));
        };
        let mark = Change::Event(EventChange::Mark(event.clone(), Mark::Applied));
        Ok(Changes::of(account, vec![Change::Order(OrderChange::SetCustomer(mode, None)), mark]))
    }

    async fn mark(&self, event: &EventId, mark: Mark) -> Result<(), Error> {
        self.commit(marked(event, mark)).await
    }

    async fn commit(&self, changes: Changes) -> Result<(), Error> {
        self.world.store.commit(changes).await?;
        Ok(())
    }

    fn now(&self) -> Timestamp {
        self.world.clock.now()
    }

    fn later(&self, by: SignedDuration) -> Timestamp {
        let now = self.now();
        now.saturating_add(by).unwrap_or(now)
    }
}

fn marked(event: &EventId, mark: Mark) -> Changes {
    Changes::unowned([UnownedEventChange::Mark(event.clone(), mark)])
}

/// 5 seconds after the first attempt, twice as long after each further one.
fn pause(attempts: u32) -> SignedDuration {
    let seconds = 5_i64 << attempts.saturating_sub(1).min(12);
    SignedDuration::from_secs(seconds).min(PAUSE)
}
