//! People and their accounts.

use std::{net::IpAddr, sync::Arc};

use safelight_domain::{
    Account, AccountChange, AccountId, AccountStatus, Actor, AuditChange, By, Change, Changes,
    Deed, DeedName, DeletionChange, Email, Grant, LedgerChange, LotId, LotKind, Mac, NEVER,
    Refusal, Role, SourceRef, User, UserId,
};
use safelight_ports::{Page, Paged, TrailFilter};

use crate::{Error, Quotas, Terms, World, secret};

/// A person with their account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// What they own.
    pub account: Account,
    /// Who signs in.
    pub user: User,
}

/// Why a new account starts without the bonus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoBonus {
    /// Its mailbox opened an account before.
    Mailbox,
    /// Enough accounts of its place had theirs today.
    Place,
}

/// An account that was just opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Whose it is.
    pub person: Person,
    /// Why it starts without the bonus others start with.
    pub no_bonus: Option<NoBonus>,
}

/// How many mailboxes are noted between two looks.
const TOGETHER: u16 = 500;

/// Opens, shows and blocks accounts.
#[derive(Clone)]
pub struct Accounts {
    world: Arc<World>,
    terms: Arc<Terms>,
    quotas: Quotas,
}

impl Accounts {
    pub(crate) fn new(world: Arc<World>, terms: Arc<Terms>, quotas: Quotas) -> Self {
        Self { world, terms, quotas }
    }

    /// Opens an account for a new person, as the operator. Refused when the address is taken.
    pub async fn create(&self, email: Email) -> Result<Person, Error> {
        Ok(self.open(email, None).await?.person)
    }

    /// Opens an account for a new person at `from`, with the sign-up bonus if this is their
    /// mailbox's first. Refused when the address is taken.
    pub async fn open(&self, email: Email, from: Option<IpAddr>) -> Result<Opened, Error> {
        let mailbox = self.mailbox(&email);
        let no_bonus = self.why_no_bonus(mailbox, from).await?;
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
        let mut list = vec![Change::Account(AccountChange::Open(account.clone(), user))];
        if !self.terms.signup_bonus.is_zero() && no_bonus.is_none() {
            let grant = Grant {
                lot: LotId(self.world.ids.next()),
                kind: LotKind::Promo,
                amount: self.terms.signup_bonus,
                expires_at: NEVER,
                source: SourceRef::signup_bonus(),
                reason: None,
            };
            list.push(Change::Ledger(LedgerChange::Bonus { grant, mailbox }));
        } else {
            list.push(Change::Account(AccountChange::NoteMailbox(mailbox)));
        }
        let changes = Changes::of(account.id, list).by(by);
        let receipt = self.world.store.commit(changes).await?;
        // Another account of the mailbox may have been opened meanwhile.
        let none = !self.terms.signup_bonus.is_zero() && receipt.balance.is_zero();
        let no_bonus = no_bonus.or(none.then_some(NoBonus::Mailbox));
        Ok(Opened { person: self.get(account.id).await?, no_bonus })
    }

    async fn why_no_bonus(
        &self,
        mailbox: Mac,
        from: Option<IpAddr>,
    ) -> Result<Option<NoBonus>, Error> {
        if self.terms.signup_bonus.is_zero() {
            return Ok(None);
        }
        if self.world.reads.mailbox_used(mailbox).await? {
            return Ok(Some(NoBonus::Mailbox));
        }
        let Some(from) = from else { return Ok(None) };
        let quota = self.quotas.bonus(from).await?;
        Ok((!quota.allowed).then_some(NoBonus::Place))
    }

    /// Notes the mailboxes of accounts from before they were noted. Doing it twice is doing it once.
    pub async fn note_mailboxes(&self) -> Result<(), Error> {
        loop {
            let unnoted = self.world.reads.unnoted_mailboxes(TOGETHER).await?;
            for (account, email) in &unnoted {
                let note = Change::Account(AccountChange::NoteMailbox(self.mailbox(email)));
                self.world.store.commit(Changes::of(*account, vec![note])).await?;
            }
            if unnoted.len() < usize::from(TOGETHER) {
                return Ok(());
            }
        }
    }

    fn mailbox(&self, email: &Email) -> Mac {
        secret::keyed(self.terms.pepper, b"mailbox", &email.mailbox())
    }

    /// The person behind an account.
    pub async fn get(&self, id: AccountId) -> Result<Person, Error> {
        let found = self.world.reads.account(id).await?;
        found.map(|(account, user)| Person { account, user }).ok_or(Refusal::NotFound.into())
    }

    /// The person behind an address. Mail to them goes to the address of the answer, which is the
    /// one on file, never to the one that was asked for.
    pub async fn find(&self, email: &Email) -> Result<Person, Error> {
        if let Some(spelled) = email.spelled() {
            let apart = self.world.reads.account_of(spelled).await?;
            if let Some((account, user)) = apart {
                return Ok(Person { account, user });
            }
        }
        let found = self.world.reads.account_of(email.canonical()).await?;
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
        let changes = Changes::of(id, [AccountChange::SetStatus(status)]).by(by);
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
        self.world.store.commit(Changes::of(id, [AccountChange::SetRole(role)]).by(by)).await?;
        Ok(())
    }

    /// Asks for the account to be deleted once the grace is over. Everybody is signed out and keys
    /// stop working; a sign-in before that takes it back.
    pub async fn leave(&self, id: AccountId, by: impl Into<By>) -> Result<(), Error> {
        let leave = Change::Deletion(DeletionChange::Request { grace: self.terms.timing.grace });
        self.world.store.commit(Changes::of(id, vec![leave]).by(by)).await?;
        Ok(())
    }

    /// Notes that everything was exported.
    pub async fn exported(&self, id: AccountId, by: impl Into<By>) -> Result<(), Error> {
        let exported = Change::Audit(AuditChange::Record {
            name: DeedName::SensitiveRead,
            subject: None,
            says: None,
        });
        self.world.store.commit(Changes::of(id, vec![exported]).by(by)).await?;
        Ok(())
    }

    /// The trail of one account, or of all, newest first.
    pub async fn trail(&self, of: Option<AccountId>, page: Page) -> Result<Paged<Deed>, Error> {
        let filter = TrailFilter { account: of, ..TrailFilter::default() };
        Ok(self.world.reads.deeds(&filter, page).await?)
    }
}
