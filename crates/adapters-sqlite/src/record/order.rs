//! Orders and customers as rows.

use rusqlite::params;
use safelight_domain::{OrderState, OrderWrite, PackOrder, PaymentMode};

use super::RowWriter;
use crate::{
    error::Sql,
    rows::{id, micros},
};

impl RowWriter<'_> {
    pub(super) fn record_order(&self, write: &OrderWrite) -> Sql<()> {
        match write {
            OrderWrite::New(order) => self.order(order),
            OrderWrite::Moved { order, was } => self.order_moved(order, *was),
            OrderWrite::Customer(mode, customer) => self.customer(*mode, customer.as_deref()),
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
}
