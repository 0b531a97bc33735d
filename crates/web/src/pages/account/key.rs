//! API keys as their owner sees them.

use safelight_domain::{Credits, Invalid, KeyScope, Month, SignedDuration, Spender, Timestamp};
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
    cap: Option<CapView>,
}

/// What a key may spend.
#[derive(Serialize)]
struct CapView {
    cap: u32,
    spent: u32,
    resets: String,
}

/// How long a new key may work.
#[derive(Serialize)]
pub struct LastsView {
    value: &'static str,
    says: &'static str,
    chosen: bool,
}

/// The choices, in days; nothing for a key that works until it is revoked.
const LASTS: [(&str, &str); 4] =
    [("", "until it is revoked"), ("30", "30 days"), ("90", "90 days"), ("365", "a year")];

impl LastsView {
    /// All choices.
    pub fn all(chosen: &str) -> Vec<Self> {
        let view = |(value, says)| Self { value, says, chosen: value == chosen };
        LASTS.map(view).into()
    }
}

/// When a key made now stops working, by the days that were chosen.
pub fn expiry(days: &str, now: Timestamp) -> Result<Option<Timestamp>, Invalid> {
    if days.is_empty() {
        return Ok(None);
    }
    let days = days.parse().ok().filter(|days| (1..=3_650).contains(days));
    let span = days.map(|days: i64| SignedDuration::from_hours(24 * days));
    let at = span.and_then(|span| now.checked_add(span).ok());
    at.map(Some).ok_or_else(|| Invalid::new("expires", "choose one of the times on offer"))
}

/// A cap as typed; nothing for none.
pub fn cap(typed: &str) -> Result<Option<Credits>, Invalid> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let amount = typed.parse().ok().and_then(|amount| Credits::new(amount).ok());
    let says = "a cap is a whole number of credits; leave it empty for none";
    amount.map(Some).ok_or_else(|| Invalid::new("cap", says))
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
    pub fn of(spender: &Spender, now: Timestamp) -> Self {
        let (key, month) = (&spender.key, Month::of(now));
        let cap = key.cap.map(|cap| CapView {
            cap: cap.get(),
            spent: spender.spent_in(month).get(),
            resets: moment::date(month.ends()).unwrap_or_default(),
        });
        Self {
            cap,
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
