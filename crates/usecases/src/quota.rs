//! What must not be done too often, because somebody else pays for it: mails, tries at a code,
//! checkouts. Counted in the store, so that a restart forgives nothing.

use std::{net::IpAddr, sync::Arc};

use safelight_domain::{AccountId, Email, Quota, Rule};

use crate::{Error, Terms, World, secret};

/// Codes to one address: a person who mistypes has enough, a mailbox is not flooded.
const CODES_TO: [Rule; 2] = [
    Rule::a_minute("codes-to-an-address", 3),
    Rule { name: "codes-to-an-address-an-hour", limit: 10, seconds: 3_600 },
];
/// Codes asked for from one place.
const CODES_FROM: Rule = Rule { name: "codes-from-a-place", limit: 30, seconds: 600 };
/// Tries at codes and links from one place. Each code has its own few tries beside this.
const TRIES_FROM: Rule = Rule { name: "tries-from-a-place", limit: 60, seconds: 600 };
/// Checkouts one account opens: who tests stolen cards opens many.
const CHECKOUTS: Rule = Rule { name: "checkouts-of-an-account", limit: 20, seconds: 3_600 };

/// Counts what somebody else pays for.
#[derive(Clone)]
pub struct Quotas {
    world: Arc<World>,
    terms: Arc<Terms>,
}

impl Quotas {
    pub(crate) fn new(world: Arc<World>, terms: Arc<Terms>) -> Self {
        Self { world, terms }
    }

    /// One more code to `to`, asked for from `from`: the first limit it meets, or the last
    /// quota. No place is counted for callers on this machine.
    pub async fn code(&self, to: &Email, from: Option<IpAddr>) -> Result<Quota, Error> {
        if let Some(from) = from {
            let quota = self.take(CODES_FROM, &from.to_string()).await?;
            if !quota.allowed {
                return Ok(quota);
            }
        }
        let [minute, hour] = CODES_TO;
        let to = to.canonical();
        let quota = self.take(minute, &to).await?;
        if !quota.allowed {
            return Ok(quota);
        }
        let quota = self.take(hour, &to).await?;
        if !quota.allowed {
            return Ok(quota);
        }
        let limit = self.terms.mails_per_hour;
        self.take(Rule { name: "codes", limit, seconds: 3_600 }, "").await
    }

    /// One more try at a code or link from `from`.
    pub async fn try_from(&self, from: IpAddr) -> Result<Quota, Error> {
        self.take(TRIES_FROM, &from.to_string()).await
    }

    /// One more checkout of an account.
    pub async fn checkout(&self, account: AccountId) -> Result<Quota, Error> {
        self.take(CHECKOUTS, &account.to_string()).await
    }

    async fn take(&self, rule: Rule, owner: &str) -> Result<Quota, Error> {
        let owner = secret::keyed(self.terms.pepper, rule.name.as_bytes(), owner);
        Ok(self.world.store.take(rule, owner, self.world.clock.now()).await?)
    }
}
