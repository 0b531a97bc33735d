//! A store with its reads, its clock and its ids, and the acts tests do with them.

use std::sync::Arc;

use safelight_domain::{
    AccountId, ActionName, Actor, Change, Changes, ChargeId, Count, Credits, Delivery,
    DeliveryState, EventId, Generation, GenerationChange, GenerationId, Grant, Image, ImageId,
    LedgerChange, LotId, LotKind, Money, Order, OrderId, OrderState, PackName, PackOrder,
    PaymentMode, Refusal, Render, RenderChange, RenderId, RenderStatus, Request, SignedDuration,
    SourceRef, Step, Timestamp, Topic,
};
use safelight_ports::{Claimed, CommitError, Dispatch, Ids, Reads, Store, Watch};

use crate::{ManualClock, contract::provider::order, people::Person};

/// How long a dispatch or a claim of [`Darkroom`] lasts.
pub const LEASE: SignedDuration = SignedDuration::from_mins(1);
/// How long after its request a render of [`Darkroom`] has its deadline.
pub const DEADLINE: SignedDuration = SignedDuration::from_hours(1);

/// A store under test. Whatever goes wrong without being a refusal fails the test.
#[derive(Clone)]
pub struct Darkroom {
    /// Where facts are recorded.
    pub store: Arc<dyn Store>,
    /// What was recorded.
    pub reads: Arc<dyn Reads>,
    /// What an operator asks.
    pub watch: Arc<dyn Watch>,
    /// The store's own clock.
    pub clock: Arc<ManualClock>,
    /// Names for new things.
    pub ids: Arc<dyn Ids>,
}

impl Darkroom {
    /// Now, as the store sees it.
    pub fn now(&self) -> Timestamp {
        use safelight_ports::Clock;
        self.clock.now()
    }

    /// Opens a person's account and gives them their credits.
    pub async fn join(&self, person: &Person) -> AccountId {
        self.record(person.joining()).await.expect("a person joins once");
        person.account.id
    }

    /// Commits changes of one account.
    pub async fn commit(&self, account: AccountId, list: Vec<Change>) -> Result<u32, Refusal> {
        self.record(Changes::of(account, list)).await.map(|receipt| receipt.balance.get())
    }

    /// Commits; a fault fails the test.
    pub async fn record(&self, changes: Changes) -> Result<safelight_domain::Receipt, Refusal> {
        self.store.commit(changes).await.map_err(|error| match error {
            CommitError::Refused(refusal) => refusal,
            CommitError::Fault(fault) => panic!("{fault}: {}", fault.source),
        })
    }

    /// A gift of `amount`, each for a fact of its own.
    pub fn gift(&self, amount: u32, expires_at: Timestamp) -> Change {
        let lot = LotId(self.ids.next());
        let source = SourceRef::parse(format!("gift:{lot}")).expect("a source");
        let amount = credits(amount);
        let kind = LotKind::Promo;
        let grant = Grant { lot, kind, amount, expires_at, source, reason: None };
        Change::Ledger(LedgerChange::Grant(grant, Actor::system()))
    }

    /// A paid act that is not a picture.
    pub fn charge(&self, price: u32) -> (ChargeId, Change) {
        let id = ChargeId(self.ids.next());
        let action = ActionName::parse("export").expect("a name");
        (
            id,
            Change::Ledger(LedgerChange::Charge {
                id,
                action,
                price: credits(price),
                actor: Actor::system(),
            }),
        )
    }

    /// A request for `count` pictures at `each` credits, with the renders it will have.
    pub fn request(&self, of: AccountId, count: u8, each: u32) -> (Changes, Vec<RenderId>) {
        self.request_for(of, count, each, order())
    }

    /// The same, of `order`.
    pub fn request_for(
        &self,
        of: AccountId,
        count: u8,
        each: u32,
        order: Order,
    ) -> (Changes, Vec<RenderId>) {
        let now = self.now();
        let generation = Generation {
            id: GenerationId(self.ids.next()),
            account_id: of,
            order,
            count: Count::new(count.into()).expect("1 to 4"),
            folder_id: None,
            remix_of: None,
            created_at: now,
        };
        let subject = generation.id.0;
        let ids: Vec<_> =
            (0..count).map(|_| (RenderId(self.ids.next()), ChargeId(self.ids.next()))).collect();
        let renders = ids.iter().map(|(render, _)| *render).collect();
        let actor = Actor::system();
        let deadline = now + DEADLINE;
        let request = Request { generation, ids, each: credits(each), deadline, actor };
        (Changes::of(of, [GenerationChange::Request(request)]).about(subject), renders)
    }

    /// Asks for `count` pictures at one credit.
    pub async fn ask(&self, of: AccountId, count: u8) -> Vec<RenderId> {
        let (changes, renders) = self.request(of, count, 1);
        self.record(changes).await.expect("the account can pay");
        renders
    }

    /// Hands out what is due.
    pub async fn dispatch(&self, in_flight: u16) -> Vec<Render> {
        let due = self.now();
        let live_since = due - SignedDuration::from_hours(24);
        let order = Dispatch { due, until: due + LEASE, in_flight, live_since };
        self.store.dispatch(order).await.expect("a dispatch")
    }

    /// Leases what is due.
    pub async fn claim(&self, limit: u16) -> Claimed {
        let due = self.now();
        self.store.claim(due, due + LEASE, limit).await.expect("a claim")
    }

    /// The provider took a dispatched render.
    pub async fn submitted(&self, render: &Render) {
        let request_id = format!("scripted-{}", render.id);
        let step = Step::Submitted { attempt: render.attempt, request_id, next_at: self.now() };
        let advance = Change::Render(RenderChange::Advance(render.id, step));
        self.commit(render.account_id, vec![advance]).await.expect("nobody else moves it");
    }

    /// Asks, hands out and submits: renders that wait at the provider.
    pub async fn waiting(&self, of: AccountId, count: u8) -> Vec<Render> {
        let asked = self.ask(of, count).await;
        let renders = self.dispatch(u16::MAX).await;
        let mine: Vec<_> = renders.into_iter().filter(|r| asked.contains(&r.id)).collect();
        for render in &mine {
            self.submitted(render).await;
        }
        mine
    }

    /// The ending with a picture.
    pub fn store_of(&self, render: &Render) -> (ImageId, Change) {
        let image = Image {
            id: ImageId(self.ids.next()),
            account_id: render.account_id,
            render_id: render.id,
            generation_id: render.generation_id,
            prompt: order().prompt,
            model: order().model,
            seed: render.seed,
            width: 512,
            height: 512,
            bytes: 1_000,
            media_type: "image/png".to_owned(),
            thumbhash: vec![1, 2, 3],
            liked: false,
            folder_id: None,
            trashed_at: None,
            created_at: self.now(),
        };
        (image.id, Change::Render(RenderChange::Store { image, cost_micros: Some(3_000) }))
    }

    /// Makes a picture from the request to the storing.
    pub async fn picture(&self, of: AccountId) -> ImageId {
        let render = self.waiting(of, 1).await.pop().expect("there is room");
        let (id, store) = self.store_of(&render);
        self.commit(of, vec![store]).await.expect("nobody else ends it");
        id
    }

    /// A render as it is shown.
    pub async fn shown(&self, of: AccountId, id: RenderId) -> RenderStatus {
        self.reads.render(of, id).await.expect("a read").expect("a render")
    }

    /// Credits that can be spent now.
    pub async fn balance(&self, of: AccountId) -> u32 {
        let lots = self.reads.lots(of).await.expect("a read");
        let now = self.now();
        lots.iter().filter(|lot| lot.alive(now)).map(|lot| lot.remaining.get()).sum()
    }
}

/// An order of so many credits for 9.99, open.
pub fn pack_order(id: OrderId, of: AccountId, amount: u32, now: Timestamp) -> PackOrder {
    PackOrder {
        id,
        account_id: of,
        mode: PaymentMode::Play,
        pack: PackName::parse("small").expect("a name"),
        credits: credits(amount),
        expires_days: None,
        money: Money::price(999, "usd").expect("a price"),
        price: None,
        customer: None,
        return_to: None,
        state: OrderState::Open,
        checkout: None,
        lapses_at: None,
        payment: None,
        captured: 0,
        refunded: 0,
        reason: None,
        receipt_url: None,
        created_at: now,
        settled_at: None,
    }
}

/// A notice about a purchase, as it is kept.
pub fn delivery(event: &EventId, checkout: &str, now: Timestamp) -> Delivery {
    Delivery {
        event: event.clone(),
        kind: "checkout.session.completed".to_owned(),
        topic: Topic::Checkout(checkout.to_owned()),
        customer: Some("cus".to_owned()),
        api_version: None,
        live: false,
        created_at: now,
        received_at: now,
        headers: String::new(),
        body: b"{}".to_vec(),
        state: DeliveryState::Pending,
        attempts: 0,
        next_at: Some(now),
        last_error: None,
        effect: None,
    }
}

/// A small amount.
pub fn credits(amount: u32) -> Credits {
    Credits::new(amount).expect("a small amount")
}
