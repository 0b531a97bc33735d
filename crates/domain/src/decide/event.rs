//! The rules of a payment provider's events: kept once, marked once.

use super::decision::Decision;
use crate::{
    Books, Delivery, DeliveryState, Effect, EventChange, EventId, EventWrite, Mark,
    UnownedEventChange, Write,
};

impl Decision<'_> {
    pub(super) fn decide_event(&mut self, change: EventChange) {
        match change {
            EventChange::Mark(event, mark) => {
                let marked = marked(self.seen, event, mark, self.effect());
                self.till.writes.extend(marked);
            }
        }
    }
}

pub(super) fn decide_unowned(change: UnownedEventChange, seen: &Books) -> Option<Write> {
    match change {
        UnownedEventChange::Receive(delivery) => received(seen, delivery),
        UnownedEventChange::Mark(event, mark) => marked(seen, event, mark, None),
    }
}

/// Keeps an event; one that was kept before changes nothing.
fn received(seen: &Books, delivery: Box<Delivery>) -> Option<Write> {
    let known = seen.deliveries.iter().any(|(event, _)| *event == delivery.event);
    (!known).then_some(Write::Event(EventWrite::New(delivery)))
}

/// Marks an event. Whoever comes second finds it marked and has nothing to add.
fn marked(seen: &Books, event: EventId, mark: Mark, effect: Option<Effect>) -> Option<Write> {
    let (_, state) = seen.deliveries.iter().find(|(known, _)| *known == event)?;
    let again = matches!(mark, Mark::Again(_));
    let due = *state == DeliveryState::Pending || again;
    due.then_some(Write::Event(EventWrite::Marked { event, mark, effect }))
}
