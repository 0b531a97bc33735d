//! What the composer holds: words as typed, kept whatever became of the last try.

use safelight_domain::{Generation, Image, Order};

use crate::form::Form;

/// The composer's fields, each as the form sends it.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    pub prompt: String,
    pub negative_prompt: String,
    pub model: String,
    pub size: String,
    pub count: String,
    pub seed: String,
    pub folder_id: String,
    pub style: String,
    /// The picture it was filled from.
    pub remix_of: String,
}

impl Draft {
    /// As it was typed, or as a link fills it in.
    pub fn typed(form: &Form) -> Self {
        let field = |name| form.text(name).to_owned();
        Self {
            prompt: field("prompt"),
            negative_prompt: field("negative_prompt"),
            model: field("model"),
            size: field("size"),
            count: field("count"),
            seed: field("seed"),
            folder_id: field("folder_id"),
            style: field("style"),
            remix_of: field("remix_of"),
        }
    }

    /// The same again, with a new seed.
    pub fn of(generation: &Generation) -> Self {
        let folder_id = generation.folder_id.map(|id| id.to_string()).unwrap_or_default();
        let count = generation.count.get().to_string();
        Self { count, folder_id, ..Self::ordered(&generation.order) }
    }

    /// The same settings, with nothing said yet.
    pub fn like(generation: &Generation) -> Self {
        Self { prompt: String::new(), negative_prompt: String::new(), ..Self::of(generation) }
    }

    /// One picture again: all it was made from, its seed too.
    pub fn remix(image: &Image, generation: &Generation) -> Self {
        let folder_id = image.folder_id.map(|id| id.to_string()).unwrap_or_default();
        let seed = image.seed.to_string();
        let (count, remix_of) = ("1".to_owned(), image.id.to_string());
        Self { count, seed, folder_id, remix_of, ..Self::ordered(&generation.order) }
    }

    fn ordered(order: &Order) -> Self {
        let negative = order.negative.as_ref().map(|words| words.as_str().to_owned());
        Self {
            prompt: order.prompt.as_str().to_owned(),
            negative_prompt: negative.unwrap_or_default(),
            model: order.model.0.clone(),
            size: order.size.as_str().to_owned(),
            ..Self::default()
        }
    }
}
