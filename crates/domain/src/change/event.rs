//! Events of the payment provider: kept once, marked once.

use crate::{Delivery, Effect, EventId, Mark, Needs};

/// A change to an event that moved an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventChange {
    /// Marks an event. Comes last: it notes what the changes before it moved.
    Mark(EventId, Mark),
}

/// A change to an event that belongs to no account yet, or to none at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnownedEventChange {
    /// Keeps an event of the payment provider, once.
    Receive(Box<Delivery>),
    /// Marks an event that moved nothing.
    Mark(EventId, Mark),
}

/// A row of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the row it names; the rules live in decide")]
pub enum EventWrite {
    New(Box<Delivery>),
    Marked { event: EventId, mark: Mark, effect: Option<Effect> },
}

impl EventChange {
    pub(crate) fn needs(&self, needs: &mut Needs) {
        match self {
            Self::Mark(event, _) => needs.deliveries.push(event.clone()),
        }
    }
}

impl UnownedEventChange {
    pub(crate) fn needs(&self, needs: &mut Needs) {
        match self {
            Self::Receive(delivery) => needs.deliveries.push(delivery.event.clone()),
            Self::Mark(event, _) => needs.deliveries.push(event.clone()),
        }
    }
}
