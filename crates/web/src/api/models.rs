//! Models: what is on offer.

use poem_openapi::{Object, OpenApi};
use safelight_domain::{Catalog, Count, Model, NegativePrompts, Size};

use super::Tag;
use crate::{
    auth::{ApiKey, Read},
    list::List,
    manner::{Looks, Told},
};

/// A model on offer.
#[derive(Object)]
#[oai(rename = "Model")]
struct ModelView {
    /// What requests call it.
    slug: String,
    /// The name people know.
    name: String,
    /// What it is good for, a few words.
    note: String,
    /// What one picture costs, in credits.
    price: u32,
    /// Whether it reads a negative prompt.
    negative_prompt: bool,
    /// The sizes it offers.
    sizes: Vec<SizeView>,
    /// How many pictures one request may ask for.
    max_count: u8,
}

/// A size on offer.
#[derive(Object)]
#[oai(rename = "Size")]
struct SizeView {
    /// What requests call it.
    slug: String,
    /// Width in pixels; models that are told a ratio may deliver more.
    width: u32,
    /// Height in pixels.
    height: u32,
}

impl From<Size> for SizeView {
    fn from(size: Size) -> Self {
        let (width, height) = size.pixels();
        Self { slug: size.as_str().to_owned(), width, height }
    }
}

impl ModelView {
    fn of(model: &Model, catalog: &Catalog) -> Self {
        Self {
            slug: model.slug.0.clone(),
            name: model.name.clone(),
            note: model.note.clone(),
            price: model.price.get(),
            negative_prompt: model.negative_prompts == NegativePrompts::Native,
            sizes: catalog.sizes().map(SizeView::from).into(),
            max_count: (1..).map_while(|n| Count::new(n).ok()).last().map_or(1, Count::get),
        }
    }
}

/// The routes.
pub struct Api;

#[OpenApi(prefix_path = "/models", tag = "Tag::Models")]
impl Api {
    /// List the models
    ///
    /// In the operator's order; the first is the one a request gets that names none.
    #[oai(path = "/", method = "get", operation_id = "list_models")]
    async fn list(&self, key: ApiKey<Read>) -> Told<List<ModelView>, Looks> {
        let catalog = &key.studio().terms.catalog;
        let models = catalog.models().iter().map(|model| ModelView::of(model, catalog)).collect();
        key.answer(List::whole(models)).await
    }
}
