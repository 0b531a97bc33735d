//! Browsers that people signed in with before. Such a browser is known by a cookie, and what
//! strangers ask for uses nothing up that it needs. The cookie opens nothing.

use std::sync::Arc;

use safelight_domain::{AccountId, Uuid};

use crate::{Terms, World, secret};

/// How many accounts one browser is known to: the cookie stays short.
const ACCOUNTS: usize = 3;
/// Characters of an account's id, of the browser's own number and of their signature.
const PARTS: [usize; 3] = [32, 16, 32];

/// A browser that is known to an account, as limits count it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device(String);

impl Device {
    /// What it is counted by.
    pub(crate) fn name(&self) -> &str {
        &self.0
    }
}

/// Knows browsers again.
#[derive(Clone)]
pub struct Devices {
    world: Arc<World>,
    terms: Arc<Terms>,
}

impl Devices {
    pub(crate) fn new(world: Arc<World>, terms: Arc<Terms>) -> Self {
        Self { world, terms }
    }

    /// The cookie of a browser that has just signed in to `account`, after the one it had. It
    /// keeps its number: signing in again makes no limit begin anew.
    pub fn remember(&self, before: Option<&str>, account: AccountId) -> String {
        let before = before.unwrap_or_default();
        let valid = before.split('.').filter(|entry| self.owner(entry).is_some());
        let (mut mine, others): (Vec<_>, Vec<_>) =
            valid.partition(|entry| self.owner(entry) == Some(account));
        let fresh;
        if mine.is_empty() {
            let number = secret::token(self.world.entropy.secret());
            let name = format!("{}{}", account.0.simple(), &number[..PARTS[1]]);
            fresh = format!("{name}{}", self.signature(&name));
            mine.push(&fresh);
        }
        mine.truncate(1);
        mine.extend(others);
        mine.truncate(ACCOUNTS);
        mine.join(".")
    }

    /// The browser with this cookie, when it is known to `account`. The cookie is read whole also
    /// when there is none: it must not show by the time it takes whether an address has one.
    pub fn known(&self, cookie: Option<&str>, account: Option<AccountId>) -> Option<Device> {
        let entries = cookie.unwrap_or_default().split('.').take(ACCOUNTS);
        let owned = entries.filter_map(|entry| Some((self.owner(entry)?, entry)));
        let owned: Vec<_> = owned.collect();
        let mine = owned.into_iter().find(|(owner, _)| Some(*owner) == account)?;
        Some(Device(mine.1.to_owned()))
    }

    /// Whose browser an entry says this is, when we said so.
    fn owner(&self, entry: &str) -> Option<AccountId> {
        let fits = entry.len() == PARTS.iter().sum::<usize>()
            && entry.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if !fits {
            return None;
        }
        let (name, signed) = entry.split_at(PARTS[0] + PARTS[1]);
        // By digest, so that timing tells nothing.
        let right = secret::digest(signed) == secret::digest(&self.signature(name));
        let account = Uuid::try_parse(&name[..PARTS[0]]).ok().map(AccountId);
        account.filter(|_| right)
    }

    fn signature(&self, name: &str) -> String {
        let signed = secret::token(secret::keyed(self.terms.pepper, b"device", name));
        signed[..PARTS[2]].to_owned()
    }
}
