//! How much a caller may ask for in a minute, counted in memory: a restart forgives, and that is
//! fine here. What somebody else pays for is counted in the store instead (`usecases::Quotas`).

use std::net::IpAddr;

use ipnet::IpNet;
use poem::http::header;
use safelight_domain::{AccountId, KeyId, Quota, Rule, Timestamp};

use crate::{
    peer::Peer,
    problem::{Problem, Slug},
    rate::Limiter,
};

/// What a caller may do in a minute, and who may say where one comes from.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Requests of one API key.
    pub requests_per_minute: u32,
    /// Requests of all of an account's keys together.
    pub account_requests_per_minute: u32,
    /// Requests of any kind from one address; this machine itself is not counted.
    pub address_requests_per_minute: u32,
    /// Requests without a working key, or with none, from one address.
    pub failures_per_minute: u32,
    /// Presses of the button by one account, by key and by hand.
    pub generations_per_minute: u32,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            requests_per_minute: 600,
            account_requests_per_minute: 1_200,
            address_requests_per_minute: 1_200,
            failures_per_minute: 60,
            generations_per_minute: 120,
            trusted_proxies: Vec::new(),
        }
    }
}

/// The counters, as long-lived as the process.
pub struct Counters {
    pub keys: Limiter<KeyId>,
    accounts: Limiter<AccountId>,
    addresses: Limiter<IpAddr>,
    failures: Limiter<IpAddr>,
    generations: Limiter<AccountId>,
}

impl Counters {
    pub fn new(limits: &Limits) -> Self {
        let limiter = |limit| Rule::a_minute("default", limit);
        Self {
            keys: Limiter::new(limiter(limits.requests_per_minute)),
            accounts: Limiter::new(limiter(limits.account_requests_per_minute)),
            addresses: Limiter::new(limiter(limits.address_requests_per_minute)),
            failures: Limiter::new(limiter(limits.failures_per_minute)),
            generations: Limiter::new(limiter(limits.generations_per_minute)),
        }
    }

    /// Any request of a caller but this machine itself.
    pub fn address(&self, peer: Peer, now: Timestamp) -> Result<(), Problem> {
        let Some(away) = peer.away() else { return Ok(()) };
        within(self.addresses.take(away, now), "requests from your address")
    }

    /// A request with a key of this account.
    pub fn account(&self, account: AccountId, now: Timestamp) -> Result<(), Problem> {
        within(self.accounts.take(account, now), "requests of this account")
    }

    /// A request with no working key.
    pub fn failure(&self, peer: Peer, now: Timestamp) -> Result<(), Problem> {
        within(self.failures.take(peer.place(), now), "tries without a working key")
    }

    /// A press of the button.
    pub fn generation(&self, account: AccountId, now: Timestamp) -> Result<(), Problem> {
        within(self.generations.take(account, now), "generations")
    }
}

/// Nothing, or the problem of whoever is over the limit.
pub fn within(quota: Quota, of_what: &str) -> Result<(), Problem> {
    if quota.allowed {
        return Ok(());
    }
    let Quota { limit, reset, seconds, .. } = quota;
    let span = match seconds {
        60 => "a minute".to_owned(),
        3_600 => "an hour".to_owned(),
        seconds => format!("in {} minutes", seconds / 60),
    };
    let says = format!("only {limit} {of_what} {span}; wait {reset} seconds");
    Err(Problem::new(Slug::TooManyRequests, says).with(header::RETRY_AFTER, reset.to_string()))
}
