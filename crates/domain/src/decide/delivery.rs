//! Deliveries: kept once, marked once.

use crate::{Books, Delivery, DeliveryState, Effect, EventId, Mark, Write};

/// Keeps a notice; one that was kept before changes nothing.
pub(super) fn receive(seen: &Books, delivery: Box<Delivery>) -> Option<Write> {
    let known = seen.deliveries.iter().any(|(event, _)| *event == delivery.event);
    (!known).then_some(Write::Delivery(delivery))
}

/// Marks a delivery. Whoever comes second finds it marked and has nothing to add.
pub(super) fn mark(
    seen: &Books,
    event: EventId,
    mark: Mark,
    effect: Option<Effect>,
) -> Option<Write> {
    let (_, state) = seen.deliveries.iter().find(|(known, _)| *known == event)?;
    let again = matches!(mark, Mark::Again(_));
    let due = *state == DeliveryState::Pending || again;
    due.then_some(Write::DeliveryMarked { event, mark, effect })
}
