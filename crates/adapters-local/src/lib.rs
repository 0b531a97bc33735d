//! Stand-ins that need no key and no network: a painter and a disk store.
//!
//! Invariant: they keep the same contracts as the services they stand for, so a studio that runs on
//! them runs on those.

mod disk;
mod painter;

pub use disk::DiskStore;
pub use painter::{Pace, Painter};
