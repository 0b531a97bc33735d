//! What is believed of the clock, as somebody sees it who is not the server.

use std::fmt;

use safelight_adapters_sqlite::Sqlite;
use safelight_domain::{SignedDuration, Timestamp};
use safelight_ports::{Fault, Store};

use super::Places;
use crate::lock::{InUse, Lock};

/// What is believed of the clock: by the server when one runs, else by what it left word of.
#[derive(Debug, Clone, Copy)]
pub struct ClockSeen {
    /// What the clock says.
    pub now: Timestamp,
    /// How far it is ahead while it is doubted.
    pub doubted: Option<SignedDuration>,
    /// The newest time that was sure, if anybody ever left word.
    pub sure: Option<Timestamp>,
    /// Whether a server runs.
    pub served: bool,
}

impl ClockSeen {
    /// Looks at a store.
    pub async fn by(store: &Sqlite, places: &Places) -> Result<Self, Fault> {
        let moment = store.clock(false).await?;
        let noted = store.clock_noted().await?;
        let lock = Lock::take(&places.data_dir);
        let served = lock.is_err_and(|error| error.downcast_ref::<InUse>().is_some());
        let here = moment.doubt.map(|doubt| doubt.ahead);
        let doubted = if served { noted.and_then(|noted| noted.ahead) } else { here };
        Ok(Self { now: moment.now, doubted, sure: noted.map(|noted| noted.seen_at), served })
    }
}

impl fmt::Display for ClockSeen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { now, doubted, sure, served } = self;
        let Some(ahead) = doubted else {
            return write!(f, "{now}, believed");
        };
        let side = if ahead.is_negative() { "behind" } else { "ahead of" };
        let sure = sure.map_or_else(|| "the newest commit".to_owned(), |at| at.to_string());
        let minutes = ahead.abs().as_secs() / 60;
        if *served {
            write!(
                f,
                "{now} is {minutes} minutes {side} what is sure, so nothing lapses, is purged, \
                 closed or forgotten; if `date -u` is right, run safelight clock accept, else set \
                 the clock: it is believed as soon as it agrees again"
            )
        } else {
            write!(
                f,
                "{now} is {minutes} minutes {side} {sure}, when a server last ran: once one starts, \
                 nothing lapses or is removed until it has agreed with itself for a while, or \
                 until safelight clock accept"
            )
        }
    }
}
