//! From a filled-in form to paid renders: validate, quote, one commit.

use std::sync::Arc;

use safelight_domain::{
    AccountId, Actor, BodyHash, Change, Changes, ChargeId, ChargeState, Count, Credits, FolderId,
    Generation, GenerationChange, GenerationId, ImageId, Key, ModelSlug, Order, Prompt, Quote,
    Refusal, RenderChange, RenderId, RenderStatus, Request, Search, Seed, Size,
};
use safelight_ports::{GenerationStatus, Page, Paged};
use sha2::{Digest, Sha256};

use crate::{Error, Pipeline, Terms, World};

/// What a person asks for, parsed at the edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// What to picture.
    pub prompt: Prompt,
    /// What to avoid.
    pub negative: Option<Prompt>,
    /// Which model.
    pub model: ModelSlug,
    /// Which preset.
    pub size: Size,
    /// How many.
    pub count: Count,
    /// The first picture's seed; drawn when none.
    pub seed: Option<Seed>,
    /// Where the pictures are filed.
    pub folder_id: Option<FolderId>,
    /// The picture it is remixed from.
    pub remix_of: Option<ImageId>,
}

impl Ask {
    fn order(&self, seed: Seed) -> Order {
        let Self { prompt, negative, model, size, .. } = self.clone();
        Order { prompt, negative, model, size, seed }
    }

    fn hash(&self) -> BodyHash {
        let or_empty = |text: Option<String>| text.unwrap_or_default();
        body_hash([
            "generate",
            self.prompt.as_str(),
            self.negative.as_ref().map_or("", Prompt::as_str),
            &self.model.0,
            self.size.as_str(),
            &self.count.get().to_string(),
            &or_empty(self.seed.map(|seed| seed.to_string())),
            &or_empty(self.folder_id.map(|id| id.to_string())),
            &or_empty(self.remix_of.map(|id| id.to_string())),
        ])
    }
}

/// Digest of a request's meaning: each part prefixed by its length, so that no two lists collide.
pub(crate) fn body_hash<'a>(parts: impl IntoIterator<Item = &'a str>) -> BodyHash {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    BodyHash(hash.finalize().into())
}

/// A request that was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requested {
    /// The generation as it is now.
    pub status: GenerationStatus,
    /// Spendable after it was charged.
    pub balance: Credits,
    /// Whether this is the stored answer of an earlier call with the same key.
    pub replayed: bool,
}

/// Requests, shows and cancels generations.
#[derive(Clone)]
pub struct Generations {
    world: Arc<World>,
    terms: Arc<Terms>,
    pipeline: Pipeline,
}

impl Generations {
    pub(crate) fn new(world: Arc<World>, terms: Arc<Terms>, pipeline: Pipeline) -> Self {
        Self { world, terms, pipeline }
    }

    /// What `ask` would cost: the figure on the button, and the one that is charged.
    pub fn quote(&self, ask: &Ask) -> Result<Quote, Error> {
        Ok(self.terms.catalog.quote(&ask.order(ask.seed.unwrap_or(Seed(0))), ask.count)?)
    }

    /// Records a generation and charges each of its pictures, all in one commit.
    pub async fn request(
        &self,
        account: AccountId,
        ask: Ask,
        key: Option<Key>,
        actor: Actor,
    ) -> Result<Requested, Error> {
        let quote = self.quote(&ask)?;
        let now = self.world.clock.now();
        let id = GenerationId(self.world.ids.next());
        let order = ask.order(ask.seed.unwrap_or_else(|| self.draw_seed()));
        let hash = ask.hash();
        let request = Request {
            generation: Generation {
                id,
                account_id: account,
                order,
                count: ask.count,
                folder_id: ask.folder_id,
                remix_of: ask.remix_of,
                created_at: now,
            },
            ids: (0..ask.count.get())
                .map(|_| (RenderId(self.world.ids.next()), ChargeId(self.world.ids.next())))
                .collect(),
            each: quote.each,
            deadline: now.saturating_add(self.terms.timing.deadline).unwrap_or(now),
            actor,
        };
        self.pipeline.begins(request.ids.iter().map(|(render, _)| *render));
        let at_most =
            Change::Generation(GenerationChange::AtMost { unfinished: self.terms.unfinished });
        let changes = Changes::of(
            account,
            vec![Change::Generation(GenerationChange::Request(request)), at_most],
        )
        .about(id.0);
        let receipt = self.world.store.commit(changes.keyed(key.map(|key| (key, hash)))).await?;
        self.pipeline.wake();
        let id = receipt.subject.map_or(id, GenerationId);
        let status = self.get(account, id).await?;
        Ok(Requested { status, balance: receipt.balance, replayed: receipt.replayed })
    }

    /// One generation.
    pub async fn get(
        &self,
        account: AccountId,
        id: GenerationId,
    ) -> Result<GenerationStatus, Error> {
        let found = self.world.reads.generation(account, id).await?;
        found.ok_or(Refusal::NotFound.into())
    }

    /// Generations, newest first.
    pub async fn list(
        &self,
        account: AccountId,
        page: Page,
    ) -> Result<Paged<GenerationStatus>, Error> {
        Ok(self.world.reads.generations(account, page).await?)
    }

    /// Generations with a picture still in the making, newest first.
    pub async fn unfinished(&self, account: AccountId) -> Result<Vec<GenerationStatus>, Error> {
        Ok(self.world.reads.unfinished(account).await?)
    }

    /// What the account asked for, newest first, each wording once: those that match `search`, when
    /// there is one. They stay when the pictures are gone.
    pub async fn wordings(
        &self,
        account: AccountId,
        search: Option<&Search>,
        limit: u16,
    ) -> Result<Vec<Generation>, Error> {
        Ok(self.world.reads.wordings(account, search, limit).await?)
    }

    /// One render.
    pub async fn render(&self, account: AccountId, id: RenderId) -> Result<RenderStatus, Error> {
        let found = self.world.reads.render(account, id).await?;
        found.ok_or(Refusal::NotFound.into())
    }

    /// Takes a render back: at once when it was never sent, else as soon as the provider confirms.
    /// When the provider has finished first, the picture is kept and stays charged.
    pub async fn cancel(&self, account: AccountId, id: RenderId) -> Result<RenderStatus, Error> {
        self.world.store.commit(Changes::of(account, [RenderChange::Cancel(id)])).await?;
        self.pipeline.wake();
        self.render(account, id).await
    }

    /// Below 2^32, so that it is a plain number in every client and short enough to note down.
    fn draw_seed(&self) -> Seed {
        let secret = self.world.entropy.secret();
        Seed(u64::from(u32::from_le_bytes([secret[0], secret[1], secret[2], secret[3]])))
    }
}

/// What a generation cost, its refunded pictures included.
pub fn charged(status: &GenerationStatus) -> Credits {
    sum(status, |_| true)
}

/// What a generation gave back.
pub fn refunded(status: &GenerationStatus) -> Credits {
    sum(status, |render| render.charge == ChargeState::Refunded)
}

fn sum(status: &GenerationStatus, counts: impl Fn(&RenderStatus) -> bool) -> Credits {
    let prices = status.renders.iter().filter(|r| counts(r)).map(|r| r.price);
    prices.fold(Credits::ZERO, |sum, price| sum.plus(price).unwrap_or(Credits::MAX))
}
