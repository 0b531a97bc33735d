//! What the whole studio came to, day by day, and everybody's journal: for the operator alone.

use async_trait::async_trait;
use safelight_domain::{
    AccountId, Actor, Day, Line, ModelSlug, PaymentMode, RenderState, SignedDuration, Timestamp,
    TxnKind,
};

use crate::{Fault, Page, Paged};

/// Credits that were moved, by why. Times are those of the journal's lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moved {
    /// Given for a paid order, the first time.
    pub sold: u64,
    /// Given for any other reason; what came again of a returned payment is among them.
    pub granted: u64,
    /// Taken for paid acts.
    pub spent: u64,
    /// Given back because a paid act was not delivered.
    pub refunded: u64,
    /// Died unspent.
    pub expired: u64,
    /// Taken by the operator, by returned payments, or left behind by closed accounts.
    pub taken: u64,
    /// Taken to pay a debt.
    pub repaid: u64,
    /// Became a debt. Moves no balance.
    pub owed: u64,
    /// Debts forgiven. Moves no balance.
    pub forgiven: u64,
}

impl Moved {
    /// Where a line of this kind belongs; `sold` tells grants apart.
    pub fn of(&mut self, kind: TxnKind, sold: bool) -> &mut u64 {
        match kind {
            TxnKind::Grant if sold => &mut self.sold,
            TxnKind::Grant => &mut self.granted,
            TxnKind::Refund => &mut self.refunded,
            TxnKind::Spend => &mut self.spent,
            TxnKind::Expire => &mut self.expired,
            TxnKind::Clawback | TxnKind::AdjustDown | TxnKind::Forfeit => &mut self.taken,
            TxnKind::Repay => &mut self.repaid,
            TxnKind::Debt => &mut self.owed,
            TxnKind::WriteOff => &mut self.forgiven,
        }
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            sold: self.sold + other.sold,
            granted: self.granted + other.granted,
            spent: self.spent + other.spent,
            refunded: self.refunded + other.refunded,
            expired: self.expired + other.expired,
            taken: self.taken + other.taken,
            repaid: self.repaid + other.repaid,
            owed: self.owed + other.owed,
            forgiven: self.forgiven + other.forgiven,
        }
    }

    /// What is left of it in balances.
    pub fn left(self) -> i128 {
        let given = i128::from(self.sold) + i128::from(self.granted) + i128::from(self.refunded);
        let gone = [self.spent, self.expired, self.taken, self.repaid];
        given - gone.into_iter().map(i128::from).sum::<i128>()
    }
}

/// Renders that ended, by their ending. Imported pictures are not among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcomes {
    /// With a picture.
    pub stored: u64,
    /// Without one; refunded.
    pub failed: u64,
    /// Not shown by the provider; refunded.
    pub filtered: u64,
    /// Taken back; refunded.
    pub cancelled: u64,
}

impl Outcomes {
    /// Where a render of this state belongs; none while it is unfinished.
    pub fn of(&mut self, state: RenderState) -> Option<&mut u64> {
        match state {
            RenderState::Stored => Some(&mut self.stored),
            RenderState::Failed => Some(&mut self.failed),
            RenderState::Filtered => Some(&mut self.filtered),
            RenderState::Cancelled => Some(&mut self.cancelled),
            _ => None,
        }
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            stored: self.stored + other.stored,
            failed: self.failed + other.failed,
            filtered: self.filtered + other.filtered,
            cancelled: self.cancelled + other.cancelled,
        }
    }

    /// All of them.
    pub fn all(self) -> u64 {
        self.stored + self.failed + self.filtered + self.cancelled
    }
}

/// How long a day's pictures took, from the intent to send them until they were stored; as
/// nearest ranks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// Half of them took no longer.
    pub p50: SignedDuration,
    /// Nineteen of twenty took no longer.
    pub p95: SignedDuration,
}

/// The smallest of `sorted` that so many of a hundred do not exceed.
pub fn percentile<T: Copy>(sorted: &[T], of: usize) -> Option<T> {
    sorted.get((sorted.len() * of).div_ceil(100).checked_sub(1)?).copied()
}

/// Money of orders that were paid on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intake {
    /// Whether it is money at all.
    pub mode: PaymentMode,
    /// ISO 4217, lower case.
    pub currency: String,
    /// Captured, in the currency's smallest units.
    pub captured: u64,
    /// Of that, what has gone back since, whenever that was. Never more.
    pub refunded: u64,
}

/// What one day in UTC came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayFigures {
    /// The day.
    pub day: Day,
    /// Credits moved.
    pub moved: Moved,
    /// Renders that ended, by model, in the order of their slugs.
    pub renders: Vec<(ModelSlug, Outcomes)>,
    /// How long its pictures took; none on a day without any.
    pub times: Option<Times>,
    /// People who signed up.
    pub sign_ups: u64,
    /// Money of orders paid on that day, by mode and currency.
    pub intakes: Vec<Intake>,
}

impl DayFigures {
    /// A day on which nothing happened.
    pub fn empty(day: Day) -> Self {
        Self {
            day,
            moved: Moved::default(),
            renders: Vec::new(),
            times: None,
            sign_ups: 0,
            intakes: Vec::new(),
        }
    }
}

/// Which lines of everybody's journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LineFilter {
    /// Of this account; of all when none.
    pub account: Option<AccountId>,
    /// Of this kind; of every one when none.
    pub kind: Option<TxnKind>,
}

/// A line of somebody's journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookLine {
    /// Whose.
    pub account: AccountId,
    /// Who caused it.
    pub actor: Actor,
    /// The line.
    pub line: Line,
}

/// Answers about everybody. Nobody but an admin is told any of it.
#[async_trait]
pub trait Figures: Send + Sync {
    /// What each day came to that begins from `since` on and before `until`, oldest first, days
    /// without anything among them. All of it is of one moment.
    async fn days(&self, since: Day, until: Timestamp) -> Result<Vec<DayFigures>, Fault>;

    /// Credits moved since the first line of the books.
    async fn moved(&self) -> Result<Moved, Fault>;

    /// Lines of the journal, newest first. Lines of one account and one kind are looked for among
    /// so many lines a page: such a page may hold fewer than its limit, or none, and still have a
    /// next one.
    async fn lines(&self, filter: LineFilter, page: Page) -> Result<Paged<BookLine>, Fault>;

    /// Counts finished days, those that end by `before`, oldest first, at most `limit`, so that
    /// they need not be read line by line any more; answers how many. What is added to a counted
    /// day later is never lost: the day is then counted anew. Only a driver that is alone on the
    /// store may call it.
    async fn count_days(&self, before: Timestamp, limit: u16) -> Result<u16, Fault>;
}
