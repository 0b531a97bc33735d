//! The rules of giving and taking credits; `till` moves them.

use super::decision::{BALANCE_MAX, Decision};
use crate::{Actor, By, Credits, DeedName, Invalid, LedgerChange, LotKind, Refusal, SourceRef};

impl Decision<'_> {
    pub(super) fn decide_ledger(&mut self, change: LedgerChange) -> Result<(), Refusal> {
        match change {
            LedgerChange::Grant(grant, actor) => {
                if self.seen.sources.contains(&grant.source) {
                    return Ok(());
                }
                if grant.source.is_reserved() || self.seen.txn_keys.contains(&grant.source.0) {
                    let says = "this source is the ledger's own; use a namespace of yours";
                    return Err(Invalid::new("source", says).into());
                }
                if grant.kind == LotKind::Pack {
                    let says = "packs are bought: an order grants them";
                    return Err(Invalid::new("kind", says).into());
                }
                let sum = self.till.account.balance.plus(grant.amount);
                if grant.amount.is_zero() || sum.is_none_or(|sum| sum.get() > BALANCE_MAX) {
                    let says = format!("grant 1 to {BALANCE_MAX} credits in all");
                    return Err(Invalid::new("amount", says).into());
                }
                let adjusts = grant.kind == LotKind::Admin;
                let (before, reason) = (self.till.spendable(), grant.reason.clone());
                self.till.grant(grant, actor.clone());
                if adjusts {
                    self.adjusted(actor, reason, before);
                }
            }
            LedgerChange::Bonus { grant, mailbox } => {
                let had = self.seen.mailbox_used || self.seen.sources.contains(&grant.source);
                if !had && !grant.amount.is_zero() {
                    self.till.grant(grant, Actor::system());
                }
                self.note_mailbox(mailbox);
            }
            LedgerChange::Charge { id, action, price, actor } => {
                self.till.charge(id, action, price, actor)?;
            }
            LedgerChange::Keep(id) => self.till.keep(id)?,
            LedgerChange::Refund(id) => self.till.refund(id)?,
            LedgerChange::Take { amount, actor, reason, key } => {
                if amount.is_zero() {
                    return Err(Invalid::new("amount", "take at least one credit").into());
                }
                if reason.trim().is_empty() {
                    return Err(Invalid::new("reason", "an adjustment needs a reason").into());
                }
                // Any other key may be one the ledger needs later, or a grant's of long ago.
                if key.len() > 255 || !key.starts_with(SourceRef::ADJUST) {
                    let says = "what is taken has a key that begins with \"adjust:\"";
                    return Err(Invalid::new("key", says).into());
                }
                if !self.seen.txn_keys.contains(&key) {
                    let before = self.till.spendable();
                    self.till.take_down(amount, actor.clone(), reason.clone(), key)?;
                    self.adjusted(actor, Some(reason), before);
                }
            }
            LedgerChange::Expire => self.till.expire(),
        }
        Ok(())
    }

    fn adjusted(&mut self, actor: Actor, reason: Option<String>, before: Credits) {
        let by = By { actor, reason, request: self.by.request.clone() };
        let after = self.till.spendable();
        let (before, after) = (before.get().to_string(), after.get().to_string());
        self.deed_by(by, DeedName::CreditsAdjusted, None, (Some(before), Some(after)));
    }
}
