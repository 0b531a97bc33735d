//! Everything the studio can ever write, one file a noun under `change/`.
//!
//! A transaction is a value: domain decisions answer with [`Changes`], the store records all of
//! them or none. `Changes::decide` is the rule, written once, pure; a store loads what
//! [`Changes::needs`] names under its lock, calls it, and writes the rows it answers.

mod account;
mod attempt;
mod audit;
mod deletion;
mod event;
mod feed;
mod folder;
mod generation;
mod image;
mod key;
mod ledger;
mod order;
mod render;
mod session;
mod task;

pub use account::{AccountChange, AccountWrite};
pub use attempt::{AttemptChange, AttemptWrite};
pub use audit::{AuditChange, AuditWrite};
pub use deletion::{DeletionChange, DeletionWrite};
pub use event::{EventChange, EventWrite, UnownedEventChange};
pub use feed::FeedWrite;
pub use folder::{FolderChange, FolderWrite};
pub use generation::{GenerationChange, GenerationWrite};
pub use image::{ImageChange, ImageWrite};
pub use key::{KeyChange, KeyWrite};
pub use ledger::{LedgerChange, LedgerWrite};
pub use order::{OrderChange, OrderWrite};
pub use render::{RenderChange, RenderWrite};
pub use session::{SessionChange, SessionWrite};
pub use task::{TaskChange, TaskWrite};

use crate::{AccountId, Actor, By, Credits, Key, Mark, Needs, Uuid, Verdict};

/// Declares an outer enum with one variant a noun, and a conversion from each noun's own enum.
macro_rules! nouns {
    ($(#[$doc:meta])* $outer:ident { $($noun:ident($inner:ty)),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each variant is the noun it names")]
        pub enum $outer { $($noun($inner)),* }

        $(impl From<$inner> for $outer {
            fn from(inner: $inner) -> Self {
                Self::$noun(inner)
            }
        })*
    };
}

nouns! {
    /// One fact about an account, to be recorded if its noun's rule allows it.
    Change {
        Account(AccountChange),
        Deletion(DeletionChange),
        Ledger(LedgerChange),
        Order(OrderChange),
        Event(EventChange),
        Generation(GenerationChange),
        Render(RenderChange),
        Image(ImageChange),
        Folder(FolderChange),
        Key(KeyChange),
        Session(SessionChange),
        Task(TaskChange),
        Audit(AuditChange),
    }
}

nouns! {
    /// One fact that belongs to no account yet: a sign-in attempt, a provider's event.
    UnownedChange {
        Attempt(AttemptChange),
        Event(UnownedEventChange),
        Task(TaskChange),
        Audit(AuditChange),
    }
}

nouns! {
    /// A row to write. A store records them in order; every guard it has repeats a rule of
    /// `decide`.
    Write {
        Account(AccountWrite),
        Deletion(DeletionWrite),
        Ledger(LedgerWrite),
        Order(OrderWrite),
        Event(EventWrite),
        Generation(GenerationWrite),
        Render(RenderWrite),
        Image(ImageWrite),
        Folder(FolderWrite),
        Key(KeyWrite),
        Session(SessionWrite),
        Task(TaskWrite),
        Attempt(AttemptWrite),
        Feed(FeedWrite),
        Audit(AuditWrite),
    }
}

/// What one commit changes: rows of one account, so one lock, so no deadlock anywhere; or rows
/// that belong to nobody yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeList {
    /// Rows of this account, in order.
    Account(AccountId, Vec<Change>),
    /// Rows of no account, in order.
    Unowned(Vec<UnownedChange>),
}

/// SHA-256 of the request's meaning: the same key with another body is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BodyHash(pub [u8; 32]);

/// What to record, all or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// The facts, and whose they are.
    pub list: ChangeList,
    /// The caller's key and what it stands for; a replay answers the stored receipt.
    pub key: Option<(Key, BodyHash)>,
    /// What the commit is about, kept in the receipt: a generation, a charge.
    pub subject: Option<Uuid>,
    /// Who asks, for the audit log.
    pub by: By,
}

impl Changes {
    fn new(list: ChangeList) -> Self {
        Self { list, key: None, subject: None, by: Actor::system().into() }
    }

    /// Changes to one account.
    pub fn of(account: AccountId, list: impl IntoIterator<Item = impl Into<Change>>) -> Self {
        Self::new(ChangeList::Account(account, list.into_iter().map(Into::into).collect()))
    }

    /// Changes to rows of no account.
    pub fn unowned(list: impl IntoIterator<Item = impl Into<UnownedChange>>) -> Self {
        Self::new(ChangeList::Unowned(list.into_iter().map(Into::into).collect()))
    }

    /// Whose rows these are, if anybody's.
    pub fn account(&self) -> Option<AccountId> {
        match self.list {
            ChangeList::Account(account, _) => Some(account),
            ChangeList::Unowned(_) => None,
        }
    }

    /// Whether there is nothing to record.
    pub fn is_empty(&self) -> bool {
        match &self.list {
            ChangeList::Account(_, list) => list.is_empty(),
            ChangeList::Unowned(list) => list.is_empty(),
        }
    }

    /// The changes to an account; empty for rows of no account.
    pub fn owned(&self) -> &[Change] {
        match &self.list {
            ChangeList::Account(_, list) => list,
            ChangeList::Unowned(_) => &[],
        }
    }

    /// The changes to rows of no account; empty for an account's.
    pub fn unowned_list(&self) -> &[UnownedChange] {
        match &self.list {
            ChangeList::Account(..) => &[],
            ChangeList::Unowned(list) => list,
        }
    }

    /// How the commit marks the event it acts on, if it acts on one.
    pub fn mark(&self) -> Option<&Mark> {
        let owned = self.owned().iter().filter_map(|change| match change {
            Change::Event(EventChange::Mark(_, mark)) => Some(mark),
            Change::Account(_)
            | Change::Deletion(_)
            | Change::Ledger(_)
            | Change::Order(_)
            | Change::Generation(_)
            | Change::Render(_)
            | Change::Image(_)
            | Change::Folder(_)
            | Change::Key(_)
            | Change::Session(_)
            | Change::Task(_)
            | Change::Audit(_) => None,
        });
        let unowned = self.unowned_list().iter().filter_map(|change| match change {
            UnownedChange::Event(UnownedEventChange::Mark(_, mark)) => Some(mark),
            UnownedChange::Event(UnownedEventChange::Receive(_))
            | UnownedChange::Attempt(_)
            | UnownedChange::Task(_)
            | UnownedChange::Audit(_) => None,
        });
        owned.chain(unowned).last()
    }

    /// The same, about `subject`.
    #[must_use]
    pub fn about(self, subject: Uuid) -> Self {
        Self { subject: Some(subject), ..self }
    }

    /// The same, asked for by somebody.
    #[must_use]
    pub fn by(self, by: impl Into<By>) -> Self {
        Self { by: by.into(), ..self }
    }

    /// The same, under the caller's idempotency key.
    #[must_use]
    pub fn keyed(self, key: Option<(Key, BodyHash)>) -> Self {
        Self { key, ..self }
    }
}

impl Changes {
    /// Which lots, charges, grants, renders and so on a store must load.
    pub fn needs(&self) -> Needs {
        let mut needs = Needs::default();
        for change in self.owned() {
            add(&mut needs, change);
        }
        for change in self.unowned_list() {
            add_unowned(&mut needs, change);
        }
        needs
    }
}

fn add(needs: &mut Needs, change: &Change) {
    match change {
        Change::Account(change) => change.needs(needs),
        Change::Deletion(change) => change.needs(needs),
        Change::Ledger(change) => change.needs(needs),
        Change::Order(change) => change.needs(needs),
        Change::Event(change) => change.needs(needs),
        Change::Generation(change) => change.needs(needs),
        Change::Render(change) => change.needs(needs),
        Change::Image(change) => change.needs(needs),
        Change::Folder(change) => change.needs(needs),
        Change::Key(change) => change.needs(needs),
        Change::Session(change) => change.needs(needs),
        Change::Task(change) => change.needs(needs),
        Change::Audit(change) => change.needs(needs),
    }
}

fn add_unowned(needs: &mut Needs, change: &UnownedChange) {
    match change {
        UnownedChange::Attempt(change) => change.needs(needs),
        UnownedChange::Event(change) => change.needs(needs),
        UnownedChange::Task(change) => change.needs(needs),
        UnownedChange::Audit(change) => change.needs(needs),
    }
}

/// What a commit came to. Stored with its key, so that a replay gets the same answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// What it was about.
    pub subject: Option<Uuid>,
    /// Spendable credits afterwards; zero for rows of no account.
    pub balance: Credits,
    /// What an answered sign-in attempt came to.
    pub verdict: Option<Verdict>,
    /// Whether this is the stored answer of an earlier commit.
    pub replayed: bool,
}
