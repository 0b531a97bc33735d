//! Tests over the whole workspace; each file beside this one is a suite.

mod studio;

pub use studio::{Setup, TestStudio, ask};
