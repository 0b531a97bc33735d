//! The composer: every field it has comes from the table of models, and the price on its button
//! from the quote that is charged.

use std::collections::BTreeMap;

use safelight_domain::{
    Credits, Folder, Invalid, Model, ModelSlug, NegativePrompts, Pace, Prompt, Size, SizeMode,
};
use safelight_usecases::{Balance, Studio};
use serde::Serialize;

use super::{
    draft::Draft,
    style::{self, StyleChoice},
    usual,
};

/// What is offered at first sight; the others fold out.
const AT_HAND: usize = 3;

/// What the composer shows.
#[derive(Serialize)]
pub struct ComposerView {
    /// Whose draft it is, for the browser that keeps it.
    pub draft_of: String,
    /// Names this form: sent twice, it is charged once.
    pub key: String,
    pub prompt: String,
    /// Its length in characters, and the most there may be.
    pub length: usize,
    pub longest: usize,
    pub negative_prompt: String,
    pub models: Vec<ModelChoice>,
    /// How many are shown at first sight.
    pub at_hand: usize,
    /// Whether the chosen one is among the others.
    pub folded_open: bool,
    /// A model that reads negative prompts, where one is offered.
    pub reader: Option<Reader>,
    pub styles: Vec<StyleChoice>,
    /// The picture all this came from.
    pub remix_of: String,
    pub sizes: Vec<SizeChoice>,
    pub counts: Vec<CountChoice>,
    pub seed: String,
    pub folders: Vec<FolderChoice>,
    pub pay: PayView,
    /// Where it is folded away: `FLUX.1 schnell · 4:3 · 4 pictures`.
    pub summary: String,
    /// What was wrong with the last try, and where.
    pub error: Option<ErrorView>,
    /// What had to be chosen anew, and why.
    pub notice: Option<String>,
}

/// A model to choose.
#[derive(Serialize)]
pub struct ModelChoice {
    pub slug: String,
    pub name: String,
    pub note: String,
    pub price: u32,
    /// How long a picture usually takes, once there is something to tell from: `2–4 s`.
    pub usual: Option<String>,
    pub reads_negative: bool,
    /// Whether pixels are its own, and sizes only ratios.
    pub own_pixels: bool,
    pub chosen: bool,
}

/// A model that reads negative prompts.
#[derive(Serialize)]
pub struct Reader {
    pub slug: String,
    pub name: String,
}

/// A preset to choose, with the rectangle that draws it in a square of 24.
#[derive(Serialize)]
pub struct SizeChoice {
    pub slug: &'static str,
    pub ratio: &'static str,
    pub width: u32,
    pub height: u32,
    pub x: f64,
    pub y: f64,
    pub w: f64,
    pub h: f64,
    pub chosen: bool,
}

/// How many pictures to choose.
#[derive(Serialize)]
pub struct CountChoice {
    pub n: u8,
    pub chosen: bool,
}

/// A folder to choose.
#[derive(Serialize)]
pub struct FolderChoice {
    pub id: String,
    /// `Posters / Summer`
    pub path: String,
    pub chosen: bool,
}

/// The button.
#[derive(Serialize)]
pub struct PayView {
    pub each: u32,
    pub total: u32,
    pub count: u8,
    pub balance: u32,
    /// What is left afterwards, where it can be paid.
    pub after: Option<u32>,
    /// What is missing, where it cannot.
    pub missing: u32,
    /// What is owed: nothing can be bought until it is paid.
    pub debt: u32,
}

/// What was wrong.
#[derive(Serialize)]
pub struct ErrorView {
    pub field: &'static str,
    pub says: String,
}

impl From<Invalid> for ErrorView {
    fn from(Invalid { field, says }: Invalid) -> Self {
        Self { field, says: sentence(&says) }
    }
}

/// Our refusals begin small, as parts of a sentence for programs; a page says them whole.
fn sentence(says: &str) -> String {
    let mut letters = says.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let end = if says.ends_with('.') { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

impl ComposerView {
    /// The composer holding `draft`.
    pub fn of(
        studio: &Studio,
        balance: &Balance,
        folders: &[Folder],
        paces: &BTreeMap<ModelSlug, Pace>,
        draft: Draft,
    ) -> Self {
        let catalog = &studio.terms.catalog;
        let all = catalog.models();
        let at = all.iter().position(|model| model.slug.0 == draft.model);
        let chosen = at.unwrap_or(0);
        let count = draft.count.parse().ok().filter(|n| (1..=4).contains(n)).unwrap_or(1);
        let size = Size::parse(&draft.size).unwrap_or(Size::SquareHd);
        let each = all.get(chosen).map_or(Credits::ZERO, |model| model.price);
        let name = all.get(chosen).map(|model| model.name.as_str()).unwrap_or_default();
        let notice = (at.is_none() && !draft.model.is_empty())
            .then(|| format!("{} is not offered any more; {name} is chosen instead.", draft.model));
        let pictures = if count == 1 { "picture" } else { "pictures" };
        let at_hand = if all.len() <= AT_HAND + 1 { all.len() } else { AT_HAND };
        Self {
            draft_of: String::new(),
            key: studio.fresh_key().as_str().to_owned(),
            styles: style::choices(&draft.style),
            remix_of: draft.remix_of.clone(),
            length: draft.prompt.chars().count(),
            longest: Prompt::MAX,
            models: all
                .iter()
                .enumerate()
                .map(|(n, model)| model_choice(model, paces, n == chosen))
                .collect(),
            at_hand,
            folded_open: chosen >= at_hand,
            reader: catalog
                .reads_negative_prompts()
                .map(|model| Reader { slug: model.slug.0.clone(), name: model.name.clone() }),
            sizes: Size::ALL.into_iter().map(|one| size_choice(one, one == size)).collect(),
            counts: (1..=4).map(|n| CountChoice { n, chosen: n == count }).collect(),
            folders: folder_choices(folders, &draft.folder_id),
            pay: PayView::of(each, count, balance),
            summary: format!("{name} · {} · {count} {pictures}", size.ratio()),
            prompt: draft.prompt,
            negative_prompt: draft.negative_prompt,
            seed: draft.seed,
            error: None,
            notice,
        }
    }
}

impl PayView {
    fn of(each: Credits, count: u8, balance: &Balance) -> Self {
        let total = each.times(u32::from(count)).unwrap_or(Credits::MAX);
        let after = balance.credits.minus(total).filter(|_| balance.debt.is_zero());
        Self {
            each: each.get(),
            total: total.get(),
            count,
            balance: balance.credits.get(),
            after: after.map(Credits::get),
            missing: total.get().saturating_sub(balance.credits.get()),
            debt: balance.debt.get(),
        }
    }
}

fn model_choice(model: &Model, paces: &BTreeMap<ModelSlug, Pace>, chosen: bool) -> ModelChoice {
    ModelChoice {
        slug: model.slug.0.clone(),
        name: model.name.clone(),
        note: model.note.clone(),
        price: model.price.get(),
        usual: paces.get(&model.slug).map(|pace| usual::range(*pace)),
        own_pixels: model.size_mode == SizeMode::Ratio,
        reads_negative: model.negative_prompts == NegativePrompts::Native,
        chosen,
    }
}

fn size_choice(size: Size, chosen: bool) -> SizeChoice {
    let (width, height) = size.pixels();
    let drawn = |pixels: u32| f64::from(pixels) * 18.0 / 1024.0;
    let (w, h) = (drawn(width), drawn(height));
    let (x, y) = (12.0 - w / 2.0, 12.0 - h / 2.0);
    SizeChoice { slug: size.as_str(), ratio: size.ratio(), width, height, x, y, w, h, chosen }
}

fn folder_choices(folders: &[Folder], chosen: &str) -> Vec<FolderChoice> {
    let mut choices: Vec<_> = folders
        .iter()
        .map(|folder| {
            let id = folder.id.to_string();
            FolderChoice { chosen: id == chosen, path: path(folders, folder), id }
        })
        .collect();
    choices.sort_by(|a, b| a.path.cmp(&b.path));
    choices
}

/// A folder's name with those above it. Folders cannot lie in themselves, so this ends.
fn path(folders: &[Folder], folder: &Folder) -> String {
    let above = folder.parent_id.and_then(|id| folders.iter().find(|other| other.id == id));
    match above {
        Some(above) => format!("{} / {}", path(folders, above), folder.name.as_str()),
        None => folder.name.as_str().to_owned(),
    }
}
