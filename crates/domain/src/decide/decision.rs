//! The working copy a decision is made on; each noun's rules are in the file of its name.

use std::collections::HashMap;

use crate::{
    Books, By, Change, Effect, Folder, Refusal, Render, RenderId, Timestamp, Write, till::Till,
};

/// The most folders one account may have: the whole tree is read to judge a move.
pub(super) const FOLDERS_MAX: usize = 1_000;
/// The most credits one account may hold: sums then never meet a limit.
pub(super) const BALANCE_MAX: u32 = 900_000_000;
/// The provider's name for a request, where there was no provider: the picture was imported.
pub const IMPORTED: &str = "import";

/// The working copy of everything one account's commit may touch.
pub(super) struct Decision<'a> {
    pub till: Till<'a>,
    pub renders: HashMap<RenderId, Render>,
    pub folders: Vec<Folder>,
    pub seen: &'a Books,
    /// What the clock says.
    pub at: Timestamp,
    /// The time that is sure: the same, unless the clock is doubted.
    pub sure: Timestamp,
    /// The number of the journal's last line before this commit.
    pub since: u32,
    pub by: By,
}

impl Decision<'_> {
    pub fn decide(&mut self, change: Change) -> Result<(), Refusal> {
        match change {
            Change::Account(change) => self.decide_account(change),
            Change::Deletion(change) => self.decide_deletion(change),
            Change::Ledger(change) => self.decide_ledger(change),
            Change::Order(change) => self.decide_order(change),
            Change::Event(change) => {
                self.decide_event(change);
                Ok(())
            }
            Change::Generation(change) => self.decide_generation(change),
            Change::Render(change) => self.decide_render(change),
            Change::Image(change) => self.decide_image(&change),
            Change::Folder(change) => self.decide_folder(change),
            Change::Key(change) => self.decide_key(change),
            Change::Session(change) => self.decide_session(change),
            Change::Task(change) => {
                self.decide_task(change);
                Ok(())
            }
            Change::Audit(change) => {
                self.decide_audit(change);
                Ok(())
            }
        }
    }

    /// What this commit moved so far.
    pub fn effect(&self) -> Option<Effect> {
        let account = &self.till.account;
        let (first, last) = (self.since + 1, account.seq);
        (last >= first).then_some(Effect { account_id: account.id, first, last })
    }

    pub fn write(&mut self, write: impl Into<Write>) {
        self.till.writes.push(write.into());
    }
}
