//! What was given up and must go: trash past its thirty days, accounts past their grace, and the
//! objects of both.
//!
//! Invariant: first the rows give a picture up, then its objects go. So nothing is shown whose bytes
//! are gone, and whatever is cut off is found again by its rows. Doing it twice is doing it once.

use std::sync::Arc;

use safelight_domain::{
    AccountId, Change, Changes, DeletionChange, Discard, ImageChange, ImageId, Refusal, RenderId,
    RenderState, TRASH, Timestamp,
};
use safelight_ports::{GenerationStatus, Page, Paged};

use crate::{Error, Generations, Terms, World, pipeline::within, sweep::Sweep};

/// How much one round takes away, of each kind.
const ROUND: u16 = 500;
/// How many generations are erased in one commit.
const TOGETHER: u16 = 20;

/// Takes away what was given up.
#[derive(Clone)]
pub struct Removals {
    world: Arc<World>,
    terms: Arc<Terms>,
    generations: Generations,
    closed: Sweep<AccountId>,
    purged: Sweep<ImageId>,
    cleared: Sweep<RenderId>,
}

impl Removals {
    pub(crate) fn new(world: Arc<World>, terms: Arc<Terms>, generations: Generations) -> Self {
        Self {
            world,
            terms,
            generations,
            closed: Sweep::new("an account to close"),
            purged: Sweep::new("a picture to purge"),
            cleared: Sweep::new("objects to remove"),
        }
    }

    /// One round. What fails is left to the next one and holds nothing else up. While the clock is
    /// doubted nothing is taken away: what seems old may be young.
    pub async fn sweep(&self) -> Result<(), Error> {
        let moment = self.world.store.clock(false).await?;
        if moment.doubt.is_some() {
            return Ok(());
        }
        let trash = self.purge_trash(moment.now).await;
        let closed = self.close_accounts(moment.now).await;
        let cleared = self.clear(moment.now).await;
        trash.and(closed).and(cleared)
    }

    async fn close_accounts(&self, now: Timestamp) -> Result<(), Error> {
        let leaving = self.world.reads.leaving(now, self.closed.limit(ROUND)).await?;
        let rows = leaving.into_iter().map(|account| (account, account)).collect();
        self.closed.each(rows, now, |account| self.close(account)).await;
        Ok(())
    }

    async fn purge_trash(&self, now: Timestamp) -> Result<(), Error> {
        let before = now.saturating_sub(TRASH).unwrap_or(now);
        let trash = self.world.reads.expired_trash(before, self.purged.limit(ROUND)).await?;
        let rows = trash.into_iter().map(|row| (row.1, row)).collect();
        let purge =
            |(account, image)| self.commit(account, vec![Change::Image(ImageChange::Purge(image))]);
        self.purged.each(rows, now, purge).await;
        Ok(())
    }

    /// Brings the end of an account as far as it will go now.
    async fn close(&self, account: AccountId) -> Result<(), Error> {
        self.commit(account, vec![Change::Deletion(DeletionChange::Begin)]).await?;
        if self.still_making(account).await? {
            return Ok(());
        }
        let mut after = None;
        loop {
            let page = Page { after, limit: TOGETHER };
            let Paged { items, next } = self.generations.list(account, page).await?;
            let erase = |status: &GenerationStatus| {
                Change::Deletion(DeletionChange::EraseGeneration {
                    generation: status.generation.id,
                    renders: status.renders.iter().map(|render| render.render.id).collect(),
                })
            };
            self.commit(account, items.iter().map(erase).collect()).await?;
            after = next;
            if after.is_none() {
                break;
            }
        }
        self.commit(account, vec![Change::Deletion(DeletionChange::Finish)]).await
    }

    /// Takes back what was not sent yet, and tells whether something is still being made: that is
    /// waited for, as the provider may deliver it.
    async fn still_making(&self, account: AccountId) -> Result<bool, Error> {
        let unfinished = self.generations.unfinished(account).await?;
        let renders = unfinished.iter().flat_map(|status| &status.renders);
        let mut waits = false;
        for render in renders.map(|status| &status.render).filter(|r| !r.state.is_final()) {
            waits |= render.state != RenderState::Pending;
            if !render.cancel_requested {
                match self.generations.cancel(account, render.id).await {
                    // It ends by itself.
                    Ok(_) | Err(Error::Refused(Refusal::TooLate | Refusal::Stale)) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(waits)
    }

    /// Takes objects out of the bucket.
    async fn clear(&self, now: Timestamp) -> Result<(), Error> {
        let discards = self.world.reads.discards(self.cleared.limit(ROUND)).await?;
        let rows = discards.into_iter().map(|discard| (discard.render_id, discard)).collect();
        self.cleared.each(rows, now, |discard| self.clear_one(discard)).await;
        Ok(())
    }

    async fn clear_one(&self, discard: Discard) -> Result<(), Error> {
        for key in discard.keys() {
            let delete = self.world.storage.delete(&key);
            within(self.terms.timing.call, "storage", delete).await?;
        }
        self.commit(
            discard.account_id,
            vec![Change::Image(ImageChange::ObjectsDeleted(discard.render_id))],
        )
        .await
    }

    async fn commit(&self, account: AccountId, list: Vec<Change>) -> Result<(), Error> {
        self.world.store.commit(Changes::of(account, list)).await?;
        Ok(())
    }
}
