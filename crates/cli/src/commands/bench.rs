//! `safelight bench`: figures as ratios against a floor of the same run on the same disk.

mod asking;
pub mod day;
mod fill;
pub mod gallery;
pub mod ingest;
pub mod ledger;
mod memory;
pub mod office;
pub mod presign;
pub mod sign_in;
