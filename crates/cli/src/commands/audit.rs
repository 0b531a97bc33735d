//! `safelight audit`

use safelight_domain::Deed;
use safelight_usecases::{Page, Paged};
use serde_json::{Value, json};

use super::Desk;
use crate::{args::Audit, output::print};

/// Deeds read at a time.
const PAGE: u16 = 500;

pub async fn run(desk: &Desk, command: &Audit) -> anyhow::Result<()> {
    let Audit::List { email, limit } = command;
    let of = match email {
        Some(email) => Some(desk.person(email).await?.account.id),
        None => None,
    };
    let (mut deeds, mut after) = (Vec::new(), None);
    while deeds.len() < usize::from(*limit) {
        let left = usize::from(*limit) - deeds.len();
        let page = Page { after, limit: u16::try_from(left).unwrap_or(PAGE).min(PAGE) };
        let Paged { items, next } = desk.studio.accounts.trail(of, page).await?;
        deeds.extend(items);
        after = next;
        if after.is_none() {
            break;
        }
    }
    let value: Vec<_> = deeds.iter().map(view).collect();
    print(desk.json, &value, || deeds.iter().map(line).collect::<Vec<_>>().join("\n"));
    Ok(())
}

fn line(deed: &Deed) -> String {
    let change = match (&deed.before, &deed.after) {
        (Some(before), Some(after)) => format!("  {before} -> {after}"),
        (None, Some(after)) => format!("  {after}"),
        _ => String::new(),
    };
    let account = deed.account_id.map_or_else(|| "-".to_owned(), |id| id.to_string());
    let reason = deed.by.reason.as_ref().map_or_else(String::new, |why| format!("  {why:?}"));
    format!("{}  {}  {account}  {}{change}{reason}", deed.at, deed.name.as_str(), deed.by.actor.0)
}

fn view(deed: &Deed) -> Value {
    json!({
        "at": deed.at.to_string(),
        "name": deed.name.as_str(),
        "account_id": deed.account_id.map(|id| id.to_string()),
        "actor": deed.by.actor.0,
        "subject": deed.subject.map(|id| id.to_string()),
        "before": deed.before,
        "after": deed.after,
        "reason": deed.by.reason,
        "request_id": deed.by.request,
    })
}
