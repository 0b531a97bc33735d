//! The rule: what a list of changes writes, given what was seen, or why it may not be.

mod account;
mod attempt;
mod audit;
mod decision;
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
mod unowned;

use self::decision::Decision;
use crate::{
    AccountChange, Books, Change, ChangeList, Changes, Credits, EventName, FeedWrite, Receipt,
    Refusal, Timestamp, Write, till::Till,
};

pub use decision::IMPORTED;

impl Changes {
    /// Judges the changes against what was seen under the lock, in order, all or nothing.
    ///
    /// `now` is the store's clock. An account's own clock never runs backwards, but it only orders
    /// its txns: whatever is scheduled goes by `now`, and money by the time that is sure.
    pub fn decide(self, seen: &Books, now: Timestamp) -> Result<(Vec<Write>, Receipt), Refusal> {
        let (id, list) = match self.list {
            ChangeList::Account(id, list) => (id, list),
            ChangeList::Unowned(list) => {
                let (writes, verdict) = unowned::decide(list, seen, now, &self.by)?;
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
