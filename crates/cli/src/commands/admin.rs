//! `safelight admin`

use safelight_domain::{Actor, Role};
use serde_json::json;

use super::Desk;
use crate::{args::Admin, output::print};

pub async fn run(desk: &Desk, command: &Admin) -> anyhow::Result<()> {
    let (email, role) = match command {
        Admin::Grant { email } => (email, Role::Admin),
        Admin::Revoke { email } => (email, Role::Member),
    };
    let person = desk.person(email).await?;
    desk.studio.accounts.set_role(person.account.id, role, Actor::cli()).await?;
    let value = json!({
        "account_id": person.account.id.to_string(),
        "email": person.user.email.as_str(),
        "role": role.as_str(),
    });
    print(desk.json, &value, || {
        let what = if role == Role::Admin { "an admin" } else { "a member" };
        format!("{} is {what}, and signs in anew", person.user.email.as_str())
    });
    Ok(())
}
