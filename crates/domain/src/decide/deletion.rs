//! The rules of deleting an account: after a grace, and then for good.

use super::decision::Decision;
use crate::{
    AccountStatus, AccountWrite, DeedName, DeletionChange, DeletionWrite, ImageWrite, Refusal,
    SessionWrite,
};

impl Decision<'_> {
    pub(super) fn decide_deletion(&mut self, change: DeletionChange) -> Result<(), Refusal> {
        let at = self.at;
        match change {
            DeletionChange::Request { grace } => {
                if !self.till.account.may_act() {
                    return Err(Refusal::Blocked);
                }
                let closes_at = at.max(self.sure).saturating_add(grace).unwrap_or(at);
                self.till.account.closes_at = Some(closes_at);
                self.write(DeletionWrite::ClosesAt(Some(closes_at)));
                self.write(SessionWrite::AllEnded { but: None, at });
                self.deed(DeedName::Leaving, None, (None, Some(closes_at.to_string())));
            }
            DeletionChange::Begin => {
                self.certain()?;
                let account = &self.till.account;
                if account.closes_at.is_none_or(|end| end > at) {
                    return Err(Refusal::Stale);
                }
                if !account.closing {
                    self.till.account.closing = true;
                    self.write(DeletionWrite::Closing);
                }
            }
            DeletionChange::EraseGeneration { generation, renders } => {
                self.closing()?;
                for id in renders {
                    let render = self.render(id)?;
                    if !render.state.is_final() {
                        return Err(Refusal::Stale);
                    }
                    // Whatever was sent may have been put, stored in the end or not.
                    if render.request_id.is_some() {
                        self.write(ImageWrite::Discard(id));
                    }
                }
                self.write(DeletionWrite::GenerationErased(generation, at));
            }
            DeletionChange::Finish => {
                self.closing()?;
                self.till.forfeit("the account was deleted");
                self.write(DeletionWrite::Erased(at));
                self.till.account.status = AccountStatus::Closed;
                self.write(AccountWrite::Status(AccountStatus::Closed));
                self.deed(DeedName::Deleted, None, (None, None));
            }
        }
        Ok(())
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
}
