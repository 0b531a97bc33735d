//! The rule: what a list of changes writes, given what was seen, or why it may not be.

mod account;
mod attempt;
mod audit;
mod deletion;
mod event;
mod folder;
mod generation;
mod image;
mod key;
mod ledger;
mod order;
mod render;
mod session;
mod task;

use std::collections::HashMap;

use crate::{
    AccountChange, Books, By, Change, ChangeList, Changes, Credits, Effect, EventName, FeedWrite,
    Folder, Receipt, Refusal, Render, RenderId, Timestamp, UnownedChange, Verdict, Write,
    till::Till,
};

/// The most folders one account may have: the whole tree is read to judge a move.
const FOLDERS_MAX: usize = 1_000;
/// The most credits one account may hold: sums then never meet a limit.
const BALANCE_MAX: u32 = 900_000_000;
/// The provider's name for a request, where there was no provider: the picture was imported.
pub const IMPORTED: &str = "import";

impl Changes {
    /// Judges the changes against what was seen under the lock, in order, all or nothing.
    ///
    /// `now` is the store's clock. An account's own clock never runs backwards, but it only orders
    /// its txns: whatever is scheduled goes by `now`, and money by the time that is sure.
    pub fn decide(self, seen: &Books, now: Timestamp) -> Result<(Vec<Write>, Receipt), Refusal> {
        let (id, list) = match self.list {
            ChangeList::Account(id, list) => (id, list),
            ChangeList::Unowned(list) => {
                let (writes, verdict) = decide_unowned(list, seen, now, &self.by)?;
                let (subject, balance) = (self.subject, Credits::ZERO);
                return Ok((writes, Receipt { subject, balance, verdict, replayed: false }));
            }
        };
        let mut writes = Vec::new();
        let opened = list.iter().find_map(|change| {
            let Change::Account(AccountChange::Open(account, _)) = change else { return None };
            (account.id == id).then(|| account.clone())
        });
        let account = seen.account.clone().or(opened).ok_or(Refusal::NotFound)?;
        let sure = seen.doubt.map_or(now, |doubt| doubt.sure);
        let since = account.seq;
        let mut decision = Decision {
            till: Till {
                at: sure,
                latest: now.max(sure),
                paused: seen.doubt.is_some(),
                account,
                lots: seen.lots.clone(),
                spenders: seen.spenders.clone(),
                charges: seen.charges.iter().map(|paid| (paid.charge.id, paid.clone())).collect(),
                orders: seen.orders.iter().map(|order| (order.id, order.clone())).collect(),
                returned: seen.returned.iter().map(|books| (books.order, *books)).collect(),
                writes: &mut writes,
                moved: false,
            },
            by: self.by,
            renders: seen.renders.iter().map(|render| (render.id, render.clone())).collect(),
            folders: seen.folders.clone(),
            seen,
            at: now,
            sure,
            since,
        };
        for change in list {
            decision.decide(change)?;
        }
        let balance = decision.till.spendable();
        if decision.till.moved {
            decision
                .till
                .writes
                .push(Write::Feed(FeedWrite::Event(EventName::BalanceChanged, id.0)));
        }
        Ok((writes, Receipt { subject: self.subject, balance, verdict: None, replayed: false }))
    }
}

fn decide_unowned(
    list: Vec<UnownedChange>,
    seen: &Books,
    now: Timestamp,
    by: &By,
) -> Result<(Vec<Write>, Option<Verdict>), Refusal> {
    let mut writes = Vec::new();
    let mut verdict = None;
    for change in list {
        match change {
            UnownedChange::Attempt(change) => {
                verdict = attempt::decide_unowned(change, seen, now, by, &mut writes)?.or(verdict);
            }
            UnownedChange::Event(change) => writes.extend(event::decide_unowned(change, seen)),
            UnownedChange::Task(change) => {
                writes.extend(task::decide(change, seen, by, now));
            }
            UnownedChange::Audit(change) => {
                writes.push(audit::decide_unowned(change, by.clone(), now));
            }
        }
    }
    Ok((writes, verdict))
}

/// The working copy of everything one account's commit may touch.
struct Decision<'a> {
    till: Till<'a>,
    renders: HashMap<RenderId, Render>,
    folders: Vec<Folder>,
    seen: &'a Books,
    /// What the clock says.
    at: Timestamp,
    /// The time that is sure: the same, unless the clock is doubted.
    sure: Timestamp,
    /// The number of the journal's last line before this commit.
    since: u32,
    by: By,
}

impl Decision<'_> {
    fn decide(&mut self, change: Change) -> Result<(), Refusal> {
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
    fn effect(&self) -> Option<Effect> {
        let account = &self.till.account;
        let (first, last) = (self.since + 1, account.seq);
        (last >= first).then_some(Effect { account_id: account.id, first, last })
    }

    fn write(&mut self, write: impl Into<Write>) {
        self.till.writes.push(write.into());
    }
}
