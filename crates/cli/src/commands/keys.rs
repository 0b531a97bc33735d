//! `safelight keys`

use anyhow::Context;
use safelight_domain::{
    Actor, ApiKey, Credits, KeyId, KeyScope, Month, SignedDuration, Spender, Timestamp,
};
use safelight_usecases::KeyTerms;
use serde_json::{Value, json};

use super::Desk;
use crate::{args::Keys, output::print};

pub async fn run(desk: &Desk, command: &Keys) -> anyhow::Result<()> {
    match command {
        Keys::Create { email, name, scopes, expires, cap } => {
            let scopes = scopes.iter().map(|s| KeyScope::parse(s)).collect::<Result<_, _>>()?;
            let now = desk.studio.now();
            let expires_at = expires.as_deref().map(|text| expiry(text, now)).transpose()?;
            let cap = cap.map(Credits::new).transpose()?;
            create(desk, email, KeyTerms { name: name.clone(), scopes, expires_at, cap }).await
        }
        Keys::List { email } => list(desk, email).await,
        Keys::Revoke { key } => revoke(desk, key).await,
    }
}

/// An instant such as `2027-01-31T00:00:00Z`, a day in UTC, or a number of days such as `90d`.
fn expiry(text: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
    let days = text.strip_suffix('d').and_then(|days| days.parse::<i64>().ok());
    if let Some(days) = days {
        let span = days.checked_mul(24).map(SignedDuration::from_hours);
        return span.and_then(|span| now.checked_add(span).ok()).context("that is too far away");
    }
    let at = text.parse().or_else(|_| format!("{text}T00:00:00Z").parse::<Timestamp>());
    at.with_context(|| format!("{text} is no time: write 90d, 2027-01-31 or 2027-01-31T00:00:00Z"))
}

async fn create(desk: &Desk, email: &str, mut terms: KeyTerms) -> anyhow::Result<()> {
    let person = desk.person(email).await?;
    terms.scopes.sort_unstable();
    terms.scopes.dedup();
    let made = desk.studio.keys.create(person.account.id, terms, Actor::cli()).await?;
    let mut value = view(&made.key);
    value["key"] = Value::from(made.text.as_str());
    print(desk.json, &value, || made.text.clone());
    Ok(())
}

async fn list(desk: &Desk, email: &str) -> anyhow::Result<()> {
    let person = desk.person(email).await?;
    let keys = desk.studio.keys.list(person.account.id).await?;
    let now = desk.studio.now();
    let month = Month::of(now);
    let value: Vec<_> = keys
        .iter()
        .map(|spender| {
            let mut value = view(&spender.key);
            value["spent_this_month"] = spender.spent_in(month).get().into();
            value
        })
        .collect();
    print(desk.json, &value, || {
        let line = |Spender { key, .. }: &Spender| {
            let state = match () {
                () if key.revoked_at.is_some() => "revoked",
                () if !key.works(now) => "expired",
                () => "works",
            };
            format!("{}  …{}  {state}  {}  {}", key.id, key.last4, words(key), key.name)
        };
        keys.iter().map(line).collect::<Vec<_>>().join("\n")
    });
    Ok(())
}

async fn revoke(desk: &Desk, key: &str) -> anyhow::Result<()> {
    let id = match desk.studio.keys.id_of(key) {
        Some(id) => id,
        None => key.parse::<KeyId>()?,
    };
    let owner = desk.studio.keys.owner(id).await?;
    desk.studio.keys.revoke(owner, id, Actor::cli()).await?;
    print(desk.json, &json!({ "id": id.to_string(), "revoked": true }), || {
        format!("{id} is revoked")
    });
    Ok(())
}

fn words(key: &ApiKey) -> String {
    key.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(",")
}

fn view(key: &ApiKey) -> Value {
    json!({
        "id": key.id.to_string(),
        "name": key.name,
        "last4": key.last4,
        "scopes": key.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>(),
        "created_at": key.created_at.to_string(),
        "expires_at": key.expires_at.map(|at| at.to_string()),
        "cap": key.cap.map(Credits::get),
        "last_used_at": key.last_used_at.map(|at| at.to_string()),
        "revoked_at": key.revoked_at.map(|at| at.to_string()),
    })
}
