//! Orders, customers and the inbox.

use rusqlite::{Connection, Row, params};
use safelight_domain::{
    AccountId, Delivery, DeliveryState, EventId, OrderId, PackOrder, PaymentMode, Timestamp, Uuid,
};
use safelight_ports::{DeliveryFilter, InboxLoad, OrderStatus, Page, Paged};

use super::{all, limit, number, one, paged};
use crate::{
    error::Sql,
    rows::{self, id, micros},
};

/// An order with its returns, as [`status`] reads it.
macro_rules! select_order {
    ($rest:literal) => {
        concat!(
            "SELECT o.*, r.taken, max(r.owed, 0) AS owed FROM pack_order o ",
            "JOIN order_returned r ON r.order_id = o.id ",
            $rest
        )
    };
}

pub const ORDERS: &str =
    select_order!("WHERE o.account_id = ?1 AND o.id < ?2 ORDER BY o.id DESC LIMIT ?3");

pub const DELIVERIES: &str = "SELECT * FROM delivery WHERE n < ?1 ORDER BY n DESC LIMIT ?2";

pub const DELIVERIES_IN: &str =
    "SELECT * FROM delivery WHERE state = ?3 AND n < ?1 ORDER BY n DESC LIMIT ?2";

fn status(row: &Row<'_>) -> Sql<OrderStatus> {
    let (taken, owed) = (rows::credits(row, "taken")?, rows::credits(row, "owed")?);
    Ok(OrderStatus { order: rows::order(row)?, taken, owed })
}

pub fn order(db: &Connection, account: AccountId, order: OrderId) -> Sql<Option<OrderStatus>> {
    let sql = select_order!("WHERE o.id = ?1 AND o.account_id = ?2");
    one(db, sql, [id(order.0), id(account.0)], status)
}

pub fn orders(db: &Connection, account: AccountId, page: Page) -> Sql<Paged<OrderStatus>> {
    let before = page.after.map_or(u128::MAX, |cursor| cursor.0);
    let params = params![id(account.0), before.to_be_bytes(), limit(page)];
    let items = all(db, ORDERS, params, status)?;
    Ok(paged(items, page, |status| status.order.id.0.as_u128()))
}

pub fn any_order(db: &Connection, order: OrderId) -> Sql<Option<PackOrder>> {
    one(db, "SELECT * FROM pack_order WHERE id = ?1", [id(order.0)], rows::order)
}

pub fn waiting_orders(
    db: &Connection,
    mode: PaymentMode,
    before: Timestamp,
    after: Option<OrderId>,
    limit: u16,
) -> Sql<Vec<OrderId>> {
    let sql = "SELECT id FROM pack_order INDEXED BY order_waiting WHERE state IN ('open', 'unpaid') AND mode = ?1 \
               AND checkout IS NOT NULL AND created_at < ?2 AND id > ?4 ORDER BY id LIMIT ?3";
    let after = after.map_or([0; 16], |order| id(order.0));
    all(db, sql, params![mode.as_str(), micros(before), limit, after], |row| {
        Ok(OrderId(rows::uuid(row, "id")?))
    })
}

pub fn order_of_checkout(
    db: &Connection,
    mode: PaymentMode,
    checkout: &str,
) -> Sql<Option<PackOrder>> {
    let sql = "SELECT * FROM pack_order WHERE mode = ?1 AND checkout = ?2";
    one(db, sql, [mode.as_str(), checkout], rows::order)
}

pub fn order_of_payment(
    db: &Connection,
    mode: PaymentMode,
    payment: &str,
) -> Sql<Option<PackOrder>> {
    let sql = "SELECT * FROM pack_order WHERE mode = ?1 AND payment = ?2";
    one(db, sql, [mode.as_str(), payment], rows::order)
}

pub fn customer(db: &Connection, account: AccountId, mode: PaymentMode) -> Sql<Option<String>> {
    let sql = "SELECT customer FROM customer WHERE account_id = ?1 AND mode = ?2";
    one(db, sql, params![id(account.0), mode.as_str()], |row| row.get(0))
}

pub fn account_of_customer(
    db: &Connection,
    mode: PaymentMode,
    customer: &str,
) -> Sql<Option<AccountId>> {
    let sql = "SELECT account_id FROM customer WHERE mode = ?1 AND customer = ?2";
    one(db, sql, [mode.as_str(), customer], |row| {
        Ok(AccountId(Uuid::from_bytes(row.get("account_id")?)))
    })
}

pub const DELIVERIES_OF: &str =
    "SELECT * FROM delivery WHERE kind = ?3 AND n < ?1 ORDER BY n DESC LIMIT ?2";

pub const DELIVERIES_OF_IN: &str =
    "SELECT * FROM delivery WHERE kind = ?3 AND state = ?4 AND n < ?1 ORDER BY n DESC LIMIT ?2";

/// Steps from one type to the next, so that it reads as many rows as there are types.
const NEXT_KIND: &str = "SELECT min(kind) FROM delivery WHERE kind > ?1";

pub fn kinds(db: &Connection, most: u16) -> Sql<Vec<String>> {
    super::each(db, NEXT_KIND, most)
}

pub fn delivery(db: &Connection, event: &EventId) -> Sql<Option<Delivery>> {
    one(db, "SELECT * FROM delivery WHERE event = ?1", [event.as_str()], rows::delivery)
}

pub fn deliveries(
    db: &Connection,
    DeliveryFilter { state, kind }: &DeliveryFilter,
    page: Page,
) -> Sql<Paged<Delivery>> {
    let before = number(page.after);
    let place = |row: &Row<'_>| Ok((row.get::<_, u64>("n")?, rows::delivery(row)?));
    let limit = limit(page);
    let state = state.map(DeliveryState::as_str);
    let items = match (kind, state) {
        (None, None) => all(db, DELIVERIES, params![before, limit], place)?,
        (None, Some(state)) => all(db, DELIVERIES_IN, params![before, limit, state], place)?,
        (Some(kind), None) => all(db, DELIVERIES_OF, params![before, limit, kind], place)?,
        (Some(kind), state) => {
            all(db, DELIVERIES_OF_IN, params![before, limit, kind, state], place)?
        }
    };
    let Paged { items, next } = paged(items, page, |(n, _)| u128::from(*n));
    Ok(Paged { items: items.into_iter().map(|(_, delivery)| delivery).collect(), next })
}

pub fn inbox(db: &Connection) -> Sql<InboxLoad> {
    let sql = "SELECT \
        (SELECT count(*) FROM delivery WHERE state = 'pending') AS pending, \
        (SELECT count(*) FROM delivery WHERE state = 'pending' AND last_error IS NOT NULL) AS retried, \
        (SELECT count(*) FROM delivery WHERE state = 'parked') AS parked, \
        (SELECT count(*) FROM delivery WHERE state = 'dead') AS dead, \
        (SELECT received_at FROM delivery ORDER BY n DESC LIMIT 1) AS newest";
    db.prepare_cached(sql)?.query_row([], |row| {
        Ok(InboxLoad {
            pending: row.get("pending")?,
            retried: row.get("retried")?,
            parked: row.get("parked")?,
            dead: row.get("dead")?,
            newest: rows::time_or_none(row, "newest")?,
        })
    })
}
