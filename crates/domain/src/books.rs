//! What a decision must see, and what it saw: the store loads it under the account's lock.

use crate::{
    Account, Actor, ApiKey, Challenge, ChallengeId, Change, ChangeList, Changes, ChargeId,
    DeliveryState, EventId, Folder, Image, ImageId, KeyId, Lot, Mac, OrderId, PackOrder, Paid,
    Render, RenderId, Request, Returned, Session, SessionId, SourceRef, Spender, Task, TaskId,
    TaskKind, UnownedChange, User,
};

/// What [`Changes::decide`] must be shown.
///
/// The account and its user row (when scoped to one) are always loaded. Of the lists, a store
/// loads the rows that exist *and belong to the scope's account*; a missing row is a decision too.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each names one read, asked for alone")]
pub struct Needs {
    /// The account's lots with something left, in burn order.
    pub lots: bool,
    /// These charges, with the lots that paid (loaded even when empty).
    pub charges: Vec<ChargeId>,
    /// Which of these facts were granted before.
    pub sources: Vec<SourceRef>,
    /// Which of these txn keys exist.
    pub txn_keys: Vec<String>,
    /// These orders, with what the books say of their returns.
    pub orders: Vec<OrderId>,
    /// These deliveries.
    pub deliveries: Vec<EventId>,
    /// These tasks, by kind and subject.
    pub task_subjects: Vec<(TaskKind, String)>,
    /// These tasks.
    pub tasks: Vec<TaskId>,
    /// These renders, each with its charge as in `charges`.
    pub renders: Vec<RenderId>,
    /// How many of its renders are in the making.
    pub unfinished: bool,
    /// These pictures.
    pub images: Vec<ImageId>,
    /// All of the account's folders (bounded: see [`crate::Refusal`] for the limit).
    pub folders: bool,
    /// These keys.
    pub keys: Vec<KeyId>,
    /// These keys with what they have spent.
    pub spenders: Vec<KeyId>,
    /// These sessions.
    pub sessions: Vec<SessionId>,
    /// These challenges.
    pub challenges: Vec<ChallengeId>,
    /// The account's former addresses.
    pub formers: bool,
    /// Whether this address (canonical form) belongs to somebody, and who left it last.
    pub email: Option<String>,
    /// The challenges of this address (canonical form) that a browser asked for and nobody has
    /// answered.
    pub waiting: Option<String>,
    /// Whether this mailbox opened an account before.
    pub mailbox: Option<Mac>,
}

/// What was seen under the lock.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Books {
    /// The scope's account.
    pub account: Option<Account>,
    /// Its user.
    pub user: Option<User>,
    /// Its lots with something left, in burn order, and those that paid the loaded charges.
    pub lots: Vec<Lot>,
    /// The charges asked for that exist.
    pub charges: Vec<Paid>,
    /// The facts asked for that were granted before.
    pub sources: Vec<SourceRef>,
    /// The txn keys asked for that exist.
    pub txn_keys: Vec<String>,
    /// The orders asked for that exist; when lots are needed, also those whose lots paid the
    /// loaded charges.
    pub orders: Vec<PackOrder>,
    /// What the books say of the orders asked for.
    pub returned: Vec<Returned>,
    /// The state of each delivery asked for that exists.
    pub deliveries: Vec<(EventId, DeliveryState)>,
    /// The tasks asked for that exist.
    pub tasks: Vec<Task>,
    /// The renders asked for that exist.
    pub renders: Vec<Render>,
    /// How many of its renders are in the making.
    pub unfinished: u32,
    /// The pictures asked for that exist.
    pub images: Vec<Image>,
    /// All folders of the account.
    pub folders: Vec<Folder>,
    /// The keys asked for that exist.
    pub keys: Vec<ApiKey>,
    /// The spending keys asked for that exist.
    pub spenders: Vec<Spender>,
    /// The sessions asked for that exist.
    pub sessions: Vec<Session>,
    /// The challenges asked for that exist.
    pub challenges: Vec<Challenge>,
    /// Whose address the last of them was made for, if anybody's.
    pub challenged: Option<crate::AccountId>,
    /// The account's former addresses.
    pub formers: Vec<crate::Former>,
    /// Whether the address asked for belongs to somebody.
    pub email_taken: bool,
    /// Why the clock is not believed, when it is not: then nothing is destroyed, and money is
    /// judged by the time that is sure.
    pub doubt: Option<crate::Doubt>,
    /// Who left the address asked for last, and when.
    pub email_left: Option<(crate::AccountId, crate::Timestamp)>,
    /// The challenges of the address asked for that nobody has answered.
    pub waiting: Vec<Challenge>,
    /// Whether the mailbox asked for opened an account before.
    pub mailbox_used: bool,
}

impl Changes {
    /// Which lots, charges, grants, renders and so on a store must load.
    pub fn needs(&self) -> Needs {
        let mut needs = Needs::default();
        match &self.list {
            ChangeList::Account(_, list) => list.iter().for_each(|change| needs.add(change)),
            ChangeList::Unowned(list) => list.iter().for_each(|change| needs.add_unowned(change)),
        }
        needs
    }
}

impl Needs {
    fn add(&mut self, change: &Change) {
        match change {
            Change::Account(change) => change.needs(self),
            Change::Deletion(change) => change.needs(self),
            Change::Ledger(change) => change.needs(self),
            Change::Order(change) => change.needs(self),
            Change::Event(change) => change.needs(self),
            Change::Generation(change) => change.needs(self),
            Change::Render(change) => change.needs(self),
            Change::Image(change) => change.needs(self),
            Change::Folder(change) => change.needs(self),
            Change::Key(change) => change.needs(self),
            Change::Session(change) => change.needs(self),
            Change::Task(change) => change.needs(self),
            Change::Audit(change) => change.needs(self),
        }
    }

    fn add_unowned(&mut self, change: &UnownedChange) {
        match change {
            UnownedChange::Attempt(change) => change.needs(self),
            UnownedChange::Event(change) => change.needs(self),
            UnownedChange::Task(change) => change.needs(self),
            UnownedChange::Audit(change) => change.needs(self),
        }
    }

    pub(crate) fn request(&mut self, request: &Request) {
        self.spending(&request.actor);
        self.folders |= request.generation.folder_id.is_some();
        self.images.extend(request.generation.remix_of);
    }

    pub(crate) fn spending(&mut self, actor: &Actor) {
        self.lots = true;
        self.spenders.extend(actor.key_id());
    }
}
