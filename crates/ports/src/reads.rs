//! Questions about what is recorded. Every answer about somebody's rows is scoped to the account:
//! somebody else's id is answered as if it did not exist.

use async_trait::async_trait;
use safelight_domain::{
    Account, AccountId, AccountStatus, ApiKey, Challenge, ChallengeId, Charge, ChargeId, Credits,
    Deed, DeedName, Delivery, DeliveryState, Discard, Email, Event, EventId, Folder, FolderId,
    Former, Generation, GenerationId, Image, ImageFilter, ImageId, KeyId, Line, Lot, Mac,
    ModelSlug, Order, OrderId, PackOrder, PaymentMode, Render, RenderId, RenderStatus, Search,
    Session, SessionHash, SignedDuration, Spender, Timestamp, User,
};

use crate::{Costs, Fault};

/// Where a page of a list begins: opaque to everybody but the store that gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor(pub u128);

/// Which part of a list, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// After this place; from the newest when none.
    pub after: Option<Cursor>,
    /// At most so many, at least one.
    pub limit: u16,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paged<T> {
    /// The rows, newest first.
    pub items: Vec<T>,
    /// Where the next page begins; none at the end.
    pub next: Option<Cursor>,
}

/// A generation with its renders in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenerationStatus {
    /// The press of the button.
    pub generation: Generation,
    /// Its renders by index.
    pub renders: Vec<RenderStatus>,
}

impl GenerationStatus {
    /// Whether a picture of it is still in the making.
    pub fn is_unfinished(&self) -> bool {
        self.unfinished().next().is_some()
    }

    /// Its pictures that are still in the making.
    pub fn unfinished(&self) -> impl Iterator<Item = &RenderStatus> {
        self.renders.iter().filter(|render| !render.render.state.is_final())
    }
}

/// All the pipeline must know of one render.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The row.
    pub render: Render,
    /// What to make, with this render's own seed.
    pub order: Order,
    /// Where the picture is filed.
    pub folder_id: Option<FolderId>,
}

/// The pictures beside one, in the order of a list: newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Neighbours {
    /// The one before it; none at the newest.
    pub newer: Option<ImageId>,
    /// The one after it; none at the oldest.
    pub older: Option<ImageId>,
}

/// A month somebody has pictures of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GalleryMonth {
    /// When its newest picture was stored.
    pub newest: Timestamp,
    /// Where a page that begins with that picture begins.
    pub from: Cursor,
}

/// An order with what its returns took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderStatus {
    /// The row.
    pub order: PackOrder,
    /// Credits taken back because money went back.
    pub taken: Credits,
    /// The part of them that became a debt and was not forgiven.
    pub owed: Credits,
}

/// Which deliveries; all when nothing is given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeliveryFilter {
    /// Of this state.
    pub state: Option<DeliveryState>,
    /// Of this type, such as `charge.refunded`.
    pub kind: Option<String>,
}

/// Which deeds; all when nothing is given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrailFilter {
    /// That touch this account.
    pub account: Option<AccountId>,
    /// By exactly this actor, such as `cli`.
    pub actor: Option<String>,
    /// Of this name.
    pub name: Option<DeedName>,
}

/// How the inbox stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InboxLoad {
    /// Deliveries to be acted on.
    pub pending: u64,
    /// Those of them that were tried at least once.
    pub retried: u64,
    /// Deliveries of another mode, left for a person.
    pub parked: u64,
    /// Deliveries that were tried too often, left for a person.
    pub dead: u64,
    /// When the newest came in.
    pub newest: Option<Timestamp>,
}

/// Counts of the whole studio, for readiness and the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    /// Renders waiting for a place at the provider.
    pub pending: u64,
    /// Renders at the provider, or being stored.
    pub live: u64,
    /// Renders whose `next_at` is more than a minute past: nobody is working.
    pub overdue: u64,
}

/// Answers from what is recorded.
#[async_trait]
pub trait Reads: Send + Sync {
    /// An account with its user.
    async fn account(&self, id: AccountId) -> Result<Option<(Account, User)>, Fault>;

    /// The same, by the canonical form of the user's address.
    async fn account_of(&self, email: &str) -> Result<Option<(Account, User)>, Fault>;

    /// A key with the standing of its account, whoever owns it: this is how a caller is known.
    /// One that is about to be deleted stands as a frozen one.
    async fn key(&self, id: KeyId) -> Result<Option<(ApiKey, AccountStatus)>, Fault>;

    /// The account's keys with what they have spent, newest first, at most 1,000.
    async fn keys(&self, account: AccountId) -> Result<Vec<Spender>, Fault>;

    /// One of the account's keys with what it has spent.
    async fn spender(&self, account: AccountId, id: KeyId) -> Result<Option<Spender>, Fault>;

    /// The session with this digest of its cookie, with its user and the standing of its account.
    async fn session(
        &self,
        hash: SessionHash,
    ) -> Result<Option<(Session, User, AccountStatus)>, Fault>;

    /// The account's sessions that were not ended, newest first, at most 100.
    async fn sessions(&self, account: AccountId) -> Result<Vec<Session>, Fault>;

    /// A sign-in attempt.
    async fn challenge(&self, id: ChallengeId) -> Result<Option<Challenge>, Fault>;

    /// Whether a mailbox (a keyed digest) opened an account before.
    async fn mailbox_used(&self, mailbox: Mac) -> Result<bool, Fault>;

    /// Accounts whose mailbox is not among those yet, with their address.
    async fn unnoted_mailboxes(&self, limit: u16) -> Result<Vec<(AccountId, Email)>, Fault>;

    /// The account's lots with something left, in burn order. Dead ones not yet swept are among
    /// them: judge by [`Lot::alive`].
    async fn lots(&self, account: AccountId) -> Result<Vec<Lot>, Fault>;

    /// A charge.
    async fn charge(&self, account: AccountId, id: ChargeId) -> Result<Option<Charge>, Fault>;

    /// The journal, newest first.
    async fn lines(&self, account: AccountId, page: Page) -> Result<Paged<Line>, Fault>;

    /// An order.
    async fn order(&self, account: AccountId, id: OrderId) -> Result<Option<OrderStatus>, Fault>;

    /// Orders, newest first.
    async fn orders(&self, account: AccountId, page: Page) -> Result<Paged<OrderStatus>, Fault>;

    /// An order as the inbox sees it, whoever made it.
    async fn any_order(&self, id: OrderId) -> Result<Option<PackOrder>, Fault>;

    /// The order that was opened as this purchase, whoever made it.
    async fn order_of_checkout(
        &self,
        mode: PaymentMode,
        checkout: &str,
    ) -> Result<Option<PackOrder>, Fault>;

    /// The order that was paid by this payment, whoever made it.
    async fn order_of_payment(
        &self,
        mode: PaymentMode,
        payment: &str,
    ) -> Result<Option<PackOrder>, Fault>;

    /// Orders of this mode that were opened at the provider and are neither paid nor given up,
    /// made before `before`, oldest first, those after `after` alone.
    async fn waiting_orders(
        &self,
        mode: PaymentMode,
        before: Timestamp,
        after: Option<OrderId>,
        limit: u16,
    ) -> Result<Vec<OrderId>, Fault>;

    /// The account's customer at the payment provider.
    async fn customer(
        &self,
        account: AccountId,
        mode: PaymentMode,
    ) -> Result<Option<String>, Fault>;

    /// The account of a customer there.
    async fn account_of_customer(
        &self,
        mode: PaymentMode,
        customer: &str,
    ) -> Result<Option<AccountId>, Fault>;

    /// A delivery.
    async fn delivery(&self, event: &EventId) -> Result<Option<Delivery>, Fault>;

    /// Deliveries that match, newest first.
    async fn deliveries(
        &self,
        filter: &DeliveryFilter,
        page: Page,
    ) -> Result<Paged<Delivery>, Fault>;

    /// How the inbox stands.
    async fn inbox(&self) -> Result<InboxLoad, Fault>;

    /// A generation with its renders.
    async fn generation(
        &self,
        account: AccountId,
        id: GenerationId,
    ) -> Result<Option<GenerationStatus>, Fault>;

    /// Generations, newest first.
    async fn generations(
        &self,
        account: AccountId,
        page: Page,
    ) -> Result<Paged<GenerationStatus>, Fault>;

    /// Generations with a render still in the making, newest first: as few as are under way.
    async fn unfinished(&self, account: AccountId) -> Result<Vec<GenerationStatus>, Fault>;

    /// A render.
    async fn render(&self, account: AccountId, id: RenderId)
    -> Result<Option<RenderStatus>, Fault>;

    /// A render as the pipeline sees it, whoever owns it.
    async fn job(&self, id: RenderId) -> Result<Option<Job>, Fault>;

    /// How long the newest pictures of everybody took, newest first, at most `limit`, from the intent
    /// to send them until they were stored. Pictures that were brought along are not among them.
    async fn times(&self, limit: u16) -> Result<Vec<(ModelSlug, SignedDuration)>, Fault>;

    /// What the account asked for, newest first, at most `limit`; each wording once. With a search
    /// only what it matches ([`Search::matches_request`]), among the newest so many thousand.
    async fn wordings(
        &self,
        account: AccountId,
        search: Option<&Search>,
        limit: u16,
    ) -> Result<Vec<Generation>, Fault>;

    /// A picture, in the trash or not.
    async fn image(&self, account: AccountId, id: ImageId) -> Result<Option<Image>, Fault>;

    /// Pictures that match, newest first.
    async fn images(
        &self,
        account: AccountId,
        filter: &ImageFilter,
        page: Page,
    ) -> Result<Paged<Image>, Fault>;

    /// The pictures that match and stand next to this one, which need not match itself: it may just
    /// have been trashed. Nobody when it is not the account's.
    async fn neighbours(
        &self,
        account: AccountId,
        filter: &ImageFilter,
        id: ImageId,
    ) -> Result<Neighbours, Fault>;

    /// The ids of pictures that match, from a place of the list on, newest first, at most `limit`.
    async fn image_ids(
        &self,
        account: AccountId,
        filter: &ImageFilter,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Vec<ImageId>, Fault>;

    /// How many pictures that match are newer than this one, at most `limit`. None when it is not
    /// the account's.
    async fn newer_images(
        &self,
        account: AccountId,
        filter: &ImageFilter,
        id: ImageId,
        limit: u32,
    ) -> Result<u32, Fault>;

    /// The account's pictures that were remixed from this one, oldest first, at most `limit`; those
    /// in the trash aside.
    async fn remixes(
        &self,
        account: AccountId,
        id: ImageId,
        limit: u16,
    ) -> Result<Vec<Image>, Fault>;

    /// The months the account has pictures of, newest first, those in the trash aside.
    async fn months(&self, account: AccountId) -> Result<Vec<GalleryMonth>, Fault>;

    /// All folders of the account, by name.
    async fn folders(&self, account: AccountId) -> Result<Vec<Folder>, Fault>;

    /// The account's feed after `seq`, oldest first, at most `limit`; none when rows after `seq`
    /// may have been pruned, so that the reader must look at everything again.
    async fn events(
        &self,
        account: AccountId,
        seq: u64,
        limit: u16,
    ) -> Result<Option<Vec<Event>>, Fault>;

    /// The seq of the account's newest event; 0 before the first.
    async fn last_event(&self, account: AccountId) -> Result<u64, Fault>;

    /// Accounts with lots that are dead at `now` and not yet swept, at most `limit`.
    async fn accounts_to_sweep(&self, now: Timestamp, limit: u16) -> Result<Vec<AccountId>, Fault>;

    /// Deeds that match, newest first.
    async fn deeds(&self, filter: &TrailFilter, page: Page) -> Result<Paged<Deed>, Fault>;

    /// The former address whose undo link's token has this digest.
    async fn former(&self, token: Mac) -> Result<Option<Former>, Fault>;

    /// Accounts whose grace is over and which are not closed yet, at most `limit`.
    async fn leaving(&self, now: Timestamp, limit: u16) -> Result<Vec<AccountId>, Fault>;

    /// Pictures put in the trash at `before` or earlier, oldest first, at most `limit`.
    async fn expired_trash(
        &self,
        before: Timestamp,
        limit: u16,
    ) -> Result<Vec<(AccountId, ImageId)>, Fault>;

    /// Renders whose objects must still leave the bucket, oldest first, at most `limit`.
    async fn discards(&self, limit: u16) -> Result<Vec<Discard>, Fault>;

    /// What the renders of each model came to that ended from `since` on and before `until`,
    /// everybody's, by slug. Reads all of them.
    async fn costs(
        &self,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<(ModelSlug, Costs)>, Fault>;

    /// What is going on. An answer at all means that the store can be read.
    async fn load(&self, now: Timestamp) -> Result<Load, Fault>;
}
