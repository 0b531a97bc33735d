//! `safelight credits`

use std::fmt::Write;

use safelight_domain::{Actor, NEVER};
use safelight_usecases::Person;
use serde_json::json;

use super::Desk;
use crate::{args::Credits, output::print};

pub async fn run(desk: &Desk, command: &Credits) -> anyhow::Result<()> {
    match command {
        Credits::Show { email } => show(desk, &desk.person(email).await?).await,
        Credits::Grant { email, amount, reason } => {
            adjust(desk, email, i64::from(*amount), reason).await
        }
        Credits::Adjust { email, amount, reason } => adjust(desk, email, *amount, reason).await,
    }
}

async fn adjust(desk: &Desk, email: &str, amount: i64, reason: &str) -> anyhow::Result<()> {
    let person = desk.person(email).await?;
    let size = u32::try_from(amount.unsigned_abs()).unwrap_or(u32::MAX);
    let size = safelight_domain::Credits::new(size)?;
    let (ledger, account) = (&desk.studio.ledger, person.account.id);
    let reason = reason.to_owned();
    let balance = if amount < 0 {
        ledger.take(account, size, reason, Actor::cli()).await?
    } else {
        ledger.grant(account, size, reason, Actor::cli()).await?
    };
    let value = json!({ "email": person.user.email.as_str(), "credits": balance.get() });
    print(desk.json, &value, || format!("{} has {balance}", person.user.email.as_str()));
    Ok(())
}

async fn show(desk: &Desk, person: &Person) -> anyhow::Result<()> {
    let balance = desk.studio.ledger.balance(person.account.id).await?;
    let expiry = |at| (at != NEVER).then(|| format!("{at}"));
    let lots: Vec<_> = balance
        .lots
        .iter()
        .map(|lot| {
            json!({
                "source": lot.source.as_str(),
                "remaining": lot.remaining.get(),
                "granted": lot.granted.get(),
                "expires_at": expiry(lot.expires_at),
            })
        })
        .collect();
    let value = json!({
        "email": person.user.email.as_str(),
        "credits": balance.credits.get(),
        "debt": balance.debt.get(),
        "lots": lots,
    });
    print(desk.json, &value, || {
        let mut text = format!("{} has {}", person.user.email.as_str(), balance.credits);
        for lot in &balance.lots {
            let until = expiry(lot.expires_at).unwrap_or_else(|| "never expires".to_owned());
            let (left, of) = (lot.remaining.get(), lot.granted.get());
            let _ = write!(text, "\n  {left:>6} of {of:<6} {}  {until}", lot.source.as_str());
        }
        text
    });
    Ok(())
}
