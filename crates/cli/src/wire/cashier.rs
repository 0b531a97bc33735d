//! Who takes payments: Stripe once its key is set; until then the play checkout on a studio that
//! is only tried out, and nobody on one in production.

use std::{path::Path, sync::Arc};

use anyhow::Context;
use safelight_adapters_local::Play;
use safelight_adapters_stripe::{Stripe, StripeConfig, StripePush, StripeSettings};
use safelight_ports::{PaymentPush, Payments};
use safelight_usecases::PlayCheckout;

use crate::{
    config::Config,
    environment::setting,
    world::{SystemClock, SystemEntropy},
};

/// Takes payments, and what serving must know of it.
#[derive(Default)]
pub struct Cashier {
    /// The port; none when nothing can be bought.
    pub payments: Option<Arc<dyn Payments>>,
    /// Proves its pushes.
    pub push: Option<Arc<dyn PaymentPush>>,
    /// The play checkout's page, while it serves.
    pub play: Option<Arc<dyn PlayCheckout>>,
}

/// What the environment says of Stripe; none when no key is set.
pub fn configured() -> anyhow::Result<Option<StripeConfig>> {
    let Some(key) = setting("STRIPE_SECRET_KEY")? else { return Ok(None) };
    let (secrets, url) = (setting("STRIPE_WEBHOOK_SECRET")?, setting("STRIPE_API_URL")?);
    let settings = StripeSettings {
        key: &key,
        webhook_secrets: secrets.as_deref().map(String::as_str),
        api_url: url.as_deref().map(String::as_str),
    };
    Ok(Some(settings.check()?))
}

/// Whether the play checkout serves when no key is set: never in production, where its page is not
/// mounted.
pub fn plays(app_url: &str) -> bool {
    !app_url.starts_with("https://")
}

/// Who takes payments here.
pub fn open(
    config: &Config,
    data_dir: &Path,
    app_url: &str,
    play_key: [u8; 32],
) -> anyhow::Result<Cashier> {
    if let Some(stripe) = configured()? {
        // Without a secret no push can be proven; the success page and catching up still work.
        let push = (stripe.webhook_secrets() > 0).then(|| StripePush::new(&stripe));
        let payments =
            Stripe::new(&stripe, Arc::new(SystemEntropy)).context("the Stripe settings")?;
        return Ok(Cashier {
            payments: Some(Arc::new(payments)),
            push: push.map(|push| Arc::new(push) as Arc<dyn PaymentPush>),
            play: None,
        });
    }
    if !plays(app_url) {
        return Ok(Cashier::default());
    }
    let file = data_dir.join("play-checkout.json");
    let (packs, clock) = (config.packs()?, Arc::new(SystemClock));
    let play = Arc::new(Play::new(file, packs, app_url.to_owned(), play_key, clock));
    Ok(Cashier { payments: Some(play.clone()), push: Some(play.clone()), play: Some(play) })
}
