//! Questions, each on one read-only connection, all by prepared statements.

mod gallery;
mod generations;
mod ledger;
mod live;
mod months;
mod people;
#[cfg(test)]
mod plans;

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Params, Row};
use safelight_domain::{
    Account, AccountId, AccountStatus, ApiKey, Challenge, ChallengeId, Charge, ChargeId, Event,
    Folder, GenerationId, Image, ImageFilter, ImageId, KeyId, Line, Lot, RenderId, RenderStatus,
    Session, SessionHash, Timestamp, User,
};
use safelight_ports::{
    Cursor, Fault, GenerationStatus, Job, Load, Month, Neighbours, Page, Paged, Reads,
};

use crate::{Sqlite, error::Sql};

#[async_trait]
impl Reads for Sqlite {
    async fn account(&self, id: AccountId) -> Result<Option<(Account, User)>, Fault> {
        self.read(move |db| people::account(db, id)).await
    }

    async fn account_of(&self, email: &str) -> Result<Option<(Account, User)>, Fault> {
        let email = email.to_owned();
        self.read(move |db| people::account_of(db, &email)).await
    }

    async fn key(&self, id: KeyId) -> Result<Option<(ApiKey, AccountStatus)>, Fault> {
        self.read(move |db| people::key(db, id)).await
    }

    async fn keys(&self, account: AccountId) -> Result<Vec<ApiKey>, Fault> {
        self.read(move |db| people::keys(db, account)).await
    }

    async fn session(
        &self,
        hash: SessionHash,
    ) -> Result<Option<(Session, User, AccountStatus)>, Fault> {
        self.read(move |db| people::session(db, hash)).await
    }

    async fn sessions(&self, account: AccountId) -> Result<Vec<Session>, Fault> {
        self.read(move |db| people::sessions(db, account)).await
    }

    async fn challenge(&self, id: ChallengeId) -> Result<Option<Challenge>, Fault> {
        self.read(move |db| people::challenge(db, id)).await
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
        limit: u32,
    ) -> Result<Vec<ImageId>, Fault> {
        let filter = filter.clone();
        self.read(move |db| gallery::ids(db, account, &filter, limit)).await
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

    async fn months(&self, account: AccountId) -> Result<Vec<Month>, Fault> {
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

    async fn load(&self, now: Timestamp) -> Result<Load, Fault> {
        self.read(move |db| live::load(db, now)).await
    }
}

fn one<T>(
    db: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> Sql<T>,
) -> Sql<Option<T>> {
    db.prepare_cached(sql)?.query_row(params, read).optional()
}

fn all<T>(
    db: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> Sql<T>,
) -> Sql<Vec<T>> {
    db.prepare_cached(sql)?.query_map(params, read)?.collect()
}

/// Cuts the row that was read beyond the page, which only tells that there is another page.
fn paged<T>(mut items: Vec<T>, page: Page, place: impl Fn(&T) -> u128) -> Paged<T> {
    let limit = usize::from(page.limit);
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|last| Cursor(place(last)));
    Paged { items, next }
}

/// One row more than the page, to see whether there is another.
fn limit(page: Page) -> u32 {
    u32::from(page.limit) + 1
}
