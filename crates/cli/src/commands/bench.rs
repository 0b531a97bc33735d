//! `safelight bench`: figures as ratios against a floor of the same run on the same disk.

pub mod ledger;
