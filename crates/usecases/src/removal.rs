//! What was given up and must go: trash past its thirty days, accounts past their grace, and the
//! objects of both.
//!
//! Invariant: first the rows give a picture up, then its objects go. So nothing is shown whose bytes
//! are gone, and whatever is cut off is found again by its rows. Doing it twice is doing it once.

use std::sync::Arc;

use safelight_domain::{
    AccountId, Change, Changes, Discard, Refusal, RenderState, TRASH, Timestamp,
};
use safelight_ports::{Fault, GenerationStatus, Page, Paged, chain};

use crate::{Error, Generations, Terms, World, pipeline::within, vitals::contain};

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
}

impl Removals {
    pub(crate) fn new(world: Arc<World>, terms: Arc<Terms>, generations: Generations) -> Self {
        Self { world, terms, generations }
    }

    /// One round. What fails is left to the next one and holds nothing else up. While the clock is
    /// doubted nothing is taken away: what seems old may be young.
    pub async fn sweep(&self) -> Result<(), Error> {
        let moment = self.world.store.clock(false).await?;
        if moment.doubt.is_some() {
            return Ok(());
        }
        self.purge_trash(moment.now).await?;
        for account in self.world.reads.leaving(moment.now, ROUND).await? {
            let closed = attempt("closing an account", self.close(account)).await;
            if let Err(error) = closed {
                tracing::warn!(%account, error = %chain(&error), "not closed; the next round goes on");
            }
        }
        self.clear().await
    }

    async fn purge_trash(&self, now: Timestamp) -> Result<(), Error> {
        let before = now.saturating_sub(TRASH).unwrap_or(now);
        for (account, image) in self.world.reads.expired_trash(before, ROUND).await? {
            let purge = self.commit(account, vec![Change::Purge(image)]);
            if let Err(error) = attempt("purging a picture", purge).await {
                tracing::warn!(%image, error = %chain(&error), "not purged; the next round goes on");
            }
        }
        Ok(())
    }

    /// Brings the end of an account as far as it will go now.
    async fn close(&self, account: AccountId) -> Result<(), Error> {
        self.commit(account, vec![Change::BeginClosing]).await?;
        if self.still_making(account).await? {
            return Ok(());
        }
        let mut after = None;
        loop {
            let page = Page { after, limit: TOGETHER };
            let Paged { items, next } = self.generations.list(account, page).await?;
            let erase = |status: &GenerationStatus| Change::Erase {
                generation: status.generation.id,
                renders: status.renders.iter().map(|render| render.render.id).collect(),
            };
            self.commit(account, items.iter().map(erase).collect()).await?;
            after = next;
            if after.is_none() {
                break;
            }
        }
        self.commit(account, vec![Change::Close]).await
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
    async fn clear(&self) -> Result<(), Error> {
        for discard in self.world.reads.discards(ROUND).await? {
            let cleared = attempt("removing objects", self.clear_one(discard)).await;
            if let Err(error) = cleared {
                let render = discard.render_id;
                tracing::warn!(%render, error = %chain(&error), "objects not removed; again later");
            }
        }
        Ok(())
    }

    async fn clear_one(&self, discard: Discard) -> Result<(), Error> {
        for key in discard.keys() {
            let delete = self.world.storage.delete(&key);
            within(self.terms.timing.call, "storage", delete).await?;
        }
        self.commit(discard.account_id, vec![Change::Cleared(discard.render_id)]).await
    }

    async fn commit(&self, account: AccountId, list: Vec<Change>) -> Result<(), Error> {
        self.world.store.commit(Changes::of(account, list)).await?;
        Ok(())
    }
}

/// One of many: whoever was first elsewhere has done it, and a panic is its own trouble alone.
async fn attempt(
    what: &'static str,
    work: impl Future<Output = Result<(), Error>>,
) -> Result<(), Error> {
    match contain(what, work).await {
        Ok(Ok(()) | Err(Error::Refused(Refusal::Stale))) => Ok(()),
        Ok(Err(error)) => Err(error),
        Err(panicked) => Err(Fault::from(panicked).into()),
    }
}
