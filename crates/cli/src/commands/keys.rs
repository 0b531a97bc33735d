//! `safelight keys`

use safelight_domain::{ApiKey, KeyId, KeyScope};
use serde_json::{Value, json};

use super::Desk;
use crate::{args::Keys, output::print};

pub async fn run(desk: &Desk, command: &Keys) -> anyhow::Result<()> {
    match command {
        Keys::Create { email, name, scopes } => create(desk, email, name, scopes).await,
        Keys::List { email } => list(desk, email).await,
        Keys::Revoke { key } => revoke(desk, key).await,
    }
}

async fn create(desk: &Desk, email: &str, name: &str, scopes: &[String]) -> anyhow::Result<()> {
    let person = desk.person(email).await?;
    let mut scopes = scopes.iter().map(|s| KeyScope::parse(s)).collect::<Result<Vec<_>, _>>()?;
    scopes.sort_unstable();
    scopes.dedup();
    let made = desk.studio.keys.create(person.account.id, name, scopes, None).await?;
    let mut value = view(&made.key);
    value["key"] = Value::from(made.text.as_str());
    print(desk.json, &value, || made.text.clone());
    Ok(())
}

async fn list(desk: &Desk, email: &str) -> anyhow::Result<()> {
    let person = desk.person(email).await?;
    let keys = desk.studio.keys.list(person.account.id).await?;
    let value: Vec<_> = keys.iter().map(view).collect();
    print(desk.json, &value, || {
        let line = |key: &ApiKey| {
            let state = if key.revoked_at.is_some() { "revoked" } else { "works" };
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
    desk.studio.keys.revoke(owner, id).await?;
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
        "last_used_at": key.last_used_at.map(|at| at.to_string()),
        "revoked_at": key.revoked_at.map(|at| at.to_string()),
    })
}
