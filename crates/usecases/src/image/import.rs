//! Pictures made elsewhere, taken in as they are.
//!
//! They cost nothing and no provider is asked, but they go the way of every picture: a generation
//! with one render on a charge of zero, its bytes stored before anybody is told.

use safelight_domain::{
    AccountId, Actor, Change, Changes, ChargeId, Count, Credits, FolderId, Generation,
    GenerationChange, GenerationId, Image, ImageId, Invalid, ModelSlug, Order, Prompt, RenderId,
    Request, Seed, Size,
};
use safelight_ports::IngestError;
use safelight_provenance::Source;

use super::{Images, label::label};
use crate::Error;

/// A picture to take in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// A JPEG, PNG or WebP.
    pub bytes: Vec<u8>,
    /// What it shows.
    pub prompt: Prompt,
    /// What made it; need not be on offer.
    pub model: ModelSlug,
    /// From which seed.
    pub seed: Seed,
    /// Whether a trained model made it, or a program.
    pub source: Source,
    /// Where it is filed.
    pub folder_id: Option<FolderId>,
}

impl Images {
    /// Takes a picture in. Charged nothing, and measured by its pixels.
    pub async fn import(
        &self,
        account: AccountId,
        import: Import,
        actor: Actor,
    ) -> Result<Image, Error> {
        let Import { bytes, prompt, model, seed, source, folder_id } = import;
        let picture = match self.world.imaging.ingest(bytes).await {
            Ok(picture) => picture,
            Err(IngestError::Unusable(slug)) => {
                return Err(unusable(slug));
            }
            Err(IngestError::Fault(fault)) => return Err(fault.into()),
        };
        let size = Size::nearest(picture.width, picture.height);
        let order = Order { prompt, negative: None, model, size, seed };
        let picture = label(picture, &order, source, &self.pipeline.terms)
            .map_err(|_| unusable("broken_image"))?;
        let now = self.world.clock.now();
        let next = || self.world.ids.next();
        let (generation_id, render_id) = (GenerationId(next()), RenderId(next()));
        let id = ImageId(next());
        let image = Image {
            id,
            account_id: account,
            render_id,
            generation_id,
            prompt: order.prompt.clone(),
            model: order.model.clone(),
            seed,
            width: picture.width,
            height: picture.height,
            bytes: picture.original.len() as u64,
            media_type: picture.media_type.to_owned(),
            thumbhash: picture.thumbhash.clone(),
            liked: false,
            folder_id,
            trashed_at: None,
            created_at: now,
        };
        let request = Request {
            generation: Generation {
                id: generation_id,
                account_id: account,
                order,
                count: Count::ONE,
                folder_id,
                remix_of: None,
                created_at: now,
            },
            ids: vec![(render_id, ChargeId(next()))],
            each: Credits::ZERO,
            deadline: now,
            actor,
        };
        self.pipeline.put_all(account, render_id, picture).await?;
        let change =
            Change::Generation(GenerationChange::Import { request: Box::new(request), image });
        self.world.store.commit(Changes::of(account, vec![change])).await?;
        self.get(account, id).await
    }
}

fn unusable(slug: &str) -> Error {
    Invalid::new("picture", format!("not a picture the studio can take in ({slug})")).into()
}
