//! API keys: the public half and what it allows. The secret half is only ever seen hashed.

use crate::{AccountId, Credits, Invalid, KeyId, Month, Timestamp};

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyScope {
    /// Ask for pictures and cancel them.
    Generate,
    /// Read pictures, generations, credits; file and trash pictures.
    Library,
    /// Consume credits for operator-defined actions.
    Consume,
}

impl KeyScope {
    /// All scopes.
    pub const ALL: [Self; 3] = [Self::Generate, Self::Library, Self::Consume];

    /// The word used on the command line, in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Generate => "generate",
            Self::Library => "library",
            Self::Consume => "consume",
        }
    }

    /// Reads a scope by its word.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or_else(|| {
            Invalid::new("scope", format!("unknown scope {text}; use generate, library, consume"))
        })
    }
}

/// One API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id, part of the key's text.
    pub id: KeyId,
    /// Whose credits it spends.
    pub account_id: AccountId,
    /// What its owner calls it.
    pub name: String,
    /// SHA-256 of the secret half (190 bits of entropy: a plain hash is enough).
    pub secret_hash: [u8; 32],
    /// The last four characters, to recognise it by.
    pub last4: String,
    /// What it may do.
    pub scopes: Vec<KeyScope>,
    /// The most credits it may spend in a calendar month; no limit of its own when none.
    pub cap: Option<Credits>,
    /// When it stops working by itself.
    pub expires_at: Option<Timestamp>,
    /// When it last worked, to within five minutes.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl ApiKey {
    /// Whether it works at `now`.
    pub fn works(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| end > now)
    }
}

/// A key with what it has spent: what was refunded does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spender {
    /// The key.
    pub key: ApiKey,
    /// The last month it spent anything in, and how much; none before the first time.
    pub last: Option<(Month, Credits)>,
}

impl Spender {
    /// What it spent in `month`, which is not before the last one it spent in.
    pub fn spent_in(&self, month: Month) -> Credits {
        self.last.filter(|(last, _)| *last == month).map_or(Credits::ZERO, |(_, spent)| spent)
    }
}
