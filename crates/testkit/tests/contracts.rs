//! The fakes keep the contracts they check others by.

use std::sync::Arc;

use safelight_testkit::{MemoryStorage, ScriptedProvider};

mod memory_storage {
    use super::{Arc, MemoryStorage};
    safelight_testkit::storage_contract!((Arc::new(MemoryStorage::new()), ()));
}

mod scripted_provider {
    use super::{Arc, ScriptedProvider};
    safelight_testkit::provider_contract!({
        let provider = Arc::new(ScriptedProvider::new());
        provider.hold();
        let held = Arc::clone(&provider);
        (provider, move || held.release())
    });
}
