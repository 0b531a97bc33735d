//! Stand-ins that need no key and no network: a disk store.
//!
//! Invariant: they keep the same contracts as the services they stand for, so a studio that runs on
//! them runs on those.

mod disk;

pub use disk::DiskStore;
