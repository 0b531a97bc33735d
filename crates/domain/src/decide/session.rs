//! The rules of sessions.

use super::decision::Decision;
use crate::{
    AccountStatus, Actor, DeedName, DeletionWrite, Refusal, Session, SessionChange, SessionWrite,
};

impl Decision<'_> {
    pub(super) fn decide_session(&mut self, change: SessionChange) -> Result<(), Refusal> {
        let at = self.at;
        match change {
            SessionChange::Begin(session) => self.sign_in(session)?,
            SessionChange::Renew { from, to } => {
                let old = self.seen.sessions.iter().find(|session| session.id == from);
                if !old.is_some_and(|old| old.works(at)) {
                    return Err(Refusal::NotFound);
                }
                self.write(SessionWrite::Ended(from, at));
                self.deed(DeedName::SessionRenewed, Some(to.id.0), (None, None));
                self.write(SessionWrite::New(to));
            }
            SessionChange::Touch(id) => self.write(SessionWrite::Touched(id, at)),
            SessionChange::End(id) => {
                let mine = self.seen.sessions.iter().find(|session| session.id == id);
                if mine.ok_or(Refusal::NotFound)?.ended_at.is_none() {
                    self.write(SessionWrite::Ended(id, at));
                    self.deed(DeedName::SessionEnded, Some(id.0), (None, None));
                }
            }
            SessionChange::EndAll { but } => {
                self.write(SessionWrite::AllEnded { but, at });
                let all = if but.is_some() { "all others" } else { "all" };
                self.deed(DeedName::SessionEnded, None, (None, Some(all.to_owned())));
            }
        }
        Ok(())
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
            self.write(DeletionWrite::ClosesAt(None));
            self.deed(DeedName::Stayed, None, (None, None));
        }
        self.deed(DeedName::SignedIn, Some(session.id.0), (None, None));
        self.write(SessionWrite::New(session));
        Ok(())
    }
}
