//! Quotes: what a request would cost.

use poem_openapi::{Object, OpenApi};

use super::{Tag, generations::GenerationBody};
use crate::{
    auth::{ApiKey, Generate},
    body::Body,
    manner::{Reckons, Told},
};

/// What a request would cost.
#[derive(Object)]
#[oai(rename = "Quote")]
struct QuoteView {
    /// Credits for one picture.
    each: u32,
    /// Credits for all of them.
    total: u32,
    /// Credits spendable now.
    balance: u32,
    /// Credits left afterwards; the balance when it cannot be afforded.
    balance_after: u32,
    /// Whether the account can pay it now.
    affordable: bool,
}

/// The routes.
pub struct Api;

#[OpenApi(prefix_path = "/quote", tag = "Tag::Generations")]
impl Api {
    /// Quote a generation
    ///
    /// Takes the body of a generation and charges nothing. The figure is the one that is charged.
    #[oai(path = "/", method = "post", operation_id = "quote")]
    async fn quote(
        &self,
        key: ApiKey<Generate>,
        body: Body<GenerationBody>,
    ) -> Told<QuoteView, Reckons> {
        let studio = key.studio();
        let quote = studio.generations.quote(&body.0.ask(studio)?)?;
        let balance = studio.ledger.balance(key.account).await?;
        let after = balance.credits.minus(quote.total).filter(|_| balance.debt.is_zero());
        let view = QuoteView {
            each: quote.each.get(),
            total: quote.total.get(),
            balance: balance.credits.get(),
            balance_after: after.unwrap_or(balance.credits).get(),
            affordable: after.is_some(),
        };
        Ok(key.answer_at(view, balance.credits))
    }
}
