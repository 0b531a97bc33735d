//! What tests of every ring stand on: fakes, human fixtures, contracts and faults.
//!
//! Invariant: a fake passes the same contract suite as the adapters it stands for. Nothing here
//! ships; it is a dev-dependency only.

#[cfg(feature = "bucket")]
pub mod bucket;
pub mod contract;
pub mod darkroom;
pub mod fal;
mod fault;
mod imaging;
mod noise;
mod payments;
pub mod people;
mod provider;
mod storage;
pub mod stripe;
mod web;
mod world;

pub use darkroom::Darkroom;
pub use fault::{Faults, Strike};
pub use imaging::TinyImaging;
pub use noise::{noise, noisy_text};
pub use payments::FakePayments;
pub use provider::{Script, ScriptedProvider, picture};
pub use storage::MemoryStorage;
pub use web::{Received, Reply, Server};
pub use world::{FixedEntropy, ManualClock, SeqIds};
