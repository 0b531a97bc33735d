//! A request's name: `paint-{render}-{milliseconds}`. All the painter must know is in it.

use std::fmt;

use safelight_domain::{RenderId, Timestamp};
use safelight_ports::Fault;

/// What was asked for, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RequestId {
    pub render: RenderId,
    pub asked_at: Timestamp,
}

impl RequestId {
    /// Reads a name; one we never gave is a lasting fault.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        Self::read(text).ok_or_else(|| Fault::lasting("provider", "not a request of the painter"))
    }

    /// Reads the location of a delivery.
    pub fn at(location: &str) -> Result<Self, Fault> {
        Self::parse(location.strip_prefix("painter:").unwrap_or_default())
    }

    /// Where its picture can be fetched: `painter:{name}`.
    pub fn location(self) -> String {
        format!("painter:{self}")
    }

    fn read(text: &str) -> Option<Self> {
        let (render, millis) = text.strip_prefix("paint-")?.rsplit_once('-')?;
        Some(Self {
            render: render.parse().ok()?,
            asked_at: Timestamp::from_millisecond(millis.parse().ok()?).ok()?,
        })
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "paint-{}-{}", self.render, self.asked_at.as_millisecond())
    }
}
