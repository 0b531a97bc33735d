//! People and their accounts.

use std::sync::Arc;

use safelight_domain::{
    Account, AccountId, AccountStatus, Actor, By, Change, Changes, Deed, DeedName, Email, Grant,
    LotId, LotKind, NEVER, Refusal, Role, SourceRef, User, UserId,
};
use safelight_ports::{Page, Paged, TrailFilter};

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
        let by = Actor::user(user.id);
        let mut list = vec![Change::Join(account.clone(), user)];
        if !self.terms.signup_bonus.is_zero() {
            let grant = Grant {
                lot: LotId(self.world.ids.next()),
                kind: LotKind::Promo,
                amount: self.terms.signup_bonus,
                expires_at: NEVER,
                source: SourceRef::signup_bonus(),
                reason: None,
            };
            list.push(Change::Grant(grant, Actor::system()));
        }
        let changes = Changes::of(account.id, list).by(by);
        self.world.store.commit(changes).await?;
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
    pub async fn set_blocked(
        &self,
        id: AccountId,
        blocked: bool,
        by: impl Into<By>,
    ) -> Result<(), Error> {
        let status = if blocked { AccountStatus::Frozen } else { AccountStatus::Open };
        let changes = Changes::of(id, vec![Change::SetStatus(status)]).by(by);
        self.world.store.commit(changes).await?;
        Ok(())
    }

    /// Makes a person an admin or a member again. They are signed out wherever they are.
    pub async fn set_role(
        &self,
        id: AccountId,
        role: Role,
        by: impl Into<By>,
    ) -> Result<(), Error> {
        self.world.store.commit(Changes::of(id, vec![Change::SetRole(role)]).by(by)).await?;
        Ok(())
    }

    /// Asks for the account to be deleted once the grace is over. Everybody is signed out and keys
    /// stop working; a sign-in before that takes it back.
    pub async fn leave(&self, id: AccountId, by: impl Into<By>) -> Result<(), Error> {
        let leave = Change::Leave { grace: self.terms.timing.grace };
        self.world.store.commit(Changes::of(id, vec![leave]).by(by)).await?;
        Ok(())
    }

    /// Notes that everything was exported.
    pub async fn exported(&self, id: AccountId, by: impl Into<By>) -> Result<(), Error> {
        let exported = Change::Note { name: DeedName::SensitiveRead, subject: None, says: None };
        self.world.store.commit(Changes::of(id, vec![exported]).by(by)).await?;
        Ok(())
    }

    /// The trail of one account, or of all, newest first.
    pub async fn trail(&self, of: Option<AccountId>, page: Page) -> Result<Paged<Deed>, Error> {
        let filter = TrailFilter { account: of, ..TrailFilter::default() };
        Ok(self.world.reads.deeds(&filter, page).await?)
    }
}
