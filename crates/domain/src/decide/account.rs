//! The rules of accounts and their people.

use super::decision::Decision;
use crate::{
    Account, AccountChange, AccountId, AccountStatus, AccountWrite, Actor, DeedName, DeletionWrite,
    Email, Former, Invalid, KeyWrite, Mac, Refusal, Role, SessionWrite, User,
};

impl Decision<'_> {
    pub(super) fn decide_account(&mut self, change: AccountChange) -> Result<(), Refusal> {
        match change {
            AccountChange::Open(account, user) => self.open(account, user)?,
            AccountChange::NoteMailbox(mailbox) => self.note_mailbox(mailbox),
            AccountChange::SetStatus(status) => self.set_status(status)?,
            AccountChange::SetRole(role) => self.set_role(role),
            AccountChange::ChangeEmail { to, former } => self.change_email(to, former)?,
            AccountChange::UndoEmail(token) => self.undo_email(token)?,
        }
        Ok(())
    }

    fn open(&mut self, account: Account, user: User) -> Result<(), Refusal> {
        if self.seen.email_taken || self.seen.account.is_some() {
            return Err(Refusal::Taken { what: "this address" });
        }
        self.not_left(None)?;
        self.write(AccountWrite::New(account));
        let subject = Some(user.id.0);
        self.write(AccountWrite::User(user));
        self.deed(DeedName::UserCreated, subject, (None, None));
        Ok(())
    }

    fn set_status(&mut self, status: AccountStatus) -> Result<(), Refusal> {
        let was = self.till.account.status;
        // Closed is for good, and only what is empty can be closed.
        let closing = status == AccountStatus::Closed;
        if was == AccountStatus::Closed && !closing {
            return Err(Refusal::Blocked);
        }
        if closing && !self.till.account.balance.is_zero() {
            let says = "the account still has credits; forfeit them first";
            return Err(Invalid::new("status", says).into());
        }
        self.till.account.status = status;
        self.write(AccountWrite::Status(status));
        if was != status {
            let name = match status {
                AccountStatus::Open => DeedName::Unblocked,
                AccountStatus::Frozen => DeedName::Blocked,
                AccountStatus::Closed => DeedName::Deleted,
            };
            self.deed(name, None, (Some(was.as_str().into()), Some(status.as_str().into())));
        }
        Ok(())
    }

    pub(super) fn note_mailbox(&mut self, mailbox: Mac) {
        if !self.seen.mailbox_used {
            self.write(AccountWrite::Mailbox(mailbox, self.at));
        }
        self.write(AccountWrite::MailboxNoted);
    }

    /// Whoever is signed in under the old role signs in anew under the new one.
    fn set_role(&mut self, role: Role) {
        let was = self.seen.user.as_ref().map(|user| user.role);
        self.write(AccountWrite::Role(role));
        if was != Some(role) {
            self.write(SessionWrite::AllEnded { but: None, at: self.at });
            let before = was.map(|role| role.as_str().to_owned());
            let subject = self.seen.user.as_ref().map(|user| user.id.0);
            let after = Some(role.as_str().to_owned());
            self.deed(DeedName::RoleChanged, subject, (before, after));
        }
    }

    fn change_email(&mut self, to: Email, former: Former) -> Result<(), Refusal> {
        if !self.till.account.may_act() {
            return Err(Refusal::Blocked);
        }
        let user = self.seen.user.as_ref().ok_or(Refusal::NotFound)?;
        if user.email != former.email {
            return Err(Refusal::Stale);
        }
        if self.seen.email_taken {
            return Err(Refusal::Taken { what: "this address" });
        }
        let subject = Some(user.id.0);
        self.not_left(Some(self.till.account.id))?;
        self.write(AccountWrite::Email(to));
        self.write(AccountWrite::FormerEmail(former));
        self.write(SessionWrite::AllEnded { but: None, at: self.at });
        self.deed(DeedName::AddressChanged, subject, (None, None));
        Ok(())
    }

    /// Whoever changed the address is out: every session, and every key made since.
    fn undo_email(&mut self, token: Mac) -> Result<(), Refusal> {
        let at = self.at;
        let found = self.seen.formers.iter().find(|former| former.token == token);
        let former = found.filter(|former| former.works(at)).ok_or(Refusal::NotFound)?.clone();
        if self.till.account.closing {
            return Err(Refusal::Blocked);
        }
        self.by.actor = Actor("former address".to_owned());
        let subject = self.seen.user.as_ref().map(|user| user.id.0);
        self.write(AccountWrite::Email(former.email));
        self.write(AccountWrite::FormerEmailsDeleted { since: former.left_at });
        self.write(SessionWrite::AllEnded { but: None, at });
        self.write(KeyWrite::RevokedSince { since: former.left_at, at });
        if self.till.account.closes_at.take().is_some() {
            self.write(DeletionWrite::ClosesAt(None));
            self.deed(DeedName::Stayed, None, (None, None));
        }
        self.deed(DeedName::AddressRestored, subject, (None, None));
        Ok(())
    }

    /// An address that was left can be taken back for a while, so nobody else gets it.
    fn not_left(&self, by_me: Option<AccountId>) -> Result<(), Refusal> {
        let left = self.seen.email_left.filter(|(account, left_at)| {
            Some(*account) != by_me && self.sure.duration_since(*left_at) < Former::WINDOW
        });
        if left.is_some() { Err(Refusal::AddressLeft) } else { Ok(()) }
    }
}
