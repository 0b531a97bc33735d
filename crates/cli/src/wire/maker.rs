//! Who makes pictures: fal once its key is set, the painter until then.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use safelight_adapters_fal::{Fal, FalConfig, FalSettings};
use safelight_adapters_local::{Pace, Painter};
use safelight_domain::SignedDuration;
use safelight_outbound::Step;
use safelight_ports::Provider;
use safelight_usecases::ProviderPush;

use crate::{config::Config, environment::setting, world::SystemClock};

/// The provider, and what serving must know of it.
pub struct Maker {
    /// The port.
    pub provider: Arc<dyn Provider>,
    /// Proves its pushes, when it sends some.
    pub pushes: Option<Arc<dyn ProviderPush>>,
    /// Whether its pictures are practice ones.
    pub practice: bool,
}

/// What the environment says of fal; none when no key is set.
pub fn configured(app_url: &str, token_key: [u8; 32]) -> anyhow::Result<Option<FalConfig>> {
    let Some(key) = setting("FAL_KEY")? else { return Ok(None) };
    let [queue_url, jwks_url, media_hosts, webhooks] =
        ["FAL_QUEUE_URL", "FAL_JWKS_URL", "FAL_MEDIA_HOSTS", "FAL_WEBHOOKS"].map(setting);
    let (queue_url, jwks_url) = (queue_url?, jwks_url?);
    let (media_hosts, webhooks) = (media_hosts?, webhooks?);
    let settings = FalSettings {
        key: &key,
        queue_url: queue_url.as_deref().map(String::as_str),
        jwks_url: jwks_url.as_deref().map(String::as_str),
        media_hosts: media_hosts.as_deref().map(String::as_str),
        webhooks: webhooks.as_deref().map(String::as_str),
        app_url,
        token_key,
    };
    Ok(Some(settings.check()?))
}

/// What looking fal over showed; none while the painter serves.
pub async fn probe(app_url: &str) -> anyhow::Result<Option<Vec<Step>>> {
    // Nothing is pushed meanwhile, so any key for tokens will do.
    let Some(mut fal) = configured(app_url, [0; 32])? else { return Ok(None) };
    // Somebody waits for the answer.
    fal.limits.call = Duration::from_secs(8);
    let fal = Fal::new(fal, Arc::new(SystemClock)).context("the fal settings")?;
    Ok(Some(fal.probe().await))
}

/// The provider to serve with.
pub fn open(config: &Config, app_url: &str, token_key: [u8; 32]) -> anyhow::Result<Maker> {
    let clock = Arc::new(SystemClock);
    if let Some(mut fal) = configured(app_url, token_key)? {
        // What has not begun by then is given up here, so it need not begin there.
        let deadline = SignedDuration::from_secs(config.pipeline.deadline_seconds.into());
        fal.limits.start_within = fal.limits.start_within.min(deadline);
        let fal = Arc::new(Fal::new(fal, clock).context("the fal settings")?);
        return Ok(Maker { provider: fal.clone(), pushes: Some(fal), practice: false });
    }
    let [shortest, longest] = config.painter.seconds.map(SignedDuration::from_secs_f64);
    let pace = Pace { shortest, longest, ..Pace::default() };
    Ok(Maker { provider: Arc::new(Painter::new(clock, pace)), pushes: None, practice: true })
}
