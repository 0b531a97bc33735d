//! Tests over the whole workspace; each file beside this one is a suite.

mod client;
mod dice;
mod dump;
mod every_call;
mod fal_world;
pub mod live;
mod server;
mod studio;

pub use client::{Answer, Client, is_final};
pub use dice::Dice;
pub use dump::{BOOKS, dump};
pub use every_call::every_call;
pub use fal_world::{FalStudio, FalWorld, SystemClock, files, states};
pub use server::{Place, Server, binary, built, resident_kb, secrets};
pub use studio::{Setup, TestStudio, ask, packs, terms};
