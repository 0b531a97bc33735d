//! The models: one capability table that drives the composer, validation and every provider.
//!
//! Invariant: nothing a person fills in is dropped silently. What a model cannot do is refused by
//! name, with a model that can.

use std::fmt;

use crate::{Count, Credits, Invalid, Order, Size};

/// Our own name for a model, such as `flux-schnell`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelSlug(pub String);

impl fmt::Display for ModelSlug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a model reads a negative prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NegativePrompts {
    /// It has no such input.
    Unsupported,
    /// It reads one (fal docs: `negative_prompt`).
    Native,
}

/// How a model is told the size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SizeMode {
    /// By preset name (fal docs: `image_size`).
    Preset,
    /// By ratio; pixels are the model's own (fal docs: `aspect_ratio`).
    Ratio,
}

/// How a model is told to be careful.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Safety {
    /// `enable_safety_checker`; hits come back as black pictures, most with a flag.
    Checker,
    /// `safety_tolerance`, a string; hits come back as errors.
    Tolerance,
    /// Both.
    Both,
}

impl Safety {
    /// Whether a hit may come back as a black picture (fal docs: model arguments; FLUX.2 pro, flex
    /// and max tell no flag beside it).
    pub fn blackens(self) -> bool {
        matches!(self, Self::Checker | Self::Both)
    }
}

/// One model and all we need to know to offer, check, price and call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// Our name.
    pub slug: ModelSlug,
    /// The name people know.
    pub name: String,
    /// What it is good for, a few words.
    pub note: String,
    /// The provider's path, such as `fal-ai/flux/schnell`.
    pub endpoint: String,
    /// What one picture costs the account.
    pub price: Credits,
    /// Whether it reads a negative prompt.
    pub negative_prompts: NegativePrompts,
    /// How it is told the size.
    pub size_mode: SizeMode,
    /// How it is told to be careful.
    pub safety: Safety,
    /// Whether the request may say `num_images`; some endpoints refuse the field.
    pub takes_count: bool,
    /// Inference steps to ask for, where the model takes them.
    pub steps: Option<u16>,
    /// Guidance in tenths (35 = 3.5), where the model takes it.
    pub guidance_tenths: Option<u16>,
    /// The provider's price of the first megapixel, in millionths of a US dollar.
    pub cost_first_micros: u32,
    /// The provider's price of each further megapixel; 0 for flat prices.
    pub cost_more_micros: u32,
}

impl Model {
    /// What one picture of these pixels costs the operator, in millionths of a US dollar.
    /// Megapixels round up (fal pricing: 1024 × 1024 is one).
    pub fn cost_micros(&self, (width, height): (u32, u32)) -> u64 {
        let megapixels = (u64::from(width) * u64::from(height)).div_ceil(1 << 20).max(1);
        u64::from(self.cost_first_micros) + (megapixels - 1) * u64::from(self.cost_more_micros)
    }
}

/// What a request costs: the same figure the button shows and the books charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    /// Credits for one picture.
    pub each: Credits,
    /// Credits for all of them.
    pub total: Credits,
}

/// The models the operator offers, in the order they are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalog {
    models: Vec<Model>,
}

impl Catalog {
    /// A catalog of at least one model.
    pub fn new(models: Vec<Model>) -> Result<Self, Invalid> {
        if models.is_empty() {
            return Err(Invalid::new("models", "offer at least one model"));
        }
        Ok(Self { models })
    }

    /// Every model we know how to call, at one credit a picture.
    pub fn flux() -> Self {
        Self { models: flux_models() }
    }

    /// All models, in order.
    pub fn models(&self) -> &[Model] {
        &self.models
    }

    /// A model by slug; unknown ones are refused with the ones there are.
    pub fn model(&self, slug: &str) -> Result<&Model, Invalid> {
        self.models.iter().find(|model| model.slug.0 == slug).ok_or_else(|| {
            let known: Vec<_> = self.models.iter().map(|model| model.slug.0.as_str()).collect();
            Invalid::new("model", format!("unknown model; choose one of {}", known.join(", ")))
        })
    }

    /// A model that reads negative prompts, if one is offered.
    pub fn reads_negative_prompts(&self) -> Option<&Model> {
        self.models.iter().find(|model| model.negative_prompts == NegativePrompts::Native)
    }

    /// The price of `order`, after checking that its model can do all it asks.
    pub fn quote(&self, order: &Order, count: Count) -> Result<Quote, Invalid> {
        let model = self.model(&order.model.0)?;
        if order.negative.is_some() && model.negative_prompts == NegativePrompts::Unsupported {
            let mend = match self.reads_negative_prompts() {
                Some(other) => format!("leave it blank or choose {} ({})", other.name, other.slug),
                None => "leave it blank".to_owned(),
            };
            let says = format!("{} does not read negative prompts; {mend}", model.name);
            return Err(Invalid::new("negative_prompt", says));
        }
        let each = model.price;
        let total = each.times(u32::from(count.get()));
        let total = total.ok_or_else(|| Invalid::new("count", "the price is beyond all limits"))?;
        Ok(Quote { each, total })
    }

    /// The sizes a model offers; all of them, today.
    pub fn sizes(&self) -> [Size; 6] {
        Size::ALL
    }
}

/// Capabilities and prices as fal documented them on 2026-11-23 (model pages, `llms.txt`).
fn flux_models() -> Vec<Model> {
    use NegativePrompts::{Native, Unsupported};
    let model = |slug: &str, name: &str, note: &str, endpoint: &str, cost: (u32, u32)| Model {
        slug: ModelSlug(slug.to_owned()),
        name: name.to_owned(),
        note: note.to_owned(),
        endpoint: endpoint.to_owned(),
        price: Credits::ONE,
        negative_prompts: Unsupported,
        size_mode: SizeMode::Preset,
        safety: Safety::Checker,
        takes_count: true,
        steps: None,
        guidance_tenths: None,
        cost_first_micros: cost.0,
        cost_more_micros: cost.1,
    };
    vec![
        Model {
            steps: Some(4),
            ..model(
                "flux-schnell",
                "FLUX.1 schnell",
                "Fast drafts",
                "fal-ai/flux/schnell",
                (3_000, 3_000),
            )
        },
        Model {
            steps: Some(28),
            guidance_tenths: Some(35),
            ..model("flux-dev", "FLUX.1 dev", "Fine detail", "fal-ai/flux/dev", (25_000, 25_000))
        },
        Model {
            safety: Safety::Tolerance,
            ..model(
                "flux-pro",
                "FLUX1.1 pro",
                "Polished, follows the prompt",
                "fal-ai/flux-pro/v1.1",
                (40_000, 40_000),
            )
        },
        Model {
            safety: Safety::Tolerance,
            size_mode: SizeMode::Ratio,
            ..model(
                "flux-pro-ultra",
                "FLUX1.1 pro ultra",
                "Up to four megapixels",
                "fal-ai/flux-pro/v1.1-ultra",
                (60_000, 0),
            )
        },
        Model {
            guidance_tenths: Some(25),
            steps: Some(28),
            ..model("flux-2", "FLUX.2 dev", "Newer, open", "fal-ai/flux-2", (12_000, 12_000))
        },
        Model {
            safety: Safety::Both,
            takes_count: false,
            ..model(
                "flux-2-pro",
                "FLUX.2 pro",
                "Newer, polished",
                "fal-ai/flux-2-pro",
                (30_000, 15_000),
            )
        },
        Model {
            safety: Safety::Both,
            takes_count: false,
            steps: Some(28),
            guidance_tenths: Some(35),
            ..model(
                "flux-2-flex",
                "FLUX.2 flex",
                "Good with lettering",
                "fal-ai/flux-2-flex",
                (50_000, 50_000),
            )
        },
        Model {
            safety: Safety::Both,
            takes_count: false,
            ..model("flux-2-max", "FLUX.2 max", "The finest", "fal-ai/flux-2-max", (70_000, 30_000))
        },
        Model {
            negative_prompts: Native,
            steps: Some(28),
            guidance_tenths: Some(50),
            ..model(
                "flux-2-klein",
                "FLUX.2 klein",
                "Reads negative prompts",
                "fal-ai/flux-2/klein/9b/base",
                (14_000, 14_000),
            )
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Prompt, Seed};

    fn order(model: &str, negative: Option<&str>) -> Order {
        Order {
            prompt: Prompt::parse("a fox").unwrap(),
            negative: negative.and_then(|text| Prompt::parse_negative(text).unwrap()),
            model: ModelSlug(model.to_owned()),
            size: Size::Square,
            seed: Seed(1),
        }
    }

    #[test]
    fn a_negative_prompt_is_never_dropped_silently() {
        let catalog = Catalog::flux();
        let no = catalog.quote(&order("flux-schnell", Some("text")), Count::ONE).unwrap_err();
        assert_eq!(no.field, "negative_prompt");
        assert!(no.says.contains("flux-2-klein"), "{no}");
        let four = Count::new(4).unwrap();
        let yes = catalog.quote(&order("flux-2-klein", Some("text")), four).unwrap();
        assert_eq!(yes.total.get(), 4);
    }

    #[test]
    fn megapixels_round_up() {
        let catalog = Catalog::flux();
        let pro = catalog.model("flux-2-pro").unwrap();
        assert_eq!(pro.cost_micros((1024, 1024)), 30_000);
        assert_eq!(pro.cost_micros((1920, 1080)), 45_000);
        let ultra = catalog.model("flux-pro-ultra").unwrap();
        assert_eq!(ultra.cost_micros((2048, 2048)), 60_000);
        assert!(catalog.model("dall-e").is_err());
    }
}
