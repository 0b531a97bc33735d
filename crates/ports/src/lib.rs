//! The outside world as traits: what the use cases ask for and adapters provide.
//!
//! Invariant: nothing here names a database, a protocol or a vendor. All ports are used as
//! `Arc<dyn _>`.

mod fault;
mod provider;
mod storage;
mod store;
mod world;

pub use fault::Fault;
pub use provider::{Cancelled, Delivery, Looked, Provider, SubmitError};
pub use storage::{Presign, Storage};
pub use store::{CommitError, Feed, Store};
pub use world::{Clock, Entropy, Ids};
