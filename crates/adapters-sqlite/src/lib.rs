//! The store on SQLite: one writer thread with group commit, a pool of read-only connections.
//!
//! Invariant: what was answered is on disk (`synchronous=FULL`), and the schema repeats every rule
//! of the books, so that no bug and no second program can break them.

mod audit;
mod backup;
mod checkup;
mod connect;
mod crowd;
mod error;
mod feed;
mod gauges;
mod load;
mod lookup;
mod migrate;
mod quota;
mod reads;
mod record;
mod rows;
mod sqlite;
mod work;
mod writer;

pub use audit::Finding;
pub use backup::{Stored, audit_file};
pub use connect::Durability;
pub use crowd::Crowd;
pub use gauges::Gauges;
pub use migrate::{MigrateError, Migration, pending_migrations, schema_sql};
pub use sqlite::{Facts, OpenError, Options, Sqlite};
pub use writer::Noted;
