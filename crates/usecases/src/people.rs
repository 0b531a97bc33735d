//! Everybody, as the operator looks for them. The acts on one of them are the other nouns' own.

use std::sync::Arc;

use safelight_domain::{AccountId, Email, KeyId, PaymentMode, Refusal};
use safelight_ports::{
    Crowd, KeyFilter, KeyState, OwnedKey, Page, Paged, PeopleFilter, Profile, Standing,
};

use crate::{Error, World};

/// The fewest characters that are looked for inside addresses and names.
const FEWEST: usize = 3;

/// Finds people and keys among all of them.
#[derive(Clone)]
pub struct People {
    world: Arc<World>,
}

impl People {
    pub(crate) fn new(world: Arc<World>) -> Self {
        Self { world }
    }

    /// People whose account, user or customer id `text` is, or else whose address has it in it.
    /// Nothing typed is everybody; one or two characters are looked for nowhere and find nobody.
    pub async fn search(
        &self,
        text: &str,
        standing: Standing,
        oldest_first: bool,
        page: Page,
    ) -> Result<Paged<Profile>, Error> {
        let text = text.trim();
        let (people, now) = (&self.world.people, self.world.clock.now());
        let none = Paged { items: Vec::new(), next: None };
        let address = match text.chars().count() {
            0 => None,
            length => {
                if let Some(id) = people.person_named(text).await? {
                    let found = people.person(id, now).await?;
                    return Ok(Paged { items: found.into_iter().collect(), next: None });
                }
                if length < FEWEST {
                    return Ok(none);
                }
                Some(Email::part(text))
            }
        };
        let filter = PeopleFilter { address, standing, oldest_first };
        Ok(people.people(&filter, now, page).await?)
    }

    /// One of them.
    pub async fn get(&self, id: AccountId) -> Result<Profile, Error> {
        let found = self.world.people.person(id, self.world.clock.now()).await?;
        found.ok_or(Refusal::NotFound.into())
    }

    /// How many stand how.
    pub async fn crowd(&self) -> Result<Crowd, Error> {
        Ok(self.world.people.crowd().await?)
    }

    /// What an account is called at the payment provider.
    pub async fn customers(&self, id: AccountId) -> Result<Vec<(PaymentMode, String)>, Error> {
        Ok(self.world.people.customers(id).await?)
    }

    /// Keys whose id `text` is, or else that have it in their name or last characters.
    pub async fn keys(
        &self,
        text: &str,
        state: Option<KeyState>,
        page: Page,
    ) -> Result<Paged<OwnedKey>, Error> {
        let text = text.trim();
        let (people, now) = (&self.world.people, self.world.clock.now());
        if let Ok(id) = text.parse::<KeyId>() {
            let found = people.owned_key(id).await?;
            return Ok(Paged { items: found.into_iter().collect(), next: None });
        }
        let length = text.chars().count();
        if (1..FEWEST).contains(&length) {
            return Ok(Paged { items: Vec::new(), next: None });
        }
        let words = (length > 0).then(|| text.to_owned());
        Ok(people.all_keys(&KeyFilter { words, state }, now, page).await?)
    }

    /// One of everybody's keys.
    pub async fn key(&self, id: KeyId) -> Result<OwnedKey, Error> {
        self.world.people.owned_key(id).await?.ok_or(Refusal::NotFound.into())
    }
}
