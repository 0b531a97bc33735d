//! A generation: one press of the button. It has no money of its own; its renders have.

use crate::{
    AccountId, Actor, ChargeId, FolderId, GenerationId, ImageId, Invalid, ModelSlug, Prompt,
    RenderId, Seed, Size, Timestamp,
};

/// How many pictures of one request: 1 to 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count(u8);

impl Count {
    /// One picture.
    pub const ONE: Self = Self(1);

    /// A count, refused outside 1 to 4.
    pub fn new(count: i64) -> Result<Self, Invalid> {
        match u8::try_from(count) {
            Ok(n @ 1..=4) => Ok(Self(n)),
            _ => Err(Invalid::new("count", format!("{count} pictures; ask for 1 to 4"))),
        }
    }

    /// The plain number.
    pub fn get(self) -> u8 {
        self.0
    }
}

/// What to make: everything a provider must know about one picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// What to picture.
    pub prompt: Prompt,
    /// What to avoid; only for models that read it.
    pub negative: Option<Prompt>,
    /// Which model.
    pub model: ModelSlug,
    /// Which preset.
    pub size: Size,
    /// Where the noise starts.
    pub seed: Seed,
}

/// One press of the button, as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    /// Its id.
    pub id: GenerationId,
    /// Whose it is.
    pub account_id: AccountId,
    /// What to make; the seed is the first picture's.
    pub order: Order,
    /// How many.
    pub count: Count,
    /// The folder its pictures land in.
    pub folder_id: Option<FolderId>,
    /// The picture it was remixed from, which may be gone by now.
    pub remix_of: Option<ImageId>,
    /// When it was asked for.
    pub created_at: Timestamp,
}

/// A generation to record and charge, with the ids its renders and charges will have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The generation.
    pub generation: Generation,
    /// One pair a picture, in order: its render and its charge.
    pub ids: Vec<(RenderId, ChargeId)>,
    /// The price of each.
    pub each: crate::Credits,
    /// When the studio gives up on a picture and refunds it.
    pub deadline: Timestamp,
    /// Who asked.
    pub actor: Actor,
}
