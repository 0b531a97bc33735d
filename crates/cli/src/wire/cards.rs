//! Stripe beyond payments: what it must be set up with, and how it looks from here.

use std::sync::Arc;

use anyhow::Context;
use safelight_adapters_stripe::Stripe;
use safelight_domain::Packs;
use safelight_outbound::Step;
use safelight_ports::Clock;

pub use safelight_adapters_stripe::{Made, Plan, Setup};

use super::cashier::configured;
use crate::world::{SystemClock, SystemEntropy};

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
