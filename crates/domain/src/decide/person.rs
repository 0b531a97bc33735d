//! The rules of access: keys, sessions, addresses, and accounts that are left.

use super::Desk;
use crate::{
    AccountId, AccountStatus, Actor, By, Change, Deed, DeedName, Email, Former, ImageId, Invalid,
    Mac, Refusal, Role, Session, Uuid, Write, discard::TRASH,
};

impl Desk<'_> {
    pub(super) fn decide_access(&mut self, change: Change) -> Result<(), Refusal> {
        let at = self.at;
        match change {
            Change::MakeKey(key) => {
                if !self.till.account.may_act() {
                    return Err(Refusal::Blocked);
                }
                let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.as_str()).collect();
                let after = Some(scopes.join(" "));
                self.deed(DeedName::KeyMade, Some(key.id.0), (None, after));
                self.write(Write::Key(key));
            }
            Change::RevokeKey(id) => {
                let key = self.seen.keys.iter().find(|key| key.id == id);
                if key.ok_or(Refusal::NotFound)?.revoked_at.is_none() {
                    self.write(Write::KeyRevoked(id, at));
                    self.deed(DeedName::KeyRevoked, Some(id.0), (None, None));
                }
            }
            Change::TouchKey(id) => self.write(Write::KeyTouched(id, at)),
            Change::SignIn(session) => self.sign_in(session)?,
            Change::Renew { from, to } => {
                let old = self.seen.sessions.iter().find(|session| session.id == from);
                if !old.is_some_and(|old| old.works(at)) {
                    return Err(Refusal::NotFound);
                }
                self.write(Write::SessionEnded(from, at));
                self.deed(DeedName::SessionRenewed, Some(to.id.0), (None, None));
                self.write(Write::Session(to));
            }
            Change::TouchSession(id) => self.write(Write::SessionTouched(id, at)),
            Change::SignOut(id) => {
                let mine = self.seen.sessions.iter().find(|session| session.id == id);
                if mine.ok_or(Refusal::NotFound)?.ended_at.is_none() {
                    self.write(Write::SessionEnded(id, at));
                    self.deed(DeedName::SessionEnded, Some(id.0), (None, None));
                }
            }
            Change::SignOutAll { but } => {
                self.write(Write::SessionsEnded { but, at });
                let all = if but.is_some() { "all others" } else { "all" };
                self.deed(DeedName::SessionEnded, None, (None, Some(all.to_owned())));
            }
            Change::ChangeEmail { to, former } => self.change_email(to, former)?,
            Change::UndoEmail(token) => self.undo_email(token)?,
            Change::Note { name, subject, says } => self.deed(name, subject, (None, says)),
            other => return self.decide_leaving(other),
        }
        Ok(())
    }

    fn decide_leaving(&mut self, change: Change) -> Result<(), Refusal> {
        let at = self.at;
        match change {
            Change::Leave { grace } => {
                if !self.till.account.may_act() {
                    return Err(Refusal::Blocked);
                }
                let closes_at = at.max(self.sure).saturating_add(grace).unwrap_or(at);
                self.till.account.closes_at = Some(closes_at);
                self.write(Write::AccountCloses(Some(closes_at)));
                self.write(Write::SessionsEnded { but: None, at });
                self.deed(DeedName::Leaving, None, (None, Some(closes_at.to_string())));
            }
            Change::BeginClosing => {
                self.certain()?;
                let account = &self.till.account;
                if account.closes_at.is_none_or(|end| end > at) {
                    return Err(Refusal::Stale);
                }
                if !account.closing {
                    self.till.account.closing = true;
                    self.write(Write::AccountClosing);
                }
            }
            Change::Erase { generation, renders } => {
                self.closing()?;
                for id in renders {
                    let render = self.render(id)?;
                    if !render.state.is_final() {
                        return Err(Refusal::Stale);
                    }
                    // Whatever was sent may have been put, stored in the end or not.
                    if render.request_id.is_some() {
                        self.write(Write::Discard(id));
                    }
                }
                self.write(Write::GenerationErased(generation, at));
            }
            Change::Close => {
                self.closing()?;
                self.till.forfeit("the account was deleted");
                self.write(Write::AccountErased(at));
                self.till.account.status = AccountStatus::Closed;
                self.write(Write::AccountStatus(AccountStatus::Closed));
                self.deed(DeedName::Deleted, None, (None, None));
            }
            Change::Purge(id) => self.purge(id),
            Change::Cleared(id) => self.write(Write::Cleared(id, at)),
            other => unreachable!("{other:?} belongs to nobody"),
        }
        Ok(())
    }

    pub(super) fn set_status(&mut self, status: AccountStatus) -> Result<(), Refusal> {
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
        self.write(Write::AccountStatus(status));
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

    /// Whoever is signed in under the old role signs in anew under the new one.
    pub(super) fn set_role(&mut self, role: Role) {
        let was = self.seen.user.as_ref().map(|user| user.role);
        self.write(Write::UserRole(role));
        if was != Some(role) {
            self.write(Write::SessionsEnded { but: None, at: self.at });
            let before = was.map(|role| role.as_str().to_owned());
            let subject = self.seen.user.as_ref().map(|user| user.id.0);
            let after = Some(role.as_str().to_owned());
            self.deed(DeedName::RoleChanged, subject, (before, after));
        }
    }

    /// A sign-in within the grace takes a deletion back.
    fn sign_in(&mut self, session: Session) -> Result<(), Refusal> {
        let account = &self.till.account;
        let gone = account.closing || account.closes_at.is_some_and(|end| end <= self.sure);
        if account.status != AccountStatus::Open || gone {
            return Err(Refusal::Blocked);
        }
        self.by.actor = Actor::user(session.user_id);
        if account.closes_at.is_some() {
            self.till.account.closes_at = None;
            self.write(Write::AccountCloses(None));
            self.deed(DeedName::Stayed, None, (None, None));
        }
        self.deed(DeedName::SignedIn, Some(session.id.0), (None, None));
        self.write(Write::Session(session));
        Ok(())
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
        self.write(Write::UserEmail(to));
        self.write(Write::Former(former));
        self.write(Write::SessionsEnded { but: None, at: self.at });
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
        self.write(Write::UserEmail(former.email));
        self.write(Write::FormersGone { since: former.left_at });
        self.write(Write::SessionsEnded { but: None, at });
        self.write(Write::KeysRevoked { since: former.left_at, at });
        if self.till.account.closes_at.take().is_some() {
            self.write(Write::AccountCloses(None));
            self.deed(DeedName::Stayed, None, (None, None));
        }
        self.deed(DeedName::AddressRestored, subject, (None, None));
        Ok(())
    }

    /// What was restored meanwhile, or is gone already, stays as it is, and so does everything
    /// while the clock is doubted.
    fn purge(&mut self, id: ImageId) {
        if self.till.paused {
            return;
        }
        let due = self.seen.images.iter().find(|image| {
            let since = image.trashed_at.map(|trashed| self.sure.duration_since(trashed));
            image.id == id && since.is_some_and(|since| since >= TRASH)
        });
        if let Some(render) = due.map(|image| image.render_id) {
            self.write(Write::Discard(render));
            self.write(Write::ImagePurged(id));
        }
    }

    /// An address that was left can be taken back for a while, so nobody else gets it.
    pub(super) fn not_left(&self, by_me: Option<AccountId>) -> Result<(), Refusal> {
        let left = self.seen.email_left.filter(|(account, left_at)| {
            Some(*account) != by_me && self.sure.duration_since(*left_at) < Former::WINDOW
        });
        if left.is_some() { Err(Refusal::AddressLeft) } else { Ok(()) }
    }

    /// Nothing is closed or erased by a clock that is doubted.
    fn certain(&self) -> Result<(), Refusal> {
        if self.till.paused { Err(Refusal::Stale) } else { Ok(()) }
    }

    fn closing(&self) -> Result<(), Refusal> {
        self.certain()?;
        let account = &self.till.account;
        let ready = account.closing && account.status != AccountStatus::Closed;
        if ready { Ok(()) } else { Err(Refusal::Stale) }
    }

    /// Adds to the trail.
    pub(super) fn deed(
        &mut self,
        name: DeedName,
        subject: Option<Uuid>,
        (before, after): (Option<String>, Option<String>),
    ) {
        let by = self.by.clone();
        self.deed_by(by, name, subject, (before, after));
    }

    pub(super) fn deed_by(
        &mut self,
        by: By,
        name: DeedName,
        subject: Option<Uuid>,
        (before, after): (Option<String>, Option<String>),
    ) {
        let account_id = Some(self.till.account.id);
        let deed = Deed { account_id, name, by, subject, before, after, at: self.at };
        self.write(Write::Deed(deed));
    }
}
