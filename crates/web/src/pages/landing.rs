//! `/`: what the studio is, with its own figures: prices from the configuration, times from its
//! history. What there is nothing to tell of yet is left out.

use poem::handler;
use safelight_usecases::Error;
use serde::Serialize;

use super::{
    billing::{PackView, packs},
    studio::usual,
};
use crate::{problem::Problem, site::Page, visitor::Visitor};

/// What the meter shows before the picture is paid, where no account begins with any credits.
const SHOWN: u32 = 10;

#[derive(Serialize)]
struct LandingView {
    app_url: String,
    signup_bonus: u32,
    /// The first model on offer: what the reveal shows the price of.
    first: ModelView,
    models: Vec<ModelView>,
    /// What can be bought; nothing while no payments are set up.
    packs: Vec<PackView>,
    /// What the dearest picture costs.
    dearest: u32,
    /// The meter before and after.
    before: u32,
    after: u32,
    /// What an API key begins with.
    key_prefix: String,
    /// How long a picture may take before it is given up and its credit returned.
    deadline: String,
}

#[derive(Clone, Serialize)]
struct ModelView {
    slug: String,
    name: String,
    note: String,
    price: u32,
    /// How long a picture usually takes, once there is something to tell from.
    usual: Option<String>,
}

/// `/`
#[handler]
pub async fn show(visitor: Visitor) -> Result<Page, Problem> {
    let view = view(&visitor).await?;
    visitor.page("landing.html", "Pictures from words", view).await
}

async fn view(visitor: &Visitor) -> Result<LandingView, Error> {
    let studio = visitor.studio();
    let terms = &studio.terms;
    let paces = studio.paces.all().await?;
    let models: Vec<_> = terms
        .catalog
        .models()
        .iter()
        .map(|model| ModelView {
            slug: model.slug.0.clone(),
            name: model.name.clone(),
            note: model.note.clone(),
            price: model.price.get(),
            usual: paces.get(&model.slug).map(|pace| usual::range(*pace)),
        })
        .collect();
    let first = models[0].clone();
    let bonus = terms.signup_bonus.get();
    let before = bonus.max(SHOWN).max(first.price);
    let minutes = terms.timing.deadline.as_secs().div_euclid(60);
    Ok(LandingView {
        app_url: visitor.shared().web.about.app_url.clone(),
        signup_bonus: bonus,
        dearest: models.iter().map(|model| model.price).max().unwrap_or_default(),
        after: before - first.price,
        before,
        packs: packs(studio),
        key_prefix: terms.key_prefix.clone(),
        deadline: match minutes {
            0 => format!("{} seconds", terms.timing.deadline.as_secs()),
            1..120 => format!("{minutes} minutes"),
            _ => format!("{} hours", minutes / 60),
        },
        first,
        models,
    })
}
