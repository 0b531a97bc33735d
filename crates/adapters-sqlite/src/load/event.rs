//! A payment provider's events a decision must see.

use rusqlite::Connection;
use safelight_domain::{Books, EventId};

use crate::{error::Sql, lookup::one, rows};

pub fn events(db: &Connection, events: &[EventId], books: &mut Books) -> Sql<()> {
    for event in events {
        let sql = "SELECT event, state FROM delivery WHERE event = ?1";
        let found = one(db, sql, [event.as_str()], |row| {
            Ok((rows::event_id(row)?, rows::delivery_state(row, "state")?))
        })?;
        books.deliveries.extend(found);
    }
    Ok(())
}
