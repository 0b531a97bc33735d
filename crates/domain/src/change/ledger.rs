//! Credits: lots, transactions and charges.

use crate::{
    ActionName, Actor, Charge, ChargeId, ChargeState, Credits, Grant, Lot, Mac, Needs, Txn,
};

/// A change to an account's credits.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named as in the rows they become")]
pub enum LedgerChange {
    /// Gives credits; the same source again changes nothing.
    Grant(Grant, Actor),
    /// Gives what a mailbox, a keyed digest, gets once. One that opened an account before gets
    /// nothing.
    Bonus { grant: Grant, mailbox: Mac },
    /// Charges one paid act. Refused when overdrawn, indebted or blocked.
    Charge { id: ChargeId, action: ActionName, price: Credits, actor: Actor },
    /// The act was delivered.
    Keep(ChargeId),
    /// The act was not delivered: everything goes back to the lots that paid.
    Refund(ChargeId),
    /// An admin takes credits, never below zero, always with a reason.
    Take { amount: Credits, actor: Actor, reason: String, key: String },
    /// Sweeps the account's dead lots.
    Expire,
}

/// A row of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the row it names; the rules live in decide")]
pub enum LedgerWrite {
    /// A new lot, born empty: the grant's entry fills it.
    Lot(Lot),
    /// Entries first, then the transaction that seals them; lots and the account follow.
    Txn(Txn),
    Charge(Charge),
    ChargeState(ChargeId, ChargeState),
}

impl LedgerChange {
    pub(crate) fn needs(&self, needs: &mut Needs) {
        match self {
            Self::Grant(grant, _) => {
                needs.lots = true;
                needs.sources.push(grant.source.clone());
                needs.txn_keys.push(grant.source.0.clone());
            }
            Self::Bonus { grant, mailbox } => {
                needs.lots = true;
                needs.sources.push(grant.source.clone());
                needs.mailbox = Some(*mailbox);
            }
            Self::Take { key, .. } => {
                needs.lots = true;
                needs.txn_keys.push(key.clone());
            }
            Self::Charge { actor, .. } => needs.spending(actor),
            Self::Expire => needs.lots = true,
            Self::Keep(id) => needs.charges.push(*id),
            Self::Refund(id) => {
                needs.lots = true;
                needs.charges.push(*id);
            }
        }
    }
}
