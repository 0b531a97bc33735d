//! The body of a generation, and what it asks for once it is parsed.

use poem_openapi::Object;
use safelight_domain::{Count, FolderId, ImageId, Invalid, ModelSlug, Prompt, Seed, Size};
use safelight_usecases::{Ask, Studio};
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

use crate::{
    form::Form,
    wire::{Text, Wire},
};

/// What to make.
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
pub struct GenerationBody {
    /// What to picture: 1 to 4,000 characters, not all blank, none of control but tabs and lines.
    #[serde(default)]
    #[oai(validator(
        min_length = 1,
        max_length = 4000,
        pattern = "^(?:[^\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f]|\\r\\n)*[^\\s\\x00-\\x1f\\x7f-\\x9f](?:[^\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f]|\\r\\n)*$"
    ))]
    prompt: String,
    /// What to avoid. A model that does not read it refuses one that is not blank.
    #[oai(
        nullable,
        validator(
            max_length = 4000,
            pattern = "^(?:[^\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f]|\\r\\n)*$"
        )
    )]
    negative_prompt: Option<String>,
    /// A model's slug; the first model when absent.
    #[oai(nullable)]
    model: Option<String>,
    /// `square_hd` when absent.
    #[oai(nullable)]
    size: Option<Text<Size>>,
    /// How many pictures; one when absent.
    #[serde(default, deserialize_with = "whole")]
    #[oai(nullable, validator(minimum(value = "1"), maximum(value = "4")))]
    count: Option<i64>,
    /// The first picture's seed; drawn when absent.
    #[oai(nullable)]
    seed: Option<Text<Seed>>,
    /// The folder the pictures land in.
    #[oai(nullable)]
    folder_id: Option<Text<FolderId>>,
    /// The picture it is remixed from, told on both pictures' pages.
    #[oai(nullable)]
    remix_of: Option<Text<ImageId>>,
}

impl GenerationBody {
    /// The same fields as a form sends them: all text, and blank where nothing was chosen.
    pub fn from_form(form: &Form) -> Result<Self, Invalid> {
        let filled = |name: &str| form.get(name).filter(|text| !text.trim().is_empty());
        let not_whole = |_| Invalid::new("count", "choose 1 to 4 pictures");
        Ok(Self {
            prompt: lines(form.text("prompt")),
            negative_prompt: filled("negative_prompt").map(lines),
            model: filled("model").map(str::to_owned),
            size: filled("size").map(Wire::read).transpose()?.map(Text),
            count: filled("count").map(str::parse).transpose().map_err(not_whole)?,
            seed: filled("seed").map(str::trim).map(Wire::read).transpose()?.map(Text),
            folder_id: filled("folder_id").map(Wire::read).transpose()?.map(Text),
            remix_of: filled("remix_of").and_then(|id| ImageId::read(id).ok()).map(Text),
        })
    }

    /// What it asks for, with the studio's defaults for what it leaves out.
    pub fn ask(self, studio: &Studio) -> Result<Ask, Invalid> {
        let models = &studio.terms.catalog;
        let first = || models.models().first().map(|model| model.slug.clone());
        let model = self.model.map(ModelSlug).or_else(first);
        Ok(Ask {
            prompt: Prompt::parse(&self.prompt)?,
            negative: Prompt::parse_negative(&self.negative_prompt.unwrap_or_default())?,
            model: model.ok_or_else(|| Invalid::new("model", "name a model"))?,
            size: self.size.map_or(Size::SquareHd, |size| size.0),
            count: self.count.map_or(Ok(Count::ONE), Count::new)?,
            seed: self.seed.map(|seed| seed.0),
            folder_id: self.folder_id.map(|id| id.0),
            remix_of: self.remix_of.map(|id| id.0),
        })
    }
}

/// A browser counts the end of a line as one character and sends two.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// A whole JSON number and nothing that looks like one.
fn whole<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    match Value::deserialize(from)? {
        Value::Null => Ok(None),
        value => value.as_i64().map(Some).ok_or_else(|| {
            de::Error::custom(format!("{value} is not a number of pictures; ask for 1 to 4"))
        }),
    }
}
