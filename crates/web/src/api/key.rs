//! The key that calls, as far as a program should know it.

use poem_openapi::{Enum, Object, OpenApi};
use safelight_domain::{Credits, KeyId, KeyScope, Month, Spender, Timestamp};

use super::Tag;
use crate::{
    auth::{Any, ApiKey},
    manner::{Looks, Told},
    wire::Text,
};

/// A key, without its secret.
#[derive(Object)]
#[oai(rename = "Key")]
struct KeyView {
    id: Text<KeyId>,
    name: String,
    /// The last four characters, to recognise it by.
    last4: String,
    scopes: Vec<ScopeView>,
    /// When it stops working by itself; null for never.
    #[oai(nullable)]
    expires_at: Option<Text<Timestamp>>,
    /// The most credits it may spend in a calendar month; null for no limit.
    #[oai(nullable)]
    cap: Option<u32>,
    /// What it has spent this month, in credits; what was refunded does not count.
    spent: u32,
    /// When the next month begins.
    resets_at: Text<Timestamp>,
}

/// What a key may do.
#[derive(Enum)]
#[oai(remote = "KeyScope", rename = "KeyScope", rename_all = "snake_case")]
enum ScopeView {
    Generate,
    Library,
    Consume,
}

impl KeyView {
    fn of(spender: Spender, now: Timestamp) -> Self {
        let month = Month::of(now);
        let spent = spender.spent_in(month).get();
        let key = spender.key;
        Self {
            id: Text(key.id),
            name: key.name,
            last4: key.last4,
            scopes: key.scopes.into_iter().map(ScopeView::from).collect(),
            expires_at: key.expires_at.map(Text),
            cap: key.cap.map(Credits::get),
            spent,
            resets_at: Text(month.ends()),
        }
    }
}

/// The routes.
pub struct Api;

#[OpenApi(prefix_path = "/key", tag = "Tag::Key")]
impl Api {
    /// Look at the key that calls
    #[oai(path = "/", method = "get", operation_id = "get_key")]
    async fn get(&self, key: ApiKey<Any>) -> Told<KeyView, Looks> {
        let spender = key.studio().keys.get(key.account, key.id).await?;
        let view = KeyView::of(spender, key.studio().now());
        key.answer(view).await
    }
}
