//! A pack that was bought and given back, so that the demo's ledger and orders show both.

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context, bail};
use safelight_usecases::{Person, PlayCheckout, PlayDeed, Studio};

use crate::config::PackTerms;

/// What is on sale where the configuration sells nothing.
pub fn packs() -> BTreeMap<String, PackTerms> {
    let pack = |credits, amount| PackTerms {
        credits,
        amount,
        currency: "usd".to_owned(),
        price: None,
        expires_days: None,
    };
    let packs =
        [("small", pack(100, 400)), ("medium", pack(500, 1_800)), ("large", pack(2_000, 6_000))];
    packs.into_iter().map(|(name, pack)| (name.to_owned(), pack)).collect()
}

/// Buys the smallest pack and sends the money back, by the same way every purchase goes.
pub async fn buy_and_return(
    studio: &Studio,
    play: &dyn PlayCheckout,
    person: &Person,
) -> anyhow::Result<()> {
    let (account, email) = (person.account.id, &person.user.email);
    let Some(pack) = studio.terms.packs.iter().next() else { return Ok(()) };
    let to_pay = studio.orders.buy(account, email, pack.name.as_str(), None, None).await?;
    let order = studio.orders.get(account, to_pay.order).await?.order;
    let checkout = order.checkout.context("the order was opened")?;
    act(studio, play, &checkout, PlayDeed::Pay).await?;
    studio.orders.settle(account, to_pay.order).await?;
    act(studio, play, &checkout, PlayDeed::RefundAll).await?;
    for _ in 0..100 {
        studio.inbox.run_due().await?;
        if studio.orders.get(account, to_pay.order).await?.order.is_returned() {
            return Ok(());
        }
        // Whoever drives the inbox has it in hand.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!("the demo's refund was not applied")
}

async fn act(
    studio: &Studio,
    play: &dyn PlayCheckout,
    checkout: &str,
    deed: PlayDeed,
) -> anyhow::Result<()> {
    for push in play.play(checkout, deed).await? {
        let headers = "Via: demo".to_owned();
        studio.inbox.receive(Some(&push.signature), headers, &push.body).await?;
        play.delivered(&push.event).await?;
    }
    Ok(())
}
