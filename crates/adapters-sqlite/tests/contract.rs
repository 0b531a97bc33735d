//! The store keeps the contract every store must keep.

#[path = "common/room.rs"]
mod room;

use std::sync::Arc;

use room::Room;

safelight_testkit::store_contract!({
    let room = Room::new();
    (Arc::new(room.dark.clone()), room)
});

safelight_testkit::till_contract!({
    let room = Room::new();
    (Arc::new(room.dark.clone()), room)
});

safelight_testkit::search_contract!({
    let room = Room::new();
    (Arc::new(room.dark.clone()), room)
});
