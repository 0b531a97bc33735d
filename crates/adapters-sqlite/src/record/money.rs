//! Orders, customers and deliveries as rows.

use rusqlite::params;
use safelight_domain::{
    Delivery, DeliveryState, Effect, EventId, Mark, OrderState, PackOrder, PaymentMode, Write,
};

use super::Desk;
use crate::{
    error::Sql,
    rows::{self, id, micros},
};

impl Desk<'_> {
    pub(super) fn record_money(&self, write: &Write) -> Sql<()> {
        match write {
            Write::Order(order) => self.order(order),
            Write::OrderMoved { order, was } => self.order_moved(order, *was),
            Write::Customer(mode, customer) => self.customer(*mode, customer.as_deref()),
            Write::Delivery(delivery) => self.delivery(delivery),
            Write::DeliveryMarked { event, mark, effect } => {
                self.delivery_marked(event, mark, *effect)
            }
            Write::Task(task) => self.one(
                "INSERT INTO task(id, kind, account_id, subject, says, created_at) \
                 VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    id(task.id.0),
                    task.kind.as_str(),
                    task.account_id.map(|account| id(account.0)),
                    task.subject,
                    task.says,
                    micros(task.created_at)
                ],
            ),
            Write::TaskDone(task, at) => self.one(
                "UPDATE task SET done_at = ?2 WHERE id = ?1 AND done_at IS NULL",
                params![id(task.0), micros(*at)],
            ),
            other => self.record_library(other),
        }
    }

    fn order(&self, order: &PackOrder) -> Sql<()> {
        self.one(
            "INSERT INTO pack_order(id, account_id, mode, pack, credits, expires_days, minor, \
             currency, return_to, created_at, price, customer) \
             VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            params![
                id(order.id.0),
                id(order.account_id.0),
                order.mode.as_str(),
                order.pack.as_str(),
                order.credits.get(),
                order.expires_days,
                order.money.minor,
                order.money.currency,
                order.return_to,
                micros(order.created_at),
                order.price,
                order.customer
            ],
        )
    }

    fn order_moved(&self, order: &PackOrder, was: OrderState) -> Sql<()> {
        self.one(
            "UPDATE pack_order SET state = ?3, checkout = ?4, lapses_at = ?5, payment = ?6, \
             captured = ?7, refunded = ?8, receipt_url = ?9, settled_at = ?10, reason = ?11 \
             WHERE id = ?1 AND state = ?2",
            params![
                id(order.id.0),
                was.as_str(),
                order.state.as_str(),
                order.checkout,
                order.lapses_at.map(micros),
                order.payment,
                order.captured,
                order.refunded,
                order.receipt_url,
                order.settled_at.map(micros),
                order.reason
            ],
        )
    }

    fn customer(&self, mode: PaymentMode, customer: Option<&str>) -> Sql<()> {
        let me = id(self.account.0);
        let sql = "DELETE FROM customer WHERE account_id = ?1 AND mode = ?2";
        self.run(sql, params![me, mode.as_str()])?;
        let Some(customer) = customer else { return Ok(()) };
        let sql = "INSERT INTO customer(account_id, mode, customer) VALUES(?1, ?2, ?3)";
        self.one(sql, params![me, mode.as_str(), customer])
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
