//! What a commit would write, in words.

use safelight_domain::{
    AuditWrite, FeedWrite, LedgerWrite, OrderWrite, PackOrder, TaskWrite, Write,
};

/// One row in words; none for what only tells other browsers.
pub fn words(write: &Write) -> Option<String> {
    Some(match write {
        Write::Feed(FeedWrite::Event(..)) => return None,
        Write::Order(OrderWrite::Moved { order, was }) if order.state != *was => {
            let (was, is) = (was.as_str(), order.state.as_str());
            format!("Order {} goes from {was} to {is}.{}", order.id, money(order))
        }
        Write::Order(OrderWrite::Moved { order, .. }) => {
            format!("Order {}:{}", order.id, money(order))
        }
        Write::Ledger(LedgerWrite::Lot(lot)) => {
            format!("A lot of {} credits is made ({}).", lot.granted.get(), lot.source.as_str())
        }
        Write::Ledger(LedgerWrite::Txn(txn)) => {
            let (balance, debt) = (txn.balance_after.get(), txn.debt_after.get());
            let owed = if debt == 0 { String::new() } else { format!(", {debt} owed") };
            let (kind, amount) = (txn.kind.as_str(), txn.amount.get());
            format!("Line {}: {kind} of {amount} credits; {balance} left{owed}.", txn.seq)
        }
        Write::Order(OrderWrite::Customer(mode, None)) => {
            format!("The account's customer of {} mode is forgotten.", mode.as_str())
        }
        Write::Task(TaskWrite::New(task)) => format!("A task is made: {}", task.says),
        Write::Audit(AuditWrite::Event(deed)) => format!("A deed: {}.", deed.name.as_str()),
        Write::Ledger(LedgerWrite::Charge(_) | LedgerWrite::ChargeState(..))
        | Write::Order(OrderWrite::New(_) | OrderWrite::Customer(_, Some(_)))
        | Write::Account(_)
        | Write::Deletion(_)
        | Write::Event(_)
        | Write::Generation(_)
        | Write::Render(_)
        | Write::Image(_)
        | Write::Folder(_)
        | Write::Key(_)
        | Write::Session(_)
        | Write::Task(TaskWrite::Done(..))
        | Write::Attempt(_) => "Another row is written.".to_owned(),
    })
}

fn money(order: &PackOrder) -> String {
    let (captured, currency) = (order.captured, order.money.currency.as_str());
    match (captured, order.refunded) {
        (0, _) => String::new(),
        (_, 0) => format!(" {captured} captured, in the smallest unit of {currency}."),
        (_, back) => {
            format!(" {back} of {captured} went back, in the smallest unit of {currency}.")
        }
    }
}
