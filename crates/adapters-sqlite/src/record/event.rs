//! A payment provider's events as rows.

use rusqlite::params;
use safelight_domain::{Delivery, DeliveryState, Effect, EventId, EventWrite, Mark};

use super::RowWriter;
use crate::{
    error::Sql,
    rows::{self, id, micros},
};

impl RowWriter<'_> {
    pub(super) fn record_event(&self, write: &EventWrite) -> Sql<()> {
        match write {
            EventWrite::New(delivery) => self.delivery(delivery),
            EventWrite::Marked { event, mark, effect } => {
                self.delivery_marked(event, mark, *effect)
            }
        }
    }

    fn delivery(&self, delivery: &Delivery) -> Sql<()> {
        let (topic, object) = rows::topic_words(&delivery.topic);
        self.one(
            "INSERT INTO delivery(event, kind, topic, object, customer, api_version, live, \
             created_at, received_at, headers, body, next_at) \
             VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            params![
                delivery.event.as_str(),
                delivery.kind,
                topic,
                object,
                delivery.customer,
                delivery.api_version,
                delivery.live,
                micros(delivery.created_at),
                micros(delivery.received_at),
                delivery.headers,
                delivery.body,
                delivery.next_at.map(micros)
            ],
        )
    }

    fn delivery_marked(&self, event: &EventId, mark: &Mark, effect: Option<Effect>) -> Sql<()> {
        use DeliveryState::{Applied, Dead, Ignored, Parked, Pending};
        let (state, next_at, error) = match mark {
            Mark::Applied => (Applied, None, None),
            Mark::Ignored(why) => (Ignored, None, Some(why)),
            Mark::Parked(why) => (Parked, None, Some(why)),
            Mark::Later { next_at, error } => (Pending, Some(*next_at), Some(error)),
            Mark::Dead(error) => (Dead, None, Some(error)),
            Mark::Again(next_at) => (Pending, Some(*next_at), None),
        };
        let again = matches!(mark, Mark::Again(_));
        self.one(
            "UPDATE delivery SET state = ?2, next_at = ?3, last_error = ?4, \
             attempts = CASE WHEN ?5 THEN 0 ELSE attempts END WHERE event = ?1",
            params![event.as_str(), state.as_str(), next_at.map(micros), error, again],
        )?;
        let Some(effect) = effect.filter(|_| state == Applied) else { return Ok(()) };
        // What it moved when it came first stays told.
        self.run_any(
            "UPDATE delivery SET account_id = ?2, first_seq = ?3, last_seq = ?4 \
             WHERE event = ?1 AND first_seq IS NULL",
            params![event.as_str(), id(effect.account_id.0), effect.first, effect.last],
        )
    }
}
