//! Credits: lots, the journal, and charges for the operator's own actions.

mod view;

use poem_openapi::{Object, OpenApi};
use safelight_domain::{ActionName, ChargeId};
use serde::Deserialize;

use self::view::{CreditsView, EntryView};
use super::Tag;
use crate::{
    auth::{ApiKey, Consume, Read},
    body::Body,
    idempotency::IdempotencyKey,
    list::List,
    manner::{Charges, Looks, Told},
    page::{CursorParam, LimitParam, ListOf},
    wire::Text,
};

/// What to charge for.
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
struct ConsumeBody {
    /// An action's name, as the operator configured it.
    #[serde(default)]
    #[oai(validator(min_length = 1, max_length = 40, pattern = "^[a-z0-9_-]+$"))]
    action: String,
}

/// A charge that was recorded.
#[derive(Object)]
#[oai(rename = "Charge")]
struct ChargeView {
    charge_id: Text<ChargeId>,
    action: String,
    /// What was charged, in credits.
    price: u32,
    /// Whether an earlier call with the same Idempotency-Key had charged it already.
    replayed: bool,
}

/// The routes.
pub struct Api;

#[OpenApi(prefix_path = "/credits", tag = "Tag::Credits")]
impl Api {
    /// Look at the balance
    #[oai(path = "/", method = "get", operation_id = "get_credits")]
    async fn get(&self, key: ApiKey<Read>) -> Told<CreditsView, Looks> {
        let balance = key.studio().ledger.balance(key.account).await?;
        let credits = balance.credits;
        Ok(key.answer_at(balance.into(), credits))
    }

    /// List the journal
    #[oai(path = "/entries", method = "get", operation_id = "list_credit_entries")]
    async fn entries(
        &self,
        key: ApiKey<Read>,
        cursor: CursorParam,
        limit: LimitParam,
    ) -> Told<List<EntryView>, Looks> {
        let list = ListOf::mine("entries", key.account);
        let paged = key.studio().ledger.lines(key.account, list.page(cursor.0, limit.0)?).await?;
        key.answer(List::of(list, paged, EntryView::from)).await
    }

    /// Charge for an action
    ///
    /// At the operator's price, and kept at once: delivering is the caller's part. The same
    /// Idempotency-Key and action again answer the same charge.
    #[oai(path = "/consume", method = "post", operation_id = "consume_credits")]
    async fn consume(
        &self,
        key: ApiKey<Consume>,
        /// Makes a retry safe: one of your own for each act, such as a UUID.
        #[oai(name = "Idempotency-Key")]
        once: IdempotencyKey,
        body: Body<ConsumeBody>,
    ) -> Told<ChargeView, Charges> {
        let action = ActionName::parse(&body.0.action)?;
        let ledger = &key.studio().ledger;
        let actor = key.actor.clone();
        let consumed = ledger.consume(key.account, action.clone(), once.0, actor).await?;
        let view = ChargeView {
            charge_id: Text(consumed.charge_id),
            action: action.as_str().to_owned(),
            price: consumed.price.get(),
            replayed: consumed.replayed,
        };
        Ok(key.answer_at(view, consumed.balance))
    }
}
