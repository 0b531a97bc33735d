//! Orders a decision must see.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};
use safelight_domain::{AccountId, Books, OrderId};

use crate::{
    error::Sql,
    lookup::{mine, one},
    rows::{self, id},
};

/// What the books say of an order: its txns, and what of its lots nobody had.
const RETURNED: &str = "SELECT r.order_id, r.taken, r.owed, \
     coalesce((SELECT -sum(e.delta) FROM txn t INDEXED BY txn_lost JOIN entry e ON e.txn_id = t.id \
       JOIN lot l ON l.id = e.lot_id WHERE t.account_id = ?2 \
       AND t.kind IN ('expire', 'adjust_down', 'forfeit') AND l.order_id = ?1), 0) AS lost \
     FROM order_returned r WHERE r.order_id = ?1";

/// The orders asked for, and with `payers` those whose lots paid the loaded charges.
pub fn orders(
    db: &Connection,
    account: AccountId,
    orders: &[OrderId],
    payers: bool,
    books: &mut Books,
) -> Sql<()> {
    let sql = "SELECT * FROM pack_order WHERE id = ?1 AND account_id = ?2";
    let paid: BTreeSet<_> = if payers && !books.charges.is_empty() {
        let by = books.charges.iter().flat_map(|paid| &paid.by).map(|(lot, _)| *lot);
        let paid_by: BTreeSet<_> = by.collect();
        let lots = books.lots.iter().filter(|lot| paid_by.contains(&lot.id));
        lots.filter_map(|lot| lot.order).map(|order| order.0).collect()
    } else {
        BTreeSet::new()
    };
    let asked: BTreeSet<_> = orders.iter().map(|order| order.0).collect();
    for order in &asked {
        let params = params![id(*order), id(account.0)];
        books.returned.extend(one(db, RETURNED, params, rows::returned)?);
    }
    books.orders = mine(db, sql, account, asked.union(&paid).copied(), rows::order)?;
    Ok(())
}
