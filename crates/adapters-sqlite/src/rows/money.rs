//! Orders and deliveries as rows.

use rusqlite::Row;
use safelight_domain::{
    AccountId, Delivery, DeliveryState, Effect, EventId, Money, OrderId, OrderState, PackName,
    PackOrder, PaymentMode, Returned, Task, TaskId, TaskKind, Topic,
};

use super::{credits, foreign, time, time_or_none, uuid, uuid_or_none, word};
use crate::error::Sql;

pub fn order(row: &Row<'_>) -> Sql<PackOrder> {
    let pack: String = row.get("pack")?;
    Ok(PackOrder {
        id: OrderId(uuid(row, "id")?),
        account_id: AccountId(uuid(row, "account_id")?),
        mode: mode(row, "mode")?,
        pack: PackName::parse(&pack).map_err(|_| foreign("the pack", &pack))?,
        credits: credits(row, "credits")?,
        expires_days: row.get("expires_days")?,
        money: Money { minor: row.get("minor")?, currency: row.get("currency")? },
        price: row.get("price")?,
        customer: row.get("customer")?,
        return_to: row.get("return_to")?,
        state: word(row, "state", &OrderState::ALL, OrderState::as_str)?,
        checkout: row.get("checkout")?,
        lapses_at: time_or_none(row, "lapses_at")?,
        payment: row.get("payment")?,
        captured: row.get("captured")?,
        refunded: row.get("refunded")?,
        reason: row.get("reason")?,
        receipt_url: row.get("receipt_url")?,
        created_at: time(row, "created_at")?,
        settled_at: time_or_none(row, "settled_at")?,
    })
}

pub fn event_id(row: &Row<'_>) -> Sql<EventId> {
    let text: String = row.get("event")?;
    EventId::parse(text).map_err(|_| foreign("the event", ""))
}

pub fn task(row: &Row<'_>) -> Sql<Task> {
    Ok(Task {
        id: TaskId(uuid(row, "id")?),
        kind: word(row, "kind", &TaskKind::ALL, TaskKind::as_str)?,
        account_id: uuid_or_none(row, "account_id")?.map(AccountId),
        subject: row.get("subject")?,
        says: row.get("says")?,
        created_at: time(row, "created_at")?,
        done_at: time_or_none(row, "done_at")?,
    })
}

pub fn mode(row: &Row<'_>, column: &str) -> Sql<PaymentMode> {
    word(row, column, &PaymentMode::ALL, PaymentMode::as_str)
}

pub fn returned(row: &Row<'_>) -> Sql<Returned> {
    Ok(Returned {
        order: OrderId(uuid(row, "order_id")?),
        taken: credits(row, "taken")?,
        owed: credits(row, "owed")?,
        lost: credits(row, "lost")?,
    })
}

pub fn delivery_state(row: &Row<'_>, column: &str) -> Sql<DeliveryState> {
    word(row, column, &DeliveryState::ALL, DeliveryState::as_str)
}

/// A topic's word, and the object it names.
pub fn topic_words(topic: &Topic) -> (&'static str, Option<&str>) {
    match topic {
        Topic::Checkout(id) => ("checkout", Some(id)),
        Topic::Payment(id) => ("payment", Some(id)),
        Topic::CustomerGone(id) => ("customer_gone", Some(id)),
        Topic::Other => ("other", None),
    }
}

pub fn delivery(row: &Row<'_>) -> Sql<Delivery> {
    let (topic, object): (String, Option<String>) = (row.get("topic")?, row.get("object")?);
    let topic = match (topic.as_str(), object) {
        ("checkout", Some(id)) => Topic::Checkout(id),
        ("payment", Some(id)) => Topic::Payment(id),
        ("customer_gone", Some(id)) => Topic::CustomerGone(id),
        ("other", None) => Topic::Other,
        _ => return Err(foreign("the topic", topic)),
    };
    let effect = match (uuid_or_none(row, "account_id")?, row.get("first_seq")?) {
        (Some(account), Some(first)) => {
            Some(Effect { account_id: AccountId(account), first, last: row.get("last_seq")? })
        }
        _ => None,
    };
    Ok(Delivery {
        event: event_id(row)?,
        kind: row.get("kind")?,
        topic,
        customer: row.get("customer")?,
        api_version: row.get("api_version")?,
        live: row.get("live")?,
        created_at: time(row, "created_at")?,
        received_at: time(row, "received_at")?,
        headers: row.get("headers")?,
        body: row.get("body")?,
        state: delivery_state(row, "state")?,
        attempts: row.get("attempts")?,
        next_at: time_or_none(row, "next_at")?,
        last_error: row.get("last_error")?,
        effect,
    })
}
