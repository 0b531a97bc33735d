//! Tests over the whole workspace; each file beside this one is a suite.

mod client;
mod fal_world;
pub mod live;
mod server;
mod studio;

pub use client::{Answer, Client, is_final};
pub use fal_world::{FalStudio, FalWorld, states};
pub use server::{Place, Server, binary, resident_kb};
pub use studio::{Setup, TestStudio, ask, packs};
