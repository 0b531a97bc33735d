//! The adapter against a simulated fal: every documented answer, and every way to misbehave.

mod cancel;
mod fetch;
mod look;
mod push;
mod submit;

use std::{sync::Arc, time::Duration};

use safelight_adapters_fal::{Fal, FalSettings};
use safelight_domain::{Order, Prompt, RenderId};
use safelight_ports::{Ids, Provider};
use safelight_testkit::{ManualClock, SeqIds, contract::provider::order, fal::FalSimulator};

const KEY: &str = "key-id:key-secret";

safelight_testkit::provider_contract!({
    let bench = Bench::new();
    bench.simulator.hold();
    let provider = Arc::clone(&bench.fal);
    (provider, move || bench.simulator.release())
});

/// A simulator, an adapter that talks to it, and the clock both go by.
struct Bench {
    simulator: FalSimulator,
    fal: Arc<Fal>,
    clock: Arc<ManualClock>,
}

impl Bench {
    fn new() -> Self {
        Self::with(|_| {})
    }

    /// With settings changed; what is left unset leads to the simulator.
    fn with<'a>(change: impl FnOnce(&mut FalSettings<'a>)) -> Self {
        let clock = Arc::new(ManualClock::new());
        let simulator = FalSimulator::start(KEY, Duration::ZERO, clock.clone()).unwrap();
        let (queue, jwks, media) =
            (simulator.queue_url(), simulator.jwks_url(), simulator.media_url());
        let mut settings: FalSettings<'a> = FalSettings {
            key: KEY,
            app_url: "http://127.0.0.1:8080",
            token_key: [7; 32],
            ..FalSettings::default()
        };
        change(&mut settings);
        let settings = FalSettings {
            queue_url: settings.queue_url.or(Some(&queue)),
            jwks_url: settings.jwks_url.or(Some(&jwks)),
            media_hosts: settings.media_hosts.or(Some(&media)),
            ..settings
        };
        let fal = Arc::new(fal(&settings, clock.clone()));
        Self { simulator, fal, clock }
    }

    async fn submit(&self, prompt: &str) -> String {
        self.fal.submit(render(), &says(prompt)).await.unwrap()
    }
}

/// An adapter that does not wait long.
fn fal(settings: &FalSettings<'_>, clock: Arc<ManualClock>) -> Fal {
    let mut config = settings.check().unwrap();
    let limits = &mut config.limits;
    limits.poll_gap = Duration::from_millis(5);
    limits.connect = Duration::from_secs(2);
    limits.submit = Duration::from_millis(2_500);
    limits.call = Duration::from_secs(3);
    limits.fetch = Duration::from_secs(3);
    limits.picture_bytes = 200_000;
    Fal::new(config, clock).unwrap()
}

fn render() -> RenderId {
    RenderId(SeqIds::new().next())
}

fn says(prompt: &str) -> Order {
    Order { prompt: Prompt::parse(prompt).unwrap(), ..order() }
}
