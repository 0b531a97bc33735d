//! Stand-ins that need no key and no network: a painter, a disk store, an outbox, a play
//! checkout.
//!
//! Invariant: they keep the same contracts as the services they stand for, so a studio that runs on
//! them runs on those.

mod disk;
mod outbox;
mod painter;
mod play;

pub use disk::DiskStore;
pub use outbox::Drawer;
pub use painter::{Pace, Painter};
pub use play::Play;
