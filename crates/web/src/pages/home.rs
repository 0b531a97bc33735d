//! The prices: true figures from the configuration, nothing else.

use poem::handler;
use safelight_domain::NegativePrompts;
use serde::Serialize;

use super::billing::{PackView, packs};
use crate::{problem::Problem, site::Page, visitor::Visitor};

#[derive(Serialize)]
struct PricesView {
    signup_bonus: u32,
    models: Vec<ModelView>,
    actions: Vec<ActionView>,
    packs: Vec<PackView>,
}

#[derive(Serialize)]
struct ModelView {
    name: String,
    note: String,
    price: u32,
    reads_negative_prompts: bool,
}

#[derive(Serialize)]
struct ActionView {
    name: String,
    price: u32,
}

/// `/pricing`
#[handler]
pub async fn pricing(visitor: Visitor) -> Result<Page, Problem> {
    let prices = prices(&visitor);
    visitor.page("pricing.html", "Pricing", prices).await
}

fn prices(visitor: &Visitor) -> PricesView {
    let terms = &visitor.studio().terms;
    let models = terms.catalog.models().iter().map(|model| ModelView {
        name: model.name.clone(),
        note: model.note.clone(),
        price: model.price.get(),
        reads_negative_prompts: model.negative_prompts == NegativePrompts::Native,
    });
    let actions = terms
        .actions
        .iter()
        .map(|(name, price)| ActionView { name: name.as_str().to_owned(), price: price.get() });
    PricesView {
        signup_bonus: terms.signup_bonus.get(),
        models: models.collect(),
        actions: actions.collect(),
        packs: packs(visitor.studio()),
    }
}
