//! The stage: one generation with a slot a picture.

use safelight_domain::Folder;
use safelight_usecases::{Error, GenerationStatus, Studio};
use serde::Serialize;

use super::slot::SlotView;

/// What the stage shows.
#[derive(Serialize)]
pub struct StageView {
    pub id: String,
    pub prompt: String,
    pub negative_prompt: Option<String>,
    pub model: String,
    pub width: u32,
    pub height: u32,
    /// `seed 48151`, or `seeds 48151 to 48154`.
    pub seeds: String,
    /// The first seed, for the lock.
    pub seed: String,
    pub folder: Option<String>,
    pub ready: usize,
    pub unfinished: bool,
    pub slots: Vec<SlotView>,
}

impl StageView {
    /// The stage of `status`.
    pub async fn of(
        studio: &Studio,
        folders: &[Folder],
        status: &GenerationStatus,
    ) -> Result<Self, Error> {
        let GenerationStatus { generation, renders } = status;
        let order = &generation.order;
        let mut slots = Vec::with_capacity(renders.len());
        for render in renders {
            slots.push(SlotView::of(studio, generation, render).await?);
        }
        let (first, last) = (order.seed, order.seed.offset(generation.count.get() - 1));
        let seeds = if first == last {
            format!("seed {first}")
        } else {
            format!("seeds {first} to {last}")
        };
        let model = studio.terms.catalog.model(&order.model.0).map(|model| model.name.clone());
        let (width, height) = order.size.pixels();
        let folder = folders.iter().find(|folder| Some(folder.id) == generation.folder_id);
        Ok(Self {
            id: generation.id.to_string(),
            prompt: order.prompt.as_str().to_owned(),
            negative_prompt: order.negative.as_ref().map(|words| words.as_str().to_owned()),
            model: model.unwrap_or_else(|_| order.model.0.clone()),
            width,
            height,
            seeds,
            seed: first.to_string(),
            folder: folder.map(|folder| folder.name.as_str().to_owned()),
            ready: slots.iter().filter(|slot| slot.picture.is_some()).count(),
            unfinished: status.is_unfinished(),
            slots,
        })
    }
}
