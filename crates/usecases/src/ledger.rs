//! Credits: balances, statements, grants, adjustments, and the one call for every paid act.

use std::sync::Arc;

use safelight_domain::{
    AccountId, ActionName, Actor, By, Change, Changes, ChargeId, Credits, Grant, Invalid, Key,
    LedgerChange, Line, Lot, LotId, LotKind, NEVER, Refusal, SourceRef,
};
use safelight_ports::{Page, Paged};

use crate::{Error, Terms, World, generation::body_hash, sweep::Sweep};

/// How many accounts one sweep of dead lots looks after.
const SWEEP: u16 = 500;

/// What an account can spend, lot by lot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// Spendable now.
    pub credits: Credits,
    /// What a returned payment left owing.
    pub debt: Credits,
    /// The living lots in burn order.
    pub lots: Vec<Lot>,
}

/// A paid act that was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consumed {
    /// What was charged.
    pub charge_id: ChargeId,
    /// How much.
    pub price: Credits,
    /// Spendable afterwards.
    pub balance: Credits,
    /// Whether this is the stored answer of an earlier call with the same key.
    pub replayed: bool,
}

/// What the operator does to a balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adjustment {
    /// Gives credits that never expire.
    Give(Credits),
    /// Takes credits, never below zero.
    Take(Credits),
}

/// The books, as people and services use them.
#[derive(Clone)]
pub struct Ledger {
    world: Arc<World>,
    terms: Arc<Terms>,
    /// Accounts whose dead lots could not be swept.
    swept: Sweep<AccountId>,
}

impl Ledger {
    pub(crate) fn new(world: Arc<World>, terms: Arc<Terms>) -> Self {
        Self { world, terms, swept: Sweep::new("an account with dead lots") }
    }

    /// What the account can spend now.
    pub async fn balance(&self, account: AccountId) -> Result<Balance, Error> {
        let now = self.world.clock.now();
        let (row, _) = self.world.reads.account(account).await?.ok_or(Refusal::NotFound)?;
        let mut lots = self.world.reads.lots(account).await?;
        lots.retain(|lot| lot.alive(now));
        let sum = |sum: Credits, lot: &Lot| sum.plus(lot.remaining).unwrap_or(Credits::MAX);
        let credits = lots.iter().fold(Credits::ZERO, sum);
        Ok(Balance { credits, debt: row.debt, lots })
    }

    /// The journal, newest first.
    pub async fn lines(&self, account: AccountId, page: Page) -> Result<Paged<Line>, Error> {
        Ok(self.world.reads.lines(account, page).await?)
    }

    /// Charges the account for `action` at the operator's price, and keeps the charge: the act is
    /// the caller's own, so delivering it is too. The same key and action again answer the stored
    /// receipt; the same key for another action is refused.
    pub async fn consume(
        &self,
        account: AccountId,
        action: ActionName,
        key: Option<Key>,
        actor: Actor,
    ) -> Result<Consumed, Error> {
        let price = self.terms.actions.price(&action)?;
        let id = ChargeId(self.world.ids.next());
        let hash = body_hash(["consume", action.as_str()]);
        let changes = Changes::of(
            account,
            vec![
                Change::Ledger(LedgerChange::Charge { id, action, price, actor }),
                Change::Ledger(LedgerChange::Keep(id)),
            ],
        );
        let changes = changes.about(id.0).keyed(key.map(|key| (key, hash)));
        let receipt = self.world.store.commit(changes).await?;
        let charge_id = receipt.subject.map_or(id, ChargeId);
        let price = if receipt.replayed {
            // The operator may have changed the price since: the books know what was paid.
            let charge = self.world.reads.charge(account, charge_id).await?;
            charge.ok_or(Refusal::NotFound)?.price
        } else {
            price
        };
        Ok(Consumed { charge_id, price, balance: receipt.balance, replayed: receipt.replayed })
    }

    /// Gives credits that never expire, with a reason.
    pub async fn grant(
        &self,
        account: AccountId,
        amount: Credits,
        reason: String,
        actor: Actor,
    ) -> Result<Credits, Error> {
        let by = By::from(actor).reason(reason);
        self.adjust(account, Adjustment::Give(amount), by, None).await
    }

    /// Takes credits, never below zero, with a reason.
    pub async fn take(
        &self,
        account: AccountId,
        amount: Credits,
        reason: String,
        actor: Actor,
    ) -> Result<Credits, Error> {
        let by = By::from(actor).reason(reason);
        self.adjust(account, Adjustment::Take(amount), by, None).await
    }

    /// Gives or takes credits, for the reason `by` has; answers what can be spent afterwards. The
    /// same key again moves nothing.
    pub async fn adjust(
        &self,
        account: AccountId,
        adjustment: Adjustment,
        by: By,
        key: Option<Key>,
    ) -> Result<Credits, Error> {
        let reason = by.reason.clone().filter(|reason| !reason.trim().is_empty());
        let reason =
            reason.ok_or_else(|| Invalid::new("reason", "an adjustment needs a reason"))?;
        let (id, actor) = (self.world.ids.next(), by.actor.clone());
        let (word, amount) = match adjustment {
            Adjustment::Give(amount) => ("give", amount),
            Adjustment::Take(amount) => ("take", amount),
        };
        let hash = body_hash(["adjust", word, &amount.get().to_string(), &reason]);
        let change = match adjustment {
            Adjustment::Give(amount) => {
                let grant = Grant {
                    lot: LotId(id),
                    kind: LotKind::Admin,
                    amount,
                    expires_at: NEVER,
                    source: SourceRef::admin(id),
                    reason: Some(reason),
                };
                Change::Ledger(LedgerChange::Grant(grant, actor))
            }
            Adjustment::Take(amount) => Change::Ledger(LedgerChange::Take {
                amount,
                actor,
                reason,
                key: format!("adjust:{id}"),
            }),
        };
        let changes = Changes::of(account, vec![change]).by(by);
        let changes = changes.keyed(key.map(|key| (key, hash)));
        Ok(self.world.store.commit(changes).await?.balance)
    }

    /// Sweeps dead lots of some accounts; answers how many. Correctness never waits for it: dead
    /// lots pay nothing, swept or not. Nothing is swept while the clock is doubted, and one account
    /// that cannot be swept keeps no other waiting.
    pub async fn sweep(&self) -> Result<usize, Error> {
        let moment = self.world.store.clock(false).await?;
        if moment.doubt.is_some() {
            return Ok(0);
        }
        let limit = self.swept.limit(SWEEP);
        let accounts = self.world.reads.accounts_to_sweep(moment.now, limit).await?;
        let rows = accounts.into_iter().map(|account| (account, account)).collect();
        Ok(self.swept.each(rows, moment.now, |account| self.expire(account)).await.done)
    }

    async fn expire(&self, account: AccountId) -> Result<(), Error> {
        self.world.store.commit(Changes::of(account, [LedgerChange::Expire])).await?;
        Ok(())
    }
}
