//! Signed-in browsers.

use std::sync::Arc;

use safelight_domain::{
    AccountId, AccountStatus, Actor, By, Changes, Refusal, Session, SessionChange, SessionId,
    SignedDuration, User,
};

use crate::{Error, World, secret};

/// A session's last use is noted to within this.
const TOUCH: SignedDuration = SignedDuration::from_mins(5);

/// Who uses a signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub user: User,
    /// In which session.
    pub session: Session,
}

impl Member {
    /// Whose credits and pictures.
    pub fn account_id(&self) -> AccountId {
        self.session.account_id
    }

    /// Who to name in the books.
    pub fn actor(&self) -> Actor {
        Actor::user(self.user.id)
    }
}

/// Knows, lists and ends sessions.
#[derive(Clone)]
pub struct Sessions {
    world: Arc<World>,
}

impl Sessions {
    pub(crate) fn new(world: Arc<World>) -> Self {
        Self { world }
    }

    /// Who carries this cookie: none when it is over; refused when the account is blocked.
    pub async fn member(&self, token: &str) -> Result<Option<Member>, Error> {
        let found = self.world.reads.session(secret::digest(token)).await?;
        let now = self.world.clock.now();
        let Some((session, user, status)) = found.filter(|(session, ..)| session.works(now)) else {
            return Ok(None);
        };
        if status != AccountStatus::Open {
            return Err(Refusal::Blocked.into());
        }
        if now.duration_since(session.seen_at) >= TOUCH {
            let touch = Changes::of(session.account_id, [SessionChange::Touch(session.id)]);
            if let Err(error) = self.world.store.commit(touch).await {
                tracing::warn!(%error, "a session's use was not noted");
            }
        }
        Ok(Some(Member { user, session }))
    }

    /// Whether a session that was let in may still be told things: it has not ended since, and its
    /// account is not blocked.
    pub async fn holds(&self, session: &Session) -> Result<bool, Error> {
        let now = self.world.clock.now();
        let found = self.world.reads.session(session.hash).await?;
        Ok(found.is_some_and(|(session, _, status)| {
            session.works(now) && status == AccountStatus::Open
        }))
    }

    /// The account's living sessions, newest first.
    pub async fn list(&self, account: AccountId) -> Result<Vec<Session>, Error> {
        let now = self.world.clock.now();
        let mut sessions = self.world.reads.sessions(account).await?;
        sessions.retain(|session| session.works(now));
        Ok(sessions)
    }

    /// Signs a browser out.
    pub async fn end(
        &self,
        account: AccountId,
        id: SessionId,
        by: impl Into<By>,
    ) -> Result<(), Error> {
        let changes = Changes::of(account, [SessionChange::End(id)]).by(by);
        self.world.store.commit(changes).await?;
        Ok(())
    }

    /// Ends the session of a browser that just signed in anew: it carries another one now.
    pub async fn end_former(&self, token: &str, by: impl Into<By>) -> Result<(), Error> {
        let found = self.world.reads.session(secret::digest(token)).await?;
        match found.filter(|(session, ..)| session.ended_at.is_none()) {
            Some((session, ..)) => self.end(session.account_id, session.id, by).await,
            None => Ok(()),
        }
    }

    /// Signs every browser out but, perhaps, one.
    pub async fn end_all(
        &self,
        account: AccountId,
        but: Option<SessionId>,
        by: impl Into<By>,
    ) -> Result<(), Error> {
        let changes = Changes::of(account, [SessionChange::EndAll { but }]).by(by);
        self.world.store.commit(changes).await?;
        Ok(())
    }
}
