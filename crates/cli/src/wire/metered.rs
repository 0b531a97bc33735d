//! The ports with their calls counted: decorators that answer exactly what the port inside answers.
//!
//! Invariant: every method of a port is passed on, those with a body of their own too; one that is
//! forgotten here would silently be the trait's and not the adapter's.

mod mailer;
mod payments;
mod provider;
mod storage;
mod store;

use std::sync::Arc;

use safelight_usecases::World;

use crate::metrics::Metrics;

/// A port and where its calls are counted.
struct Metered<P: ?Sized> {
    metrics: Metrics,
    inner: Arc<P>,
}

/// The same world, its calls counted.
pub fn world(world: World, metrics: &Metrics) -> World {
    World {
        store: around(world.store, metrics),
        provider: around(world.provider, metrics),
        storage: around(world.storage, metrics),
        mailer: around(world.mailer, metrics),
        payments: world.payments.map(|payments| around(payments, metrics) as _),
        ..world
    }
}

fn around<P: ?Sized>(inner: Arc<P>, metrics: &Metrics) -> Arc<Metered<P>> {
    Arc::new(Metered { metrics: metrics.clone(), inner })
}

/// A decorator keeps the contract of what it decorates. The two figures are no calls and not in
/// the contracts: a provider that is wrapped must answer its own.
#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use safelight_ports::{Provider, Storage};
    use safelight_testkit::{MemoryStorage, ScriptedProvider};

    use super::{Metered, Metrics, around};

    mod storage {
        use super::{Arc, MemoryStorage, Metered, Metrics, Storage, around};

        safelight_testkit::storage_contract!({
            let inner: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
            let metered: Arc<Metered<dyn Storage>> = around(inner, &Metrics::new());
            (metered, ())
        });
    }

    mod provider {
        use super::{Arc, Metered, Metrics, Provider, ScriptedProvider, around};

        safelight_testkit::provider_contract!({
            let provider = Arc::new(ScriptedProvider::new());
            provider.hold();
            let inner: Arc<dyn Provider> = provider.clone();
            let metered: Arc<Metered<dyn Provider>> = around(inner, &Metrics::new());
            (metered, move || provider.release())
        });
    }
}
