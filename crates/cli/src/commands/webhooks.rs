//! `safelight webhooks`: what the payment provider told, and what became of it.

use anyhow::bail;
use safelight_domain::{Actor, Delivery, DeliveryState, EventId};
use safelight_usecases::Page;
use serde_json::{Value, json};

use super::Desk;
use crate::{args::Webhooks, output::print};

pub async fn run(desk: &Desk, command: &Webhooks) -> anyhow::Result<()> {
    match command {
        Webhooks::List { state, limit } => list(desk, state.as_deref(), *limit).await,
        Webhooks::Replay { event } => replay(desk, event).await,
        Webhooks::CatchUp => catch_up(desk).await,
    }
}

async fn list(desk: &Desk, state: Option<&str>, limit: u16) -> anyhow::Result<()> {
    let state = match state {
        None => None,
        Some(word) => match DeliveryState::ALL.into_iter().find(|one| one.as_str() == word) {
            Some(state) => Some(state),
            None => bail!("a delivery is pending, applied, ignored, parked or dead; not {word:?}"),
        },
    };
    let inbox = &desk.studio.inbox;
    let part = Page { after: None, limit: limit.clamp(1, 1_000) };
    let found = inbox.list(state, part).await?.items;
    let load = inbox.load().await?;
    let value = json!({
        "deliveries": found.iter().map(told).collect::<Vec<_>>(),
        "pending": load.pending,
        "parked": load.parked,
        "dead": load.dead,
    });
    print(desk.json, &value, || {
        let mut lines: Vec<_> = found.iter().map(line).collect();
        lines.push(format!("{} pending, {} parked, {} dead", load.pending, load.parked, load.dead));
        lines.join("\n")
    });
    Ok(())
}

async fn replay(desk: &Desk, event: &str) -> anyhow::Result<()> {
    let delivery = desk.studio.inbox.replay(&EventId::parse(event)?, Actor::cli()).await?;
    print(desk.json, &told(&delivery), || line(&delivery));
    if delivery.state == DeliveryState::Pending {
        bail!("it was not applied: {}", delivery.last_error.as_deref().unwrap_or("see the log"));
    }
    Ok(())
}

async fn catch_up(desk: &Desk) -> anyhow::Result<()> {
    let caught = desk.studio.inbox.catch_up().await?;
    let applied = desk.studio.inbox.run_due().await?;
    let (events, orders, failed) = (caught.events, caught.orders, caught.failed);
    let mut value = json!({ "undelivered": events, "orders": orders, "applied": applied });
    // Said only when there is something to say: the document is older than the count.
    if failed > 0 {
        value["failed"] = failed.into();
    }
    print(desk.json, &value, || {
        format!(
            "{events} undelivered events, {orders} waiting orders asked about, {failed} failed, \
             {applied} deliveries taken in hand"
        )
    });
    Ok(())
}

/// Never the body: it may hold what a person typed at the checkout.
fn told(delivery: &Delivery) -> Value {
    json!({
        "event": delivery.event.as_str(),
        "type": delivery.kind,
        "state": delivery.state.as_str(),
        "attempts": delivery.attempts,
        "live": delivery.live,
        "created_at": delivery.created_at.to_string(),
        "received_at": delivery.received_at.to_string(),
        "next_at": delivery.next_at.map(|at| at.to_string()),
        "error": delivery.last_error,
        "effect": delivery.effect.map(|effect| json!({
            "account_id": effect.account_id.to_string(),
            "lines": [effect.first, effect.last],
        })),
    })
}

fn line(delivery: &Delivery) -> String {
    let Delivery { event, kind, state, received_at, .. } = delivery;
    let effect = delivery.effect.map(|effect| match effect.last - effect.first {
        0 => format!("line {} of {}", effect.first, effect.account_id),
        _ => format!("lines {} to {} of {}", effect.first, effect.last, effect.account_id),
    });
    let why = effect.or_else(|| delivery.last_error.clone()).unwrap_or_default();
    format!("{:<8} {received_at}  {}  {kind}  {why}", state.as_str(), event.as_str())
}
