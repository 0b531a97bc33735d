//! The contract all storages keep, over a server that verifies every signature.

use std::sync::Arc;

use super::peer::Peer;

safelight_testkit::storage_contract!({
    let peer = Peer::start();
    (Arc::new(peer.bucket()), peer)
});
