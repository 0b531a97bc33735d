//! `safelight users`

use safelight_domain::{AccountStatus, Actor, Email};
use safelight_usecases::{Balance, Person};
use serde_json::json;

use super::Desk;
use crate::{args::Users, output::print};

pub async fn run(desk: &Desk, command: &Users) -> anyhow::Result<()> {
    let person = match command {
        Users::Create { email } => desk.studio.accounts.create(Email::parse(email)?).await?,
        Users::Show { email } => desk.person(email).await?,
        Users::Block { email, undo } => {
            let person = desk.person(email).await?;
            desk.studio.accounts.set_blocked(person.account.id, !undo, Actor::cli()).await?;
            desk.studio.accounts.get(person.account.id).await?
        }
    };
    let balance = desk.studio.ledger.balance(person.account.id).await?;
    show(desk, &person, &balance);
    Ok(())
}

fn show(desk: &Desk, Person { account, user }: &Person, balance: &Balance) {
    let status = match account.status {
        AccountStatus::Open => "open",
        AccountStatus::Frozen => "blocked",
        AccountStatus::Closed => "closed",
    };
    let value = json!({
        "account_id": account.id.to_string(),
        "email": user.email.as_str(),
        "status": status,
        "credits": balance.credits.get(),
        "created_at": account.created_at.to_string(),
    });
    print(desk.json, &value, || {
        format!("{}  {status}  {}  {}", user.email.as_str(), balance.credits, account.id)
    });
}
