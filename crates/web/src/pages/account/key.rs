//! API keys as their owner sees them.

use safelight_domain::{ApiKey, KeyScope, Timestamp};
use safelight_usecases::NewKey;
use serde::Serialize;

use crate::pages::moment;

/// A key that works.
#[derive(Serialize)]
pub struct KeyView {
    id: String,
    name: String,
    last4: String,
    scopes: Vec<&'static str>,
    used: Option<String>,
    made: String,
    expires: Option<String>,
}

/// A key that was just made.
#[derive(Serialize)]
pub struct NewKeyView {
    name: String,
    /// All of it.
    text: String,
}

impl KeyView {
    /// The view of a key.
    pub fn of(key: &ApiKey, now: Timestamp) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name.clone(),
            last4: key.last4.clone(),
            scopes: key.scopes.iter().map(|scope| scope.as_str()).collect(),
            used: key.last_used_at.map(|at| moment::ago(at, now)),
            made: moment::date(key.created_at).unwrap_or_default(),
            expires: key.expires_at.and_then(moment::date),
        }
    }
}

impl From<NewKey> for NewKeyView {
    fn from(made: NewKey) -> Self {
        Self { name: made.key.name, text: made.text }
    }
}

/// What a scope lets a program do.
pub fn says(scope: KeyScope) -> &'static str {
    match scope {
        KeyScope::Generate => "make pictures, which spends credits",
        KeyScope::Library => "see, like, file and trash pictures",
        KeyScope::Consume => "spend credits on the operator's other acts",
    }
}
