//! Questions, each on one read-only connection, all by prepared statements.

pub mod access;
mod costs;
mod every_key;
pub mod figures;
pub mod gallery;
mod generations;
mod ledger;
mod line;
mod live;
mod money;
mod months;
mod people;
#[cfg(test)]
mod plans;
mod tasks;
mod trail;
mod watch;

use async_trait::async_trait;
use safelight_domain::{
    Account, AccountId, AccountStatus, ApiKey, Challenge, ChallengeId, Charge, ChargeId, Deed,
    Delivery, Discard, Email, Event, EventId, Folder, Former, Generation, GenerationId, Image,
    ImageFilter, ImageId, KeyId, Line, Lot, Mac, ModelSlug, OrderId, PackOrder, PaymentMode,
    RenderId, RenderStatus, Search, Session, SessionHash, SignedDuration, Spender, Timestamp, User,
};
use safelight_ports::{
    Costs, Cursor, DeliveryFilter, Fault, GalleryMonth, GenerationStatus, InboxLoad, Job, Load,
    Neighbours, OrderStatus, Page, Paged, Reads, TrailFilter,
};

use rusqlite::Connection;

use crate::{
    Sqlite,
    error::Sql,
    lookup::{all, one},
};

#[async_trait]
impl Reads for Sqlite {
    async fn account(&self, id: AccountId) -> Result<Option<(Account, User)>, Fault> {
        self.read(move |db| access::account(db, id)).await
    }

    async fn account_of(&self, email: &str) -> Result<Option<(Account, User)>, Fault> {
        let email = email.to_owned();
        self.read(move |db| access::account_of(db, &email)).await
    }

    async fn key(&self, id: KeyId) -> Result<Option<(ApiKey, AccountStatus)>, Fault> {
        self.read(move |db| access::key(db, id)).await
    }

    async fn keys(&self, account: AccountId) -> Result<Vec<Spender>, Fault> {
        self.read(move |db| access::keys(db, account)).await
    }

    async fn spender(&self, account: AccountId, id: KeyId) -> Result<Option<Spender>, Fault> {
        self.read(move |db| access::spender(db, account, id)).await
    }

    async fn session(
        &self,
        hash: SessionHash,
    ) -> Result<Option<(Session, User, AccountStatus)>, Fault> {
        self.read(move |db| access::session(db, hash)).await
    }

    async fn sessions(&self, account: AccountId) -> Result<Vec<Session>, Fault> {
        self.read(move |db| access::sessions(db, account)).await
    }

    async fn challenge(&self, id: ChallengeId) -> Result<Option<Challenge>, Fault> {
        self.read(move |db| access::challenge(db, id)).await
    }

    async fn mailbox_used(&self, mailbox: Mac) -> Result<bool, Fault> {
        self.read(move |db| access::mailbox_used(db, &mailbox)).await
    }

    async fn unnoted_mailboxes(&self, limit: u16) -> Result<Vec<(AccountId, Email)>, Fault> {
        self.read(move |db| access::unnoted(db, limit)).await
    }

    async fn lots(&self, account: AccountId) -> Result<Vec<Lot>, Fault> {
        self.read(move |db| ledger::lots(db, account)).await
    }

    async fn charge(&self, account: AccountId, id: ChargeId) -> Result<Option<Charge>, Fault> {
        self.read(move |db| ledger::charge(db, account, id)).await
    }

    async fn lines(&self, account: AccountId, page: Page) -> Result<Paged<Line>, Fault> {
        self.read(move |db| ledger::lines(db, account, page)).await
    }

    async fn order(&self, account: AccountId, id: OrderId) -> Result<Option<OrderStatus>, Fault> {
        self.read(move |db| money::order(db, account, id)).await
    }

    async fn orders(&self, account: AccountId, page: Page) -> Result<Paged<OrderStatus>, Fault> {
        self.read(move |db| money::orders(db, account, page)).await
    }

    async fn any_order(&self, id: OrderId) -> Result<Option<PackOrder>, Fault> {
        self.read(move |db| money::any_order(db, id)).await
    }

    async fn waiting_orders(
        &self,
        mode: PaymentMode,
        before: Timestamp,
        after: Option<OrderId>,
        limit: u16,
    ) -> Result<Vec<OrderId>, Fault> {
        self.read(move |db| money::waiting_orders(db, mode, before, after, limit)).await
    }

    async fn order_of_checkout(
        &self,
        mode: PaymentMode,
        checkout: &str,
    ) -> Result<Option<PackOrder>, Fault> {
        let checkout = checkout.to_owned();
        self.read(move |db| money::order_of_checkout(db, mode, &checkout)).await
    }

    async fn order_of_payment(
        &self,
        mode: PaymentMode,
        payment: &str,
    ) -> Result<Option<PackOrder>, Fault> {
        let payment = payment.to_owned();
        self.read(move |db| money::order_of_payment(db, mode, &payment)).await
    }

    async fn customer(
        &self,
        account: AccountId,
        mode: PaymentMode,
    ) -> Result<Option<String>, Fault> {
        self.read(move |db| money::customer(db, account, mode)).await
    }

    async fn account_of_customer(
        &self,
        mode: PaymentMode,
        customer: &str,
    ) -> Result<Option<AccountId>, Fault> {
        let customer = customer.to_owned();
        self.read(move |db| money::account_of_customer(db, mode, &customer)).await
    }

    async fn delivery(&self, event: &EventId) -> Result<Option<Delivery>, Fault> {
        let event = event.clone();
        self.read(move |db| money::delivery(db, &event)).await
    }

    async fn deliveries(
        &self,
        filter: &DeliveryFilter,
        page: Page,
    ) -> Result<Paged<Delivery>, Fault> {
        let filter = filter.clone();
        self.read(move |db| money::deliveries(db, &filter, page)).await
    }

    async fn inbox(&self) -> Result<InboxLoad, Fault> {
        self.read(|db| money::inbox(db)).await
    }

    async fn generation(
        &self,
        account: AccountId,
        id: GenerationId,
    ) -> Result<Option<GenerationStatus>, Fault> {
        self.read(move |db| generations::by_id(db, account, id)).await
    }

    async fn generations(
        &self,
        account: AccountId,
        page: Page,
    ) -> Result<Paged<GenerationStatus>, Fault> {
        self.read(move |db| generations::page(db, account, page)).await
    }

    async fn unfinished(&self, account: AccountId) -> Result<Vec<GenerationStatus>, Fault> {
        self.read(move |db| generations::unfinished(db, account)).await
    }

    async fn render(
        &self,
        account: AccountId,
        id: RenderId,
    ) -> Result<Option<RenderStatus>, Fault> {
        self.read(move |db| generations::render(db, account, id)).await
    }

    async fn job(&self, id: RenderId) -> Result<Option<Job>, Fault> {
        self.read(move |db| generations::job(db, id)).await
    }

    async fn times(&self, limit: u16) -> Result<Vec<(ModelSlug, SignedDuration)>, Fault> {
        self.read(move |db| generations::times(db, limit)).await
    }

    async fn wordings(
        &self,
        account: AccountId,
        search: Option<&Search>,
        limit: u16,
    ) -> Result<Vec<Generation>, Fault> {
        let search = search.cloned();
        self.read(move |db| generations::wordings(db, account, search.as_ref(), limit)).await
    }

    async fn image(&self, account: AccountId, id: ImageId) -> Result<Option<Image>, Fault> {
        self.read(move |db| gallery::one_image(db, account, id)).await
    }

    async fn images(
        &self,
        account: AccountId,
        filter: &ImageFilter,
        page: Page,
    ) -> Result<Paged<Image>, Fault> {
        let filter = filter.clone();
        self.read(move |db| gallery::page(db, account, &filter, page)).await
    }

    async fn neighbours(
        &self,
        account: AccountId,
        filter: &ImageFilter,
        image: ImageId,
    ) -> Result<Neighbours, Fault> {
        let filter = filter.clone();
        self.read(move |db| gallery::neighbours(db, account, &filter, image)).await
    }

    async fn image_ids(
        &self,
        account: AccountId,
        filter: &ImageFilter,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Vec<ImageId>, Fault> {
        let filter = filter.clone();
        self.read(move |db| gallery::ids(db, account, &filter, after, limit)).await
    }

    async fn newer_images(
        &self,
        account: AccountId,
        filter: &ImageFilter,
        image: ImageId,
        limit: u32,
    ) -> Result<u32, Fault> {
        let filter = filter.clone();
        self.read(move |db| gallery::newer(db, account, &filter, image, limit)).await
    }

    async fn remixes(
        &self,
        account: AccountId,
        image: ImageId,
        limit: u16,
    ) -> Result<Vec<Image>, Fault> {
        self.read(move |db| gallery::remixes(db, account, image, limit)).await
    }

    async fn months(&self, account: AccountId) -> Result<Vec<GalleryMonth>, Fault> {
        self.read(move |db| months::all(db, account)).await
    }

    async fn folders(&self, account: AccountId) -> Result<Vec<Folder>, Fault> {
        self.read(move |db| gallery::folders(db, account)).await
    }

    async fn events(
        &self,
        account: AccountId,
        seq: u64,
        limit: u16,
    ) -> Result<Option<Vec<Event>>, Fault> {
        self.read(move |db| live::events(db, account, seq, limit)).await
    }

    async fn last_event(&self, account: AccountId) -> Result<u64, Fault> {
        self.read(move |db| live::last(db, account)).await
    }

    async fn accounts_to_sweep(&self, now: Timestamp, limit: u16) -> Result<Vec<AccountId>, Fault> {
        self.read(move |db| ledger::to_sweep(db, now, limit)).await
    }

    async fn deeds(&self, filter: &TrailFilter, page: Page) -> Result<Paged<Deed>, Fault> {
        let filter = filter.clone();
        self.read(move |db| trail::deeds(db, &filter, page)).await
    }

    async fn former(&self, token: Mac) -> Result<Option<Former>, Fault> {
        self.read(move |db| trail::former(db, token)).await
    }

    async fn leaving(&self, now: Timestamp, limit: u16) -> Result<Vec<AccountId>, Fault> {
        self.read(move |db| trail::leaving(db, now, limit)).await
    }

    async fn expired_trash(
        &self,
        before: Timestamp,
        limit: u16,
    ) -> Result<Vec<(AccountId, ImageId)>, Fault> {
        self.read(move |db| trail::expired_trash(db, before, limit)).await
    }

    async fn discards(&self, limit: u16) -> Result<Vec<Discard>, Fault> {
        self.read(move |db| trail::discards(db, limit)).await
    }

    async fn costs(
        &self,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<(ModelSlug, Costs)>, Fault> {
        self.read(move |db| costs::costs(db, since, until)).await
    }

    async fn load(&self, now: Timestamp) -> Result<Load, Fault> {
        self.watch(move |db| live::load(db, now)).await
    }
}

/// Cuts the row that was read beyond the page, which only tells that there is another page.
fn paged<T>(mut items: Vec<T>, page: Page, place: impl Fn(&T) -> u128) -> Paged<T> {
    let limit = usize::from(page.limit);
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|last| Cursor(place(last)));
    Paged { items, next }
}

/// The different values that `next` steps through, from the least on, at most `most`.
fn each(db: &Connection, next: &str, most: u16) -> Sql<Vec<String>> {
    let mut next = db.prepare_cached(next)?;
    let mut found: Vec<String> = Vec::new();
    while found.len() < usize::from(most) {
        let last = found.last().map_or("", String::as_str);
        let Some(value) = next.query_row([last], |row| row.get::<_, Option<String>>(0))? else {
            break;
        };
        found.push(value);
    }
    Ok(found)
}

/// The number that a page of numbered rows stays below. A place that is no number is below all of
/// them: what cannot be read must not become the first page.
fn number(after: Option<Cursor>) -> i64 {
    after.map_or(i64::MAX, |cursor| i64::try_from(cursor.0).unwrap_or(0))
}

/// One row more than the page, to see whether there is another.
fn limit(page: Page) -> u32 {
    u32::from(page.limit) + 1
}
