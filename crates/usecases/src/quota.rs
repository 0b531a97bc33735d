//! What must not be done too often, because somebody else pays for it: mails, tries at a code,
//! checkouts, sign-up bonuses. Counted in the store, so that a restart forgives nothing.
//!
//! Who asks is counted before whom it is about, and that before everybody together: one place
//! reaches its own limit long before an address's, and an address's long before all. Whoever is
//! known, by a session or by a browser they signed in with, is counted by that alone, so strangers
//! cannot use it up.
//!
//! How often a code can be guessed: each is one of 2^40, and takes five wrong answers
//! ([`Challenge::TRIES`](safelight_domain::Challenge::TRIES)). All strangers together get 30 codes
//! and 100 answers an hour for one address; a browser its person signed in with gets 10 and 50, and
//! nobody makes such a browser but by signing in. So a guesser's chance is 100 in 2^40 an hour: less
//! than one in a million in a year, however many places they ask from.

use std::{net::IpAddr, sync::Arc};

use safelight_domain::{AccountId, Email, Quota, Rule};

use crate::{Device, Error, Terms, World, secret};

/// Codes asked for from one place, by strangers.
const FROM_A_PLACE: Rule = Rule { name: "codes-from-a-place", limit: 30, seconds: 600 };
/// Codes to one address asked for from one place: a person who mistypes has enough.
const TO_AN_ADDRESS_FROM_A_PLACE: [Rule; 2] = [
    Rule::a_minute("codes-to-an-address-from-a-place", 3),
    an_hour("codes-to-an-address-from-a-place-an-hour", 10),
];
/// Codes to one address, asked for by strangers anywhere: a mailbox is not flooded.
const TO_AN_ADDRESS: Rule = an_hour("codes-to-an-address-an-hour", 30);
/// Codes asked for by one browser that its person signed in with.
const BY_A_DEVICE: [Rule; 2] =
    [Rule::a_minute("codes-by-a-device", 3), an_hour("codes-by-a-device-an-hour", 10)];
/// Codes asked for by such browsers of one place: who has many accounts has one place.
const BY_DEVICES_OF_A_PLACE: Rule = Rule { name: "codes-by-devices", limit: 30, seconds: 600 };
/// Codes asked for by one account that is signed in.
const BY_AN_ACCOUNT: [Rule; 2] =
    [Rule::a_minute("codes-by-an-account", 3), an_hour("codes-by-an-account-an-hour", 10)];
/// Answers to codes of one address, from browsers nobody signed in with.
const ANSWERS_FOR_AN_ADDRESS: Rule = an_hour("answers-for-an-address", 100);
/// Answers to codes by one browser that its person signed in with.
const ANSWERS_BY_A_DEVICE: Rule = an_hour("answers-by-a-device", 50);
/// Answers to codes by one account that is signed in.
const ANSWERS_BY_AN_ACCOUNT: Rule = an_hour("answers-by-an-account", 50);
/// Answers from one place to codes that do not wait in the browser that answers.
const TRIES_FROM: Rule = Rule { name: "tries-from-a-place", limit: 60, seconds: 600 };
/// Checkouts one account opens: who tests stolen cards opens many.
const CHECKOUTS: Rule = an_hour("checkouts-of-an-account", 20);

/// The fewest and the most mails an hour that strangers of one place get: a tenth of all between
/// these.
const PLACE_AN_HOUR: (u32, u32) = (3, 60);

const fn an_hour(name: &'static str, limit: u32) -> Rule {
    Rule { name, limit, seconds: 3_600 }
}

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

    /// One more code to `to` that a stranger asks for: the first limit it meets, or the last
    /// quota. Callers on this machine, who come from nowhere, are one place without a limit of its
    /// own.
    pub async fn code(&self, to: &Email, from: Option<IpAddr>) -> Result<Quota, Error> {
        let here = from.map_or_else(|| "this machine".to_owned(), |from| from.to_string());
        let to = to.canonical().to_owned();
        let pair = format!("{here} {to}");
        let all = self.terms.mails_per_hour;
        let (least, most) = PLACE_AN_HOUR;
        let place = an_hour("codes-from-a-place-an-hour", (all / 10).clamp(least, most));
        let strangers = all.saturating_sub(all.div_ceil(5)).max(1);
        let mut limits = Vec::new();
        if from.is_some() {
            limits.extend([FROM_A_PLACE, place].map(|rule| (rule, here.clone())));
        }
        limits.extend(TO_AN_ADDRESS_FROM_A_PLACE.map(|rule| (rule, pair.clone())));
        limits.push((TO_AN_ADDRESS, to));
        self.first_met(limits, strangers).await
    }

    /// One more code that a browser asks for which its person signed in with before.
    pub async fn code_by_device(
        &self,
        device: &Device,
        from: Option<IpAddr>,
    ) -> Result<Quota, Error> {
        let mut limits = BY_A_DEVICE.map(|rule| (rule, device.name().to_owned())).to_vec();
        limits.extend(from.map(|from| (BY_DEVICES_OF_A_PLACE, from.to_string())));
        self.first_met(limits, self.terms.mails_per_hour).await
    }

    /// One more code to the address of an account that is signed in.
    pub async fn code_by_member(&self, account: AccountId) -> Result<Quota, Error> {
        let limits = BY_AN_ACCOUNT.map(|rule| (rule, account.to_string())).to_vec();
        self.first_met(limits, self.terms.mails_per_hour).await
    }

    /// One more answer to a code of `to`.
    pub async fn answer(&self, to: &Email, device: Option<&Device>) -> Result<Quota, Error> {
        match device {
            Some(device) => self.take(ANSWERS_BY_A_DEVICE, device.name()).await,
            None => self.take(ANSWERS_FOR_AN_ADDRESS, to.canonical()).await,
        }
    }

    /// One more answer to a code by an account that is signed in.
    pub async fn answer_by_member(&self, account: AccountId) -> Result<Quota, Error> {
        self.take(ANSWERS_BY_AN_ACCOUNT, &account.to_string()).await
    }

    /// One more answer from `from` to a code that does not wait in the browser that answers.
    pub async fn try_from(&self, from: IpAddr) -> Result<Quota, Error> {
        self.take(TRIES_FROM, &from.to_string()).await
    }

    /// One more sign-up bonus for a person at `from`.
    pub async fn bonus(&self, from: IpAddr) -> Result<Quota, Error> {
        let limit = self.terms.signup_bonuses_per_day;
        let rule = Rule { name: "bonuses-at-a-place", limit, seconds: 24 * 3_600 };
        self.take(rule, &from.to_string()).await
    }

    /// One more checkout of an account.
    pub async fn checkout(&self, account: AccountId) -> Result<Quota, Error> {
        self.take(CHECKOUTS, &account.to_string()).await
    }

    /// The first of these limits that is met, or how all codes together stand. Those are one
    /// counter: strangers are stopped before it is full, and the rest is for whoever is known.
    async fn first_met(&self, limits: Vec<(Rule, String)>, all: u32) -> Result<Quota, Error> {
        for (rule, owner) in limits {
            let quota = self.take(rule, &owner).await?;
            if !quota.allowed {
                return Ok(quota);
            }
        }
        self.take(an_hour("codes", all), "").await
    }

    async fn take(&self, rule: Rule, owner: &str) -> Result<Quota, Error> {
        let owner = secret::keyed(self.terms.pepper, rule.name.as_bytes(), owner);
        Ok(self.world.store.take(rule, owner, self.world.clock.now()).await?)
    }
}
