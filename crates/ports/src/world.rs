//! Time, identity and chance, so that tests decide them.

use safelight_domain::{Reading, Timestamp, Uuid};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now, in UTC.
    fn now(&self) -> Timestamp;

    /// Now, by the wall clock and by one that nobody can set. A clock that has no other to compare
    /// itself with is taken at its word.
    fn reading(&self) -> Reading {
        let wall = self.now();
        Reading { wall, steady: wall.as_duration() }
    }
}

/// Names new things.
pub trait Ids: Send + Sync {
    /// A fresh UUID version 7; MUST sort after every one it gave before.
    fn next(&self) -> Uuid;
}

/// Makes secrets.
pub trait Entropy: Send + Sync {
    /// 32 bytes nobody can guess.
    fn secret(&self) -> [u8; 32];
}
