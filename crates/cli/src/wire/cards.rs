//! Who takes cards: Stripe, once its key is set.

use std::sync::Arc;

use anyhow::Context;
use safelight_adapters_stripe::{Stripe, StripeConfig, StripeSettings};
use safelight_domain::Packs;
use safelight_ports::Clock;

pub use safelight_adapters_stripe::{Made, Outcome, Plan, Setup, Step};

use crate::{
    environment::setting,
    world::{SystemClock, SystemEntropy},
};

/// What the environment says of Stripe; none when no key is set.
pub fn configured() -> anyhow::Result<Option<StripeConfig>> {
    let Some(key) = setting("STRIPE_SECRET_KEY")? else { return Ok(None) };
    let (secrets, api_url) = (setting("STRIPE_WEBHOOK_SECRET")?, setting("STRIPE_API_URL")?);
    let settings = StripeSettings {
        key: &key,
        webhook_secrets: secrets.as_deref().map(String::as_str),
        api_url: api_url.as_deref().map(String::as_str),
    };
    Ok(Some(settings.check()?))
}

/// Stripe, when its key is set.
pub fn open() -> anyhow::Result<Option<Arc<Stripe>>> {
    let Some(config) = configured()? else { return Ok(None) };
    let stripe = Stripe::new(&config, Arc::new(SystemEntropy)).context("the Stripe settings")?;
    Ok(Some(Arc::new(stripe)))
}

/// What trying Stripe out showed; none when no key is set.
pub async fn probe(packs: &Packs, app_url: &str) -> anyhow::Result<Option<Vec<Step>>> {
    let Some(stripe) = open()? else { return Ok(None) };
    let packs: Vec<_> = packs.iter().cloned().collect();
    Ok(Some(stripe.probe(&packs, app_url, SystemClock.now()).await))
}
