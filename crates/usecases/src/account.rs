//! People and their accounts.

use std::sync::Arc;

use safelight_domain::{
    Account, AccountId, AccountStatus, Actor, Change, Changes, Email, Grant, LotId, LotKind, NEVER,
    Refusal, Role, SourceRef, User, UserId,
};

use crate::{Error, Terms, World};

/// A person with their account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// What they own.
    pub account: Account,
    /// Who signs in.
    pub user: User,
}

/// Opens, shows and blocks accounts.
#[derive(Clone)]
pub struct Accounts {
    world: Arc<World>,
    terms: Arc<Terms>,
}

impl Accounts {
    pub(crate) fn new(world: Arc<World>, terms: Arc<Terms>) -> Self {
        Self { world, terms }
    }

    /// Opens an account for a new person, with the sign-up bonus. Refused when the address is taken.
    pub async fn create(&self, email: Email) -> Result<Person, Error> {
        let now = self.world.clock.now();
        let account = Account::opened(AccountId(self.world.ids.next()), now);
        let user = User {
            id: UserId(self.world.ids.next()),
            account_id: account.id,
            email,
            role: Role::Member,
            created_at: now,
        };
        let mut list = vec![Change::Join(account.clone(), user.clone())];
        if !self.terms.signup_bonus.is_zero() {
            let grant = Grant {
                lot: LotId(self.world.ids.next()),
                kind: LotKind::Promo,
                amount: self.terms.signup_bonus,
                expires_at: NEVER,
                source: SourceRef("bonus:signup".to_owned()),
                reason: None,
            };
            list.push(Change::Grant(grant, Actor::system()));
        }
        self.world.store.commit(Changes::of(account.id, list)).await?;
        self.get(account.id).await
    }

    /// The person behind an account.
    pub async fn get(&self, id: AccountId) -> Result<Person, Error> {
        let found = self.world.reads.account(id).await?;
        found.map(|(account, user)| Person { account, user }).ok_or(Refusal::NotFound.into())
    }

    /// The person behind an address.
    pub async fn find(&self, email: &Email) -> Result<Person, Error> {
        let found = self.world.reads.account_of(&email.canonical()).await?;
        found.map(|(account, user)| Person { account, user }).ok_or(Refusal::NotFound.into())
    }

    /// Blocks an account, or lets it act again. What is in flight still ends and settles.
    pub async fn set_blocked(&self, id: AccountId, blocked: bool) -> Result<(), Error> {
        let status = if blocked { AccountStatus::Frozen } else { AccountStatus::Open };
        self.world.store.commit(Changes::of(id, vec![Change::SetStatus(status)])).await?;
        Ok(())
    }
}
